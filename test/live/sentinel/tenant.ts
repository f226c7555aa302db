/** A tenant on a broker with sentinels. */
import { join } from 'node:path';
import type { Tenant } from '../../../lib';
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
