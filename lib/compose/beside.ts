// What stands beside a program in its pod, as services: sidecars in its network, init containers before it.

import type { Companion, Process, Wait } from '../plan/process';
import { besideName, containerIn } from './container';
import { LAPTOP, limitsOf } from './service';
import type { Service } from './service';
import { networksOf, serviceOf } from './site';
import type { ProjectSite } from './site';
import type { ProjectTenant } from './tenant';

type Conditions = NonNullable<Service['depends_on']>;

/** Runs in the network of its program, and so starts after it. */
export function sidecarService(
  site: ProjectSite,
  owner: ProjectTenant,
  process: Process,
  companion: Companion,
): Service {
  const program = serviceOf(site, owner.plan.tenant.name, process.name);
  return {
    ...containerIn(site, owner, process, companion),
    read_only: true,
    network_mode: `service:${site.nameOf(program)}`,
    depends_on: { [site.nameOf(program)]: { condition: 'service_started' } },
    restart: 'unless-stopped',
    stop_grace_period: `${process.grace}s`,
    ...limitsOf(companion.resources),
  };
}

/** Runs once; its program starts when it has ended well. */
export function preparationService(
  site: ProjectSite,
  owner: ProjectTenant,
  process: Process,
  { wait, after }: { readonly wait: Wait; readonly after: Conditions },
): Service {
  return {
    ...containerIn(site, owner, process, wait),
    read_only: true,
    ...networksOf(site, [owner.plan.tenant.name], besideName(site, owner, process, wait)),
    extra_hosts: LAPTOP,
    depends_on: after,
    restart: 'no',
    ...limitsOf(process.resources),
  };
}
