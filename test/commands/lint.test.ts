// The linter as people run it.

import { execFileSync } from 'node:child_process';

test('the linter that people run has the house rules', () => {
  const printed = execFileSync(
    'node',
    ['node_modules/eslint/bin/eslint.js', '--print-config', 'lib/kube/labels.ts'],
    {
      cwd: `${__dirname}/../..`,
      encoding: 'utf8',
    },
  );

  const { rules } = JSON.parse(printed) as { rules: Record<string, unknown[]> };

  expect(rules['stalk/floors']).toEqual([2]);
  expect(rules['no-restricted-syntax']).toHaveLength(7);
  expect(rules['no-restricted-properties']).toHaveLength(2);
});
