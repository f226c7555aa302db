/** Tenants on a broker with sentinels. */
import { join } from 'node:path';
import type { Tenant } from '../../../lib';
import { platforms } from '../../../lib/platform';
import { connectionsOf } from '../../../lib/spec/rules/connections';
import { type Synth, synth } from '../../support/synth';
import { leavesOf, place } from '../place';
import type { Side } from './scene';

const topology = { topology: 'sentinel', replicas: 2 } as const;

const tenant: Tenant = {
  name: 'acme',
  app: { dialect: 'celery', image: 'jobs:1', module: 'jobs', pythonPath: [join(__dirname, 'app')] },
  broker: topology,
  longestDelay: '1s',
  workers: { default: { queues: ['celery'], timeLimit: '5s' } },
  web: { command: ['python3', '-m', 'produces'], port: 8000 },
};

export const guarded = (more: Partial<Tenant> = {}): Synth => synth({ ...tenant, ...more }, place);

/** The tenant alone on such a broker. */
export const alone = (celery: string, objects: Synth): Side => ({
  ...{ celery, objects, prefix: '' },
  users: { worker: 'acme', web: 'acme-web' },
});

/** A broker of all of them, and for each Celery a tenant on it. */
export function shared(celerys: readonly string[]): { readonly broker: Synth; readonly sides: Side[] } {
  const nameOf = (celery: string): string => `celery-${celery.replace('.', '-')}`;
  const leaf = leavesOf(
    { ...place, brokers: { main: topology } },
    celerys.map((celery) => ({
      ...{ ...tenant, name: nameOf(celery) },
      broker: { shared: 'main', isolation: 'hybrid' },
    })),
  );
  return {
    broker: leaf('brokers/main'),
    sides: celerys.map((celery) => {
      const name = nameOf(celery);
      return {
        ...{ celery, objects: leaf(`tenants/${name}`), prefix: `tenant:${name}:` },
        users: { worker: name, web: `${name}-web` },
      };
    }),
  };
}

/** Connections that the rule about `maxClients` counts for a part of such a tenant. */
export function connectionsCounted(part: 'workers.default' | 'web'): number {
  const [platform] = platforms({ environments: [place], tenants: [tenant] });
  const [resolved] = platform?.tenants ?? [];
  return (resolved && connectionsOf(resolved).get(part)) ?? 0;
}
