// Every test file of `npm test` in one registry of modules, each in a block that bears its name.

import { join } from 'node:path';
import { together } from './support/suites';

describe.each(together.map((file) => [file] as const))('%s', (file) => {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- in its block, while that is open
    require(join(__dirname, file));
  } catch (error) {
    test('loads', () => {
      throw error;
    });
  }
});
