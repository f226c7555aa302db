// The linters as people run them.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

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

describe('the linter of', () => {
  const folders: string[] = [];

  afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

  /** What it says of a repository with these files, and how it ends. */
  function linted(
    linter: 'python' | 'shell',
    files: Readonly<Record<string, string>>,
  ): [string, number | null] {
    const folder = mkdtempSync(join(tmpdir(), 'stalk-lint-'));
    folders.push(folder);
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const script = join(__dirname, '../../scripts/lint', `${linter}.mjs`);
    const { stderr, status } = spawnSync(process.execPath, [script, folder], { encoding: 'utf8' });
    return [stderr, status];
  }

  test('Python fails with each slip by file and line, and with what Python 3.9 does not know', () => {
    const found = linted('python', {
      'lib/a.py': 'import os\n',
      'test/b.py': 'match 1:\n    case 1:\n        pass\n',
    });

    expect(found).toEqual([
      'lib/a.py:1:8 F401 `os` imported but unused\n' +
        'test/b.py:1:1 invalid-syntax Cannot use `match` statement on Python 3.9 (syntax was added in Python 3.10)\n',
      1,
    ]);
  });

  test('shell fails with each slip, also in a script without an ending, and knows the variables of a script beside it', () => {
    const found = linted('shell', {
      '.ci/run': '#!/usr/bin/env bash\nday=`date`\necho "$day"\n',
      'lib/ask.sh': 'asked=1\n',
      'lib/start.sh': '#!/bin/sh\n. "${0%/*}/ask.sh"\necho "$asked" "$other"\n',
    });

    expect(found).toEqual([
      '.ci/run:2:5 SC2006 Use $(...) notation instead of legacy backticks `...`.\n' +
        'lib/start.sh:3:16 SC2154 other is referenced but not assigned.\n',
      1,
    ]);
  });

  test.each(['python', 'shell'] as const)('%s fails where it finds nothing to read', (linter) => {
    expect(linted(linter, { 'lib/a.ts': '' })).toEqual(['', 1]);
  });
});
