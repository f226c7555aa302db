// Backups of a broker: what is refused, in its author's words, and what becomes of what is left out.

import { platforms } from '../../lib/platform';
import type { Environment, ResolvedServer, Tenant } from '../../lib/spec';
import { resolveShared } from '../../lib/spec/resolve-redis';
import { resolveEnvironment } from '../../lib/spec/resolve-environment';
import { check, show } from '../../lib/spec/rules';
import { environment, environmentWith, saysOf, tenantWith } from './helpers';
import type { Change, Row } from './helpers';

const bucket = (change: Change = {}) => ({
  kind: 's3',
  endpoint: 'https://s3.eu-central-1.amazonaws.com',
  bucket: 'backups',
  ...change,
});

const shared = (backup: unknown, more: Change = {}): Change => ({ brokers: { main: { backup, ...more } } });
const to = (change: Change): Change => shared({ to: bucket(change) });
const inside = { pods: { app: 'minio' }, namespace: 'minio' };

const ROWS: readonly Row[] = [
  {
    rule: 'access keys do not cross a network in plain text',
    broken: to({ endpoint: 'http://s3.example.com' }),
    says: 'brokers.main.backup.to.endpoint must begin with https://, as its access keys would cross the network for all to read, got "http://s3.example.com"; give the server a certificate; the key ca.crt of the Secret redis-backup verifies one of your own',
    held: { ...to({ endpoint: 'http://s3.example.com' }), disposable: true },
  },
  {
    rule: 'policies open to a store inside the cluster',
    broken: to({ endpoint: 'https://minio.minio.svc:9000' }),
    says: 'brokers.main.backup.to.egress must say who answers at minio.minio.svc, which is no address of the internet: policies keep backups from it, got "internet"; write { pods: { … }, namespace: "…" } with the labels of its pods, or { cidr } with its addresses',
    held: to({ endpoint: 'https://minio.minio.svc:9000', egress: inside }),
  },
  {
    rule: 'policies open to a store at a private address',
    broken: to({ endpoint: 'https://172.31.0.9' }),
    says: 'brokers.main.backup.to.egress must say who answers at 172.31.0.9, which is no address of the internet: policies keep backups from it, got "internet"; write { pods: { … }, namespace: "…" } with the labels of its pods, or { cidr } with its addresses',
    held: to({ endpoint: 'https://172.32.0.9' }),
  },
  {
    rule: 'an endpoint is a server',
    broken: to({ endpoint: 'https://s3.example.com/backups' }),
    says: 'brokers.main.backup.to.endpoint must be the URL of a server, without a path and without a password, got "https://s3.example.com/backups"; write "https://s3.example.com"',
    held: to({ endpoint: 'https://s3.example.com:9000' }),
  },
  {
    rule: 'a bucket is a name',
    broken: to({ bucket: 's3://backups/redis' }),
    says: 'brokers.main.backup.to.bucket must be the name of a bucket: 3 to 63 lower case letters, digits, - and ., got "s3://backups/redis"; write bucket: "backups", path: "redis"',
    held: to({ bucket: 'backups', path: 'redis' }),
  },
  {
    rule: 'a folder has no slashes at its ends',
    broken: to({ path: '/redis/' }),
    says: 'brokers.main.backup.to.path must be a path of at most 900 letters, digits, _, - and ., without slashes at its ends, got "/redis/"; write "redis"',
    held: to({ path: 'redis/main' }),
  },
  {
    rule: 'an endpoint has a port that there is',
    broken: to({ endpoint: 'https://s3.example.com:65536' }),
    says: 'brokers.main.backup.to.endpoint must be the URL of a server, without a path and without a password, got "https://s3.example.com:65536"; write it like "https://s3.eu-central-1.amazonaws.com", and the bucket beside it',
    held: to({ endpoint: 'https://s3.example.com:65535' }),
  },
  {
    rule: 'an endpoint has an address that is one as it is written',
    broken: to({ endpoint: 'https://300.1.1.1' }),
    says: 'brokers.main.backup.to.endpoint must be the URL of a server, without a path and without a password, got "https://300.1.1.1"; write it like "https://s3.eu-central-1.amazonaws.com", and the bucket beside it',
    held: to({ endpoint: 'https://8.8.4.4' }),
  },
  {
    rule: 'an endpoint speaks the protocol of S3',
    broken: to({ endpoint: 'gs://backups' }),
    says: 'brokers.main.backup.to.endpoint must be the URL of a server, without a path and without a password, got "gs://backups"; write the URL of a server that speaks the protocol of S3, and the bucket beside it',
    held: to({ endpoint: 'https://storage.googleapis.com' }),
  },
  {
    rule: 'an endpoint in capitals is one in small letters',
    broken: to({ endpoint: 'HTTPS://s3.example.com' }),
    says: 'brokers.main.backup.to.endpoint must be the URL of a server, without a path and without a password, got "HTTPS://s3.example.com"; write "https://s3.example.com"',
    held: to({ endpoint: 'https://S3.example.com' }),
  },
  {
    rule: 'an address of IPv6 needs a name',
    broken: to({ endpoint: 'https://[fd00::1]:9000' }),
    says: 'brokers.main.backup.to.endpoint must be the URL of a server, without a path and without a password, got "https://[fd00::1]:9000"; write a name that stands for this address',
    held: to({ endpoint: 'https://minio.example.com:9000' }),
  },
  {
    rule: 'policies open to a store at an address of carrier-grade NAT',
    broken: to({ endpoint: 'https://100.127.0.9' }),
    says: 'brokers.main.backup.to.egress must say who answers at 100.127.0.9, which is no address of the internet: policies keep backups from it, got "internet"; write { pods: { … }, namespace: "…" } with the labels of its pods, or { cidr } with its addresses',
    held: to({ endpoint: 'https://100.128.0.9' }),
  },
  {
    rule: 'policies open to a store whose name only a private network knows',
    broken: to({ endpoint: 'https://s3.corp.internal' }),
    says: 'brokers.main.backup.to.egress must say who answers at s3.corp.internal, which is no address of the internet: policies keep backups from it, got "internet"; write { pods: { … }, namespace: "…" } with the labels of its pods, or { cidr } with its addresses',
    held: to({ endpoint: 'https://s3.corp.internal', egress: { cidr: '10.0.0.0/8' } }),
  },
  {
    rule: 'a store is a record',
    broken: shared({ to: 's3' }),
    says: 'brokers.main.backup.to must be a record, got "s3"; write { kind: … }',
    held: shared({ to: bucket() }),
  },
  {
    rule: 'a record under its defaults is told where it is written',
    broken: {
      ...shared({ schedule: '0 3 * * *' }),
      defaults: { redis: { backup: { to: bucket() } } },
    },
    says: 'brokers.main.backup.to.kind must be one of "s3", "claim", got nothing; choose one of them',
    held: {
      ...shared({ schedule: '0 3 * * *', to: bucket() }),
      defaults: { redis: { backup: { to: bucket() } } },
    },
  },
  {
    rule: 'a bucket is no address',
    broken: to({ bucket: '192.168.0.1' }),
    says: 'brokers.main.backup.to.bucket must be the name of a bucket: 3 to 63 lower case letters, digits, - and ., got "192.168.0.1"; write it like "backups", without s3:// and without a path',
    held: to({ bucket: '192.168.0.1.backups' }),
  },
  {
    rule: 'a folder leaves room for names in it',
    broken: to({ path: 'x'.repeat(901) }),
    says: `brokers.main.backup.to.path must be a path of at most 900 letters, digits, _, - and ., without slashes at its ends, got ${show('x'.repeat(901))}; write it like "production/brokers/main"`,
    held: to({ path: 'x'.repeat(900) }),
  },
  ...(
    [
      ['@daily', 'write "0 0 * * *"'],
      ['weekly', 'write "0 0 * * 0"'],
      ['0 0 3 * * *', 'write "0 3 * * *"'],
      ['0 3 * * 7', 'write "0 3 * * 0"'],
      ['0\t3 * * 1', 'write "0 3 * * 1"'],
      ['CRON_TZ=Europe/Berlin 0 3 * * *', 'write five fields, without a time zone'],
      ['6h', 'write it like "0 */6 * * *", every six hours'],
    ] as const
  ).map(([schedule, fix]): Row => ({
    rule: `a schedule is five fields: ${schedule}`,
    broken: shared({ to: bucket(), schedule }),
    says: `brokers.main.backup.schedule must be five fields, of a date that comes, got ${JSON.stringify(schedule)}; ${fix}`,
    held: shared({ to: bucket(), schedule: '0 3 * * 0' }),
  })),
  {
    rule: 'restic has the memory that it takes',
    broken: shared({ to: bucket(), memory: { request: '64Mi', limit: '127Mi' } }),
    says: 'brokers.main.backup.memory.limit must be at least "128Mi", which restic takes for a small backup, got "127Mi"; raise it, or remove it: it follows the memory of the broker',
    held: shared({ to: bucket(), memory: { limit: '128Mi' } }),
  },
  {
    rule: 'half of a size is laid over the default',
    broken: shared({ to: bucket(), memory: { request: '300Mi' } }),
    says: 'brokers.main.backup.memory.limit must be at least the request of "300Mi", got "256Mi"; raise the limit or lower the request',
    held: shared({ to: bucket(), memory: { request: '256Mi' } }),
  },
  {
    rule: 'backups start at times that come',
    broken: shared({ to: bucket(), schedule: '0 0 31 2 *' }),
    says: 'brokers.main.backup.schedule must be five fields, of a date that comes, got "0 0 31 2 *"; write minute, hour, day of month, month and day of week (0 is Sunday) with numbers, names, *, -, / and ,',
    held: shared({ to: bucket(), schedule: '0 * * * *', drill: false }),
  },
  {
    rule: 'one backup stays',
    broken: shared({ to: bucket(), keep: { last: 0, daily: 0, weekly: 0 } }),
    says: 'brokers.main.backup.keep must keep at least one backup, got {"last":0,"daily":0,"weekly":0,"monthly":0}; raise one of last, daily, weekly and monthly',
    held: shared({ to: bucket(), keep: { last: 0, daily: 0, weekly: 0, monthly: 1 } }),
  },
  {
    rule: 'a claim holds the backups that stay',
    broken: shared({ to: { kind: 'claim', storage: '1023Mi' } }),
    says: 'brokers.main.backup.to.storage must be at least "1Gi", a fifth of memory for each backup that keep holds and the next one, got "1023Mi"; raise storage, or keep fewer',
    held: shared({ to: { kind: 'claim', storage: '1Gi' } }),
  },
  ...(['replicated', 'sentinel'] as const).map((topology): Row => ({
    rule: `a claim is of the one node of a Redis: ${topology}`,
    broken: shared({ to: { kind: 'claim', storage: '20Gi' } }, { topology, replicas: 2 }),
    says: `brokers.main.backup.to.kind must be "s3" where Redis is ${topology}: one node mounts a claim, and its pods run on several, got "claim"; write a bucket, or topology: "standalone"`,
    held: shared({ to: { kind: 'claim', storage: '20Gi' } }, { topology: 'standalone' }),
  })),
  {
    rule: 'what the environment says of all brokers is no more than each of them can',
    broken: {
      brokers: { slow: { topology: 'sentinel', replicas: 2 }, main: { topology: 'standalone' } },
      defaults: { redis: { backup: { to: { kind: 'claim', storage: '20Gi' } } } },
    },
    says: 'defaults.redis.backup.to.kind must be "s3" where Redis is sentinel: one node mounts a claim, and its pods run on several, got "claim"; write a bucket, or topology: "standalone"',
    held: {
      brokers: {
        slow: { topology: 'sentinel', replicas: 2, backup: { to: bucket() } },
        main: { topology: 'standalone' },
      },
      defaults: { redis: { backup: { to: { kind: 'claim', storage: '20Gi' } } } },
    },
  },
  {
    rule: 'an image of restic stays what it is',
    broken: shared({ to: bucket(), image: 'restic/restic:latest' }),
    says: 'brokers.main.backup.image must have a fixed tag: "latest" changes under a running tenant, got "restic/restic:latest"; write the version that runs, like "acme/jobs:2.4.1"',
    held: shared({ to: bucket(), image: 'restic/restic:0.17.3' }),
  },
  {
    rule: 'a limit is at least its request',
    broken: shared({ to: bucket(), memory: { request: '300Mi', limit: '200Mi' } }),
    says: 'brokers.main.backup.memory.limit must be at least the request of "300Mi", got "200Mi"; raise the limit or lower the request',
    held: shared({ to: bucket(), memory: '200Mi' }),
  },
  {
    rule: 'two brokers do not share a folder',
    broken: {
      brokers: {
        main: { backup: { to: bucket({ path: 'redis' }) } },
        slow: { topology: 'standalone', backup: { to: bucket({ path: 'redis' }) } },
      },
    },
    says: 'brokers.slow.backup.to.path must be another folder than that of broker "main", whose key cannot read its backups, got "https://s3.eu-central-1.amazonaws.com/backups/redis"; remove path: each broker has a folder of its own',
    held: {
      brokers: {
        main: { backup: { to: bucket() } },
        slow: { topology: 'standalone', backup: { to: bucket() } },
      },
    },
  },
  {
    rule: 'two brokers do not share a folder, however it is spelt',
    broken: {
      brokers: {
        main: { backup: { to: bucket({ path: 'redis' }) } },
        slow: {
          topology: 'standalone',
          backup: { to: bucket({ path: 'redis', endpoint: 'https://S3.eu-central-1.amazonaws.com:443' }) },
        },
      },
    },
    says: 'brokers.slow.backup.to.path must be another folder than that of broker "main", whose key cannot read its backups, got "https://s3.eu-central-1.amazonaws.com/backups/redis"; remove path: each broker has a folder of its own',
    held: {
      brokers: {
        main: { backup: { to: bucket({ path: 'redis' }) } },
        slow: {
          topology: 'standalone',
          backup: { to: bucket({ path: 'redis', endpoint: 'https://s3.eu-central-1.amazonaws.com:9000' }) },
        },
      },
    },
  },
  {
    rule: 'the folder of all brokers is the folder of none',
    broken: { defaults: { redis: { backup: { to: bucket({ path: 'redis' }) } } } },
    says: 'defaults.redis.backup.to.path must be left to each broker: all would write into one folder, each with a key of its own, got "redis"; remove it: each broker has a folder of its own',
    held: { defaults: { redis: { backup: { to: bucket() } } } },
  },
  {
    rule: 'what the environment says of all brokers is told once',
    broken: {
      brokers: { slow: { topology: 'standalone' } },
      defaults: { redis: { backup: { to: bucket({ endpoint: 'http://s3.example.com' }) } } },
    },
    says: 'defaults.redis.backup.to.endpoint must begin with https://, as its access keys would cross the network for all to read, got "http://s3.example.com"; give the server a certificate; the key ca.crt of the Secret redis-backup verifies one of your own',
    held: { defaults: { redis: { backup: { to: bucket() } } } },
  },
];

test.each(ROWS)('fails with the words of its author: $rule', ({ broken, says }) => {
  expect(saysOf([], environmentWith(broken))).toEqual([says].flat());
});

test.each(ROWS)('holds at the border of: $rule', ({ held }) => {
  expect(saysOf([], environmentWith(held))).toEqual([]);
});

describe('a broker of a tenant', () => {
  const own = (name: string, path?: string): Tenant =>
    tenantWith({
      name,
      broker: { topology: 'standalone', backup: { to: bucket(path === undefined ? {} : { path }) } },
    });

  test('fails when its backups lie in the folder of another', () => {
    expect(saysOf([own('acme', 'redis'), own('zeta', 'redis')])).toEqual([
      'broker.backup.to.path must be another folder than that of tenant "acme", whose key cannot read its backups, got "https://s3.eu-central-1.amazonaws.com/backups/redis"; remove path: each broker has a folder of its own',
    ]);
  });

  test('fails when its backups lie in the folder of a broker that another tenant leaves', () => {
    const leaves = tenantWith({
      name: 'acme',
      broker: {
        shared: 'main',
        movingFrom: { topology: 'standalone', backup: { to: bucket({ path: 'redis' }) } },
      },
    });

    expect(saysOf([own('zeta', 'redis'), leaves])).toEqual([
      'broker.movingFrom.backup.to.path must be another folder than that of tenant "zeta", whose key cannot read its backups, got "https://s3.eu-central-1.amazonaws.com/backups/redis"; remove path: each broker has a folder of its own',
    ]);
  });

  test('fails when its backups lie in one folder in two environments', () => {
    const both = [environment, { ...environment, name: 'production' }];

    expect(() => platforms({ environments: both, tenants: [own('acme', 'redis')] })).toThrow(
      'tenant "acme": broker.backup.to.path must be another folder than that of tenant "acme" in environment "dev", whose key cannot read its backups, got "https://s3.eu-central-1.amazonaws.com/backups/redis"; remove path: each broker has a folder of its own',
    );
    expect(() => platforms({ environments: both, tenants: [own('acme')] })).not.toThrow();
  });

  test('fails with the path that its author typed', () => {
    const plain = tenantWith({
      broker: { topology: 'standalone', backup: { to: bucket({ endpoint: 'http://s3.example.com' }) } },
    });

    expect(saysOf([plain])[0]).toMatch(/^broker\.backup\.to\.endpoint must begin with https:/);
  });

  test('has a folder of its own', () => {
    expect(saysOf([own('acme'), own('zeta')])).toEqual([]);
  });

  test('fails when the tenant takes the name of the user that dumps', () => {
    expect(saysOf([tenantWith({ name: 'backup' })])[0]).toMatch(/^name must /);
  });
});

test('fails when shared brokers of two environments lie in one folder', () => {
  const both = ['dev', 'production'].map((name) => ({
    ...environmentWith(to({ path: 'redis' })),
    name,
  }));

  expect(() => platforms({ environments: both, tenants: [] })).toThrow(
    'environment "production": brokers.main.backup.to.path must be another folder than that of broker "main" in environment "dev", whose key cannot read its backups, got "https://s3.eu-central-1.amazonaws.com/backups/redis"; remove path: each broker has a folder of its own',
  );
});

describe('what is left out', () => {
  const resolved = (change: Change, name = 'main') => {
    const asked = { ...environment, ...change } as Environment;
    return (resolveShared(name, resolveEnvironment(asked)) as ResolvedServer).backup;
  };

  test('no backup is made where nothing is said', () => {
    expect(resolved({})).toBeUndefined();
  });

  test('a folder, times and sizes are worked out', () => {
    const backup = resolved(
      shared({ to: bucket() }, { topology: 'standalone', memory: '2Gi', storage: '8Gi' }),
    );

    expect(backup).toEqual({
      store: {
        kind: 's3',
        endpoint: 'https://s3.eu-central-1.amazonaws.com',
        bucket: 'backups',
        path: 'dev/brokers/main',
        port: 443,
        egress: 'internet',
      },
      schedule: expect.stringMatching(/^\d+ \*\/6 \* \* \*$/) as string,
      drill: expect.stringMatching(/^\d+ \d+ \* \* [0-6]$/) as string,
      keep: { last: 8, daily: 7, weekly: 4, monthly: 0 },
      image: 'restic/restic:0.18.1',
      resources: {
        cpu: { request: '50m', limit: '1' },
        memory: { request: '64Mi', limit: '2Gi' },
        disk: { request: '64Mi', limit: '2304Mi' },
      },
      scratch: '2Gi',
    });
  });

  test('a small broker leaves restic the memory that it takes', () => {
    const backup = resolved({
      brokers: { main: { topology: 'standalone', memory: '128Mi', backup: { to: bucket() } } },
    });

    expect(backup?.resources.memory.limit).toBe('256Mi');
  });

  test('brokers of one environment start at different minutes', () => {
    const change = {
      brokers: Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, { topology: 'standalone' }])),
      defaults: { redis: { backup: { to: bucket() } } },
    };

    const starts = ['a', 'b', 'c', 'd'].map((name) => resolved(change, name)?.schedule);

    expect(new Set(starts).size).toBeGreaterThan(2);
  });

  test('a broker lays its own over what the environment says, and false takes it away', () => {
    const change = {
      brokers: {
        main: { topology: 'standalone', backup: { to: bucket({ bucket: 'other' }), drill: false } },
        none: { topology: 'standalone', backup: false },
      },
      defaults: { redis: { backup: { to: bucket(), keep: { last: 3 } } } },
    };

    const { store, keep, drill } = resolved(change) ?? {};

    expect(store).toMatchObject({ bucket: 'other', endpoint: 'https://s3.eu-central-1.amazonaws.com' });
    expect(keep).toEqual({ last: 3, daily: 7, weekly: 4, monthly: 0 });
    expect(drill).toBeUndefined();
    expect(resolved(change, 'none')).toBeUndefined();
  });

  test('false of a drill stays false in the defaults', () => {
    const change = { defaults: { redis: { backup: { to: bucket(), drill: false } } } };

    expect(resolved(change)?.drill).toBeUndefined();
  });

  test('an external broker is backed up by whoever runs it', () => {
    const external = {
      topology: 'external',
      host: 'redis.example.com',
      cidrs: ['10.0.0.1/32'],
      backup: { to: bucket() },
    };

    const { problems } = check([], environmentWith({ brokers: { main: external } }));

    expect(problems[0]?.text).toMatch(/^brokers\.main\.backup must be a known prop/);
  });
});
