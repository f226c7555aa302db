// Every test file of `npm test` in one registry of modules, each in a block that bears its name.

import { join } from 'node:path';
import { together } from './support/suites.cjs';

describe.each(together())('%s', (file) => {
  try {
    require(join(__dirname, file));
  } catch (error) {
    test('loads', () => {
      throw error;
    });
  }
});
