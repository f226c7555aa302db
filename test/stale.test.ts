import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { complaint, differences } from '../scripts/stale';

const scratch = mkdtempSync(join(tmpdir(), 'stalk-stale-test-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A folder with these files; none for a folder that does not exist. */
function folder(name: string, files?: Record<string, string>): string {
  const root = join(scratch, name);
  for (const [path, text] of Object.entries(files ?? {})) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

test('a rendering that is committed byte for byte is not stale', () => {
  const committed = folder('same-a', { 'dev/tenants/acme/a.yaml': 'a: 1\n' });
  const rendered = folder('same-b', { 'dev/tenants/acme/a.yaml': 'a: 1\n' });

  const found = differences(committed, rendered);

  expect(found).toEqual([]);
  expect(complaint(found)).toBeUndefined();
});

test('fails with the names of files that changed, came and went', () => {
  const committed = folder('old', { 'b/changed.yaml': 'a: 1\n', 'gone.yaml': '', 'same.yaml': 'x' });
  const rendered = folder('new', { 'b/changed.yaml': 'a: 2\n', 'a/came.yaml': '', 'same.yaml': 'x' });

  const found = differences(committed, rendered);

  expect(complaint(found)).toBe(
    'dist/ is stale: a/came.yaml, b/changed.yaml, gone.yaml; run npm run synth and commit',
  );
});

test('fails when nothing was ever committed', () => {
  const rendered = folder('first', { 'a.yaml': 'a: 1\n' });

  const found = differences(folder('absent'), rendered);

  expect(found).toEqual(['a.yaml']);
});

test('names twenty files and counts the others', () => {
  const files = Array.from({ length: 23 }, (_, index) => `${index}.yaml`);

  const line = complaint(files);

  expect(line).toMatch(/^dist\/ is stale: 0\.yaml, .*, 19\.yaml and 3 more; run npm run synth and commit$/);
});
