import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tenantFiles, unlisted } from '../../lib/check/unlisted';
import { tenantOf } from '../support/synth';
import { scratch } from '../support/tree';

const tempFolder = scratch();

function project(...names: readonly string[]): string {
  const root = tempFolder();
  mkdirSync(join(root, 'tenants', 'eu'), { recursive: true });
  for (const name of names) writeFileSync(join(root, 'tenants', name), '');
  return root;
}

test('a file whose tenant is in the list is listed, and so is one that exports no tenant', () => {
  const root = project('index.ts', 'acme.ts', 'sizes.ts');
  const acme = tenantOf();
  const loaded = (name: string, exports: unknown) => ({ file: join(root, 'tenants', name), exports });

  const found = unlisted(
    root,
    [
      loaded('index.ts', { tenants: [acme] }),
      loaded('acme.ts', { acme }),
      loaded('sizes.ts', { small: { cpu: '1' } }),
    ],
    [acme],
  );

  expect(found).toEqual([]);
});

test('fails for a file that nothing imports', () => {
  const root = project('eu/globex.ts');

  expect(unlisted(root, [], [])).toEqual([
    {
      file: 'tenants/eu/globex.ts',
      message:
        'must be in the list, got a file that nothing imports; import it in tenants/index.ts or delete it',
    },
  ]);
});

test('fails for a tenant that is imported and not in the list', () => {
  const root = project('globex.ts');
  const globex = tenantOf({ name: 'globex' });

  expect(unlisted(root, [{ file: join(root, 'tenants/globex.ts'), exports: { globex } }], [])).toEqual([
    {
      file: 'tenants/globex.ts',
      tenants: ['globex'],
      message:
        'tenant "globex" must be in the list, got an export that it does not hold; add it in tenants/index.ts or delete it',
    },
  ]);
});

test('declarations and tests are no tenant files', () => {
  const root = project('a.d.ts', 'a.test.ts', 'README.md', 'b.js');

  expect(tenantFiles(root)).toEqual([join(root, 'tenants/b.js')]);
});
