// The reference tenants on a small cluster: what is changed for it, and nothing else.

import { platforms, writeGitOps } from '../../lib';
import type { Environment, Overlay, Tenant } from '../../lib';
import { environments } from '../../stacks/environments';
import { tenantA } from '../../tenants/tenant-a';
import { tenantB } from '../../tenants/tenant-b';
import { typesafe } from '../../tenants/typesafe';

const ENVIRONMENT = 'e2e';

/** Storage class of the bench; another cluster names its own. */
const storageClass = process.env.STALK_STORAGE_CLASS ?? 'local';

/** `dev`, with another storage class. */
function environment(): Environment {
  const dev = environments.find(({ name }) => name === 'dev');
  if (!dev) throw new Error('stacks/environments.ts has no dev');
  return { ...dev, name: ENVIRONMENT, storageClass };
}

/** A tenant as in `dev`, but for these props. */
const changed = (tenant: Tenant, changes: Overlay): Tenant => ({
  ...tenant,
  overlays: { [ENVIRONMENT]: { ...tenant.overlays?.['dev'], ...changes } },
});

/** There is no PostgreSQL: Paperless-ngx keeps its tables in the volume of its data then. */
const paperless: Overlay = {
  app: {
    volumes: {
      data: { size: '1Gi', access: 'ReadWriteOnce', storageClass },
      media: { size: '1Gi', access: 'ReadWriteOnce', storageClass },
    },
  },
  env: { PAPERLESS_DBENGINE: 'sqlite' },
};

export const tenants: readonly Tenant[] = [
  changed(tenantA, paperless),
  changed(tenantB, paperless),
  // `dev` does without Flower; it must run all the same
  changed(typesafe, typesafe.flower ? { flower: typesafe.flower } : {}),
];

/** Writes the tree. @returns the folder for `kubectl apply -k` */
export function render(folder: string): string {
  writeGitOps(platforms({ environments: [environment()], tenants }), folder);
  return `${folder}/${ENVIRONMENT}`;
}
