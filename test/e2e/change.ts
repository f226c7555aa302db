// A change to a tenant, applied as from a repository: Secrets are in none.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Overlay } from '../../lib';
import { asked } from './kubectl';
import { renderChanged } from './render';

export async function change(tenant: string, overlay: Overlay): Promise<void> {
  const folder = join(renderChanged(tenant, overlay), 'tenants', tenant);
  const files = readdirSync(folder).filter((file) => !/^(secret|kustomization)/.test(file));
  await asked('apply', '--server-side', ...files.flatMap((file) => ['-f', join(folder, file)]));
}
