// A tenant that comes later: only its own folder is applied.

import { join } from 'node:path';
import type { Tenant } from '../../lib';
import { START } from './cluster';
import { asked } from './kubectl';
import { allReady } from './pods';
import { render } from './render';

export async function comes(tenant: Tenant): Promise<void> {
  await asked('apply', '--server-side', '-k', join(render(tenant), 'tenants', tenant.name));
  await allReady([tenant.name], START);
}
