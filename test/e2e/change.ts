// A change to a tenant, applied as from a repository: Secrets are in none.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Overlay } from '../../lib';
import { asked } from './kubectl';
import { renderChanged } from './render';

export async function change(tenant: string, overlay: Overlay): Promise<void> {
  const folder = join(renderChanged(tenant, overlay), 'tenants', tenant);
  // The folder `runtime` has nothing of the tenant's own
  const files = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !/^(secret|kustomization)/.test(entry.name))
    .map(({ name }) => name);
  await asked('apply', '--server-side', ...files.flatMap((file) => ['-f', join(folder, file)]));
}
