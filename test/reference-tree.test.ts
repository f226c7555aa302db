// The tripwire: the reference systems as they are written, so that nobody changes them without seeing it. Laws are the judges.

import { join } from 'node:path';
import { compareWith } from '../lib/check/stale';
import { noExtra } from '../lib/output/extra';
import { renderTree } from '../lib/output/tree';
import { platforms } from '../lib/platform';
import { environments, tenants } from './reference';

test('the reference systems are rendered as test/reference/dist has them; npm run reference renders them anew', () => {
  const comparison = compareWith(join(__dirname, 'reference', 'dist'));

  renderTree(platforms({ environments, tenants }), noExtra, comparison.see);

  expect(comparison.differing()).toEqual([]);
});
