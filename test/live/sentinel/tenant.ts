/** A tenant on a broker with sentinels. */
import { join } from 'node:path';
import type { Tenant } from '../../../lib';
import { platforms } from '../../../lib/platform';
import { connectionsOf } from '../../../lib/spec/rules/connections';
import { type Synth, synth } from '../../support/synth';
import { place } from '../place';

const tenant: Tenant = {
  name: 'acme',
  app: { dialect: 'celery', image: 'jobs:1', module: 'jobs', pythonPath: [join(__dirname, 'app')] },
  broker: { topology: 'sentinel', replicas: 2 },
  longestDelay: '1s',
  workers: { default: { queues: ['celery'], timeLimit: '5s' } },
  web: { command: ['python3', '-m', 'produces'], port: 8000 },
};

export const guarded = (more: Partial<Tenant> = {}): Synth => synth({ ...tenant, ...more }, place);

/** Connections that the rule about `maxClients` counts for a part of this tenant. */
export function connectionsCounted(part: 'workers.default' | 'web'): number {
  const [platform] = platforms({ environments: [place], tenants: [tenant] });
  const [resolved] = platform?.tenants ?? [];
  return (resolved && connectionsOf(resolved).get(part)) ?? 0;
}
