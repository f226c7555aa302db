// JSON Schemas for editors: what Stalk takes they take, what has a wrong form they refuse.

import Ajv2020 from 'ajv/dist/2020';
import { jsonSchemas } from '../../scripts/schema';
import * as reference from '../reference';
import { environments } from '../../stacks/environments';
import { tenants } from '../../tenants';
import { environment, environmentWith, saysOf, tenant, tenantWith } from './helpers';
import type { Change } from './helpers';

const schemas = jsonSchemas();
const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: false });
const valid = {
  tenant: ajv.compile(schemas.Tenant || {}),
  environment: ajv.compile(schemas.Environment || {}),
};

/** As it would lie in a file. */
const inFile = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;

test.each([...reference.tenants, ...tenants].map((one) => [one.name, one] as const))(
  'the schema takes the tenant %s',
  (_, one) => {
    valid.tenant(inFile(one));

    expect(valid.tenant.errors ?? []).toEqual([]);
  },
);

test.each([...reference.environments, ...environments, environment].map((one) => [one.name, one] as const))(
  'the schema takes the environment %s',
  (_, one) => {
    valid.environment(inFile(one));

    expect(valid.environment.errors ?? []).toEqual([]);
  },
);

const pool = (change: Change): Change => ({ workers: { default: { queues: ['celery'], ...change } } });
const app = { dialect: 'celery', image: 'acme/jobs:2.4.1', module: 'acme.tasks' };

const BUCKET = { kind: 's3', endpoint: 'https://s3.example.com', bucket: 'backups' };

const WRONG_TENANTS: Readonly<Record<string, Change>> = {
  'a prop is misspelt': { wrokers: {} },
  'a prop of a pool is misspelt': pool({ replica: 2 }),
  'a prop in an overlay is misspelt': { overlays: { dev: { workers: { default: { replica: 2 } } } } },
  'memory has a unit that Kubernetes does not know': pool({ memory: '512MB' }),
  'a time limit has no unit': pool({ timeLimit: '30' }),
  'a number is a text': pool({ concurrency: '4' }),
  'there are less pods than none': pool({ replicas: -1 }),
  'a pool has neither queues nor tenants': { workers: { other: { concurrency: 2 } } },
  'a pool has an empty list of queues': { workers: { default: { queues: [] } } },
  'a pool has a queue twice': { workers: { default: { queues: ['a', 'a'] } } },
  'a queue has a blank in its name': { workers: { default: { queues: ['my queue'] } } },
  'a pool runs tasks in a way that nobody knows': pool({ pool: 'eventlet' }),
  'a name is no DNS label': { name: 'Acme_Corp' },
  'a topology is unknown': { broker: { topology: 'ha' } },
  'a cluster is asked for': { broker: { topology: 'cluster' } },
  'replicas are missing': { broker: { topology: 'replicated' } },
  'nobody can sign for the Redis of somebody else': {
    broker: { topology: 'external', host: 'r', cidrs: ['10.0.0.1/32'], username: 'u', tls: { issuer: 'x' } },
  },
  'a variable is a number': { env: { PORT: 8000 } },
  'a variable is written as in a pod': { env: { PORT: { value: '8000' } } },
  'a fact is unknown': { env: { URL: { from: 'broker.uri' } } },
  'an address has no prefix length': { egress: [{ to: { cidr: '10.0.0.1' } }] },
  'a host is a destination': { egress: [{ to: { host: 'db' } }] },
  'django has no settings': { app: { ...app, dialect: 'django' } },
  'a dialect is unknown': { app: { ...app, dialect: 'flask' } },
  'beat has replicas': { beat: { replicas: 2 } },
  'a cron line is a number': { processes: { night: { command: ['run'], cron: 5 } } },
  'a cron line is a name of one': { processes: { night: { command: ['run'], cron: '@daily' } } },
  'a schedule has no task': { beat: { schedule: { night: { every: '1h' } } } },
  'a port is one of root': { web: { command: ['serve'], port: 80 } },
  'a patch has no operation': { patches: { 'Deployment/web': [{ path: '/spec' }] } },
  'a version of the runtime was never shipped': { runtime: '0.0.9' },
};

const WRONG_ENVIRONMENTS: Readonly<Record<string, Change>> = {
  'backups have six fields of time': {
    brokers: { main: { topology: 'standalone', backup: { to: BUCKET, schedule: '0 0 3 * * *' } } },
  },
  'backups go to a server with a path': {
    brokers: {
      main: { topology: 'standalone', backup: { to: { ...BUCKET, endpoint: 'https://s3.example.com/a' } } },
    },
  },
  'a prop is misspelt': { storageclass: 'fast' },
  'a strategy is unknown': { secrets: { strategy: 'vault' } },
  'a store has no path': { secrets: { strategy: 'externalSecrets', store: 'main' } },
  'a default is of a workload that nobody knows': { defaults: { workers: { replicas: 2 } } },
  'a default has a wrong unit': { defaults: { worker: { memory: { limit: '1G' } } } },
  'a default is none that an environment may change': {
    defaults: { worker: { stagger: { min: '1s', max: '2s' } } },
  },
  'a peer has no labels of pods': { peers: { keda: { namespace: { a: 'b' } } } },
  'a folder of the tree is unknown': { patches: { 'tenants/acme': {} } },
  'a version is a number': { images: { versions: { acme: 2.4 } } },
};

test.each(Object.entries(WRONG_TENANTS))(
  'the schema refuses a tenant when %s, as the rules do',
  (_, change) => {
    const wrong = tenantWith(change);

    expect(saysOf([wrong])).not.toEqual([]);
    expect(valid.tenant(inFile(wrong))).toBe(false);
  },
);

test.each(Object.entries(WRONG_ENVIRONMENTS))(
  'the schema refuses an environment when %s, as the rules do',
  (_, change) => {
    const wrong = environmentWith(change);

    expect(saysOf([tenant], wrong)).not.toEqual([]);
    expect(valid.environment(inFile(wrong))).toBe(false);
  },
);

test('every prop in the schemas says what it is', () => {
  const text = JSON.stringify(schemas);

  expect(text).toContain('"description":"Messages that a process takes ahead;');
  expect(text).toContain('"default":"30m"');
  expect(text).toContain("Left out: the environment's only shared broker");
});
