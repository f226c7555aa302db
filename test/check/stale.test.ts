import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compareWith } from '../../lib/check/stale';
import { scratch } from '../support/tree';

const tempFolder = scratch();

/** A tree on disk with these files. */
function tree(files: Readonly<Record<string, string>>): string {
  const root = join(tempFolder(), 'dist');
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const acme = (text: string) => ({ path: 'dev/tenants/acme', files: new Map([['a.yaml', text]]) });

test('a tree that holds what is rendered, byte for byte, is not stale', () => {
  const comparison = compareWith(tree({ 'dev/tenants/acme/a.yaml': 'a: 1\n', '.DS_Store': '' }));

  comparison.see(acme('a: 1\n'));

  expect(comparison.differing()).toEqual([]);
});

test('fails with the files that changed, came and went, in order', () => {
  const comparison = compareWith(tree({ 'dev/tenants/acme/a.yaml': 'a: 1\n', 'dev/gone.yaml': '' }));

  comparison.see(acme('a: 2\n'));
  comparison.see({ path: 'dev/came', files: new Map([['b.yaml', '']]) });

  expect(comparison.differing()).toEqual([
    { file: 'dev/came/b.yaml', got: 'no such file' },
    { file: 'dev/gone.yaml', got: 'a file that it does not render' },
    { file: 'dev/tenants/acme/a.yaml', got: 'other bytes' },
  ]);
});

test('fails when nothing was ever rendered', () => {
  const comparison = compareWith(join(tempFolder(), 'nowhere'));

  comparison.see(acme('a: 1\n'));

  expect(comparison.differing()).toEqual([{ file: 'dev/tenants/acme/a.yaml', got: 'no such file' }]);
});
