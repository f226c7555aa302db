/** Two tenants that run the same app side by side, for each way to keep them apart. */
import { join } from 'node:path';
import type { BrokerUse, Environment, Tenant } from '../../../lib';
import type { Synth } from '../../support/synth';
import { leavesOf, withBroker } from '../place';

/** What a case has besides: workers that send events where a Flower listens, and which beat. */
export interface Case {
  readonly isolation: Isolation;
  readonly celery: string;
  readonly events: boolean;
  readonly scheduler: 'file' | 'redbeat';
}

export type Isolation = 'queue' | 'prefix' | 'hybrid' | 'group' | 'dedicated';

/** The name of one begins with that of the other, as a pattern that forgets a separator would like. */
export const NAMES = ['acme', 'acme-eu'] as const;
export type Name = (typeof NAMES)[number];

const keda = { namespace: { name: 'keda' }, pods: { app: 'keda-operator' } } as const;

const place: Environment = { ...withBroker, peers: { keda } };

const queues = ['celery', 'reports', 'clips', 'brief'] as const;
const scaling = { min: 1, max: 2, queueLength: 5 } as const;

const brokers: Readonly<Record<Isolation, NonNullable<Tenant['broker']>>> = {
  queue: shared('queue'),
  prefix: shared('prefix'),
  hybrid: shared('hybrid'),
  group: { shared: 'main', isolation: 'queue', group: 'crew' },
  dedicated: { topology: 'standalone' },
};

function shared(isolation: NonNullable<BrokerUse['isolation']>): BrokerUse {
  return { shared: 'main', isolation, ...(isolation === 'prefix' && { alsoCache: true }) };
}

/** The tenant whose pool runs the tasks of another: in a group, the first one's; it has the only beat, too. */
export const poolOf = (isolation: Isolation, name: Name): Name => (isolation === 'group' ? NAMES[0] : name);

function pools(isolation: Isolation, name: Name): NonNullable<Tenant['workers']> {
  if (poolOf(isolation, name) !== name) return {};
  return { default: { queues, scaling, ...(isolation === 'group' && { serves: NAMES }) } };
}

const beat = (name: Name, scheduler: Case['scheduler']): NonNullable<Tenant['beat']> => ({
  scheduler,
  maxInterval: '5s',
  schedule: { often: { task: 'jobs.beaten', every: '2s', args: [name], queue: 'reports' } },
});

const tenant = ({ isolation, events, scheduler }: Case, name: Name): Tenant => ({
  name,
  app: { dialect: 'celery', image: 'jobs:1', module: 'jobs', pythonPath: [join(__dirname, 'app')] },
  broker: brokers[isolation],
  workers: pools(isolation, name),
  web: { command: ['python3', '-m', 'produces'], port: 8000 },
  ...(poolOf(isolation, name) === name && { beat: beat(name, scheduler) }),
  ...(events && { flower: { auth: { secret: 'flower', key: 'login' } } }),
  env: {
    TENANT: name,
    ...(isolation !== 'group' && { OWN_POOL: 'yes' }),
    ...(isolation === 'prefix' && { BROKER: { from: 'broker.url' }, PREFIX: { from: 'broker.prefix' } }),
  },
});

/** What a queue of the app is called, where names tell tenants apart. */
export function queueOf(isolation: Isolation, name: Name, queue: string): string {
  if (isolation === 'prefix' || isolation === 'dedicated') return queue;
  return queue === 'celery' ? `tenant-${name}` : `tenant-${name}.${queue}`;
}

/** What every key begins with; members of a group share it. */
export function keyPrefix(isolation: Isolation, name: Name): string {
  if (isolation === 'group') return 'tenant:crew:';
  return isolation === 'prefix' || isolation === 'hybrid' ? `tenant:${name}:` : '';
}

export interface Rendered {
  readonly tenant: (name: Name) => Synth;
  /** The leaf with the Redis of a tenant. */
  readonly broker: (name: Name) => Synth;
}

export function rendered(asked: Case): Rendered {
  const { isolation } = asked;
  const leaf = leavesOf(
    place,
    NAMES.map((name) => tenant(asked, name)),
  );
  const tenants = { acme: leaf('tenants/acme'), 'acme-eu': leaf('tenants/acme-eu') };
  return {
    tenant: (name) => tenants[name],
    broker: (name) => (isolation === 'dedicated' ? tenants[name] : leaf('brokers/main')),
  };
}
