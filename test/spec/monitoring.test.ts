// Monitoring of an environment and objectives of a tenant: what is filled in, and what is refused, in the words of its author.

import type { ResolvedEnvironment, ResolvedTenant } from '../../lib/spec';
import { check } from '../../lib/spec/rules';
import { monitoringRules } from '../../lib/spec/rules/monitoring';
import { environmentWith, saysOf, tenantWith } from './helpers';
import type { Change, Row } from './helpers';

const prometheus = { namespace: { team: 'platform' }, pods: { app: 'prometheus' } };
const watched = (change: Change = {}): Change => ({
  monitoring: { kind: 'operator', namespace: 'monitoring', ...change },
  peers: { prometheus },
});

const environmentOf = (change: Change): ResolvedEnvironment => check([], environmentWith(change)).environment;

const tenantOf = (change: Change, where: Change = {}): ResolvedTenant => {
  const { tenants, problems } = check([tenantWith(change)], environmentWith(where));
  expect(problems).toEqual([]);
  return tenants[0] as ResolvedTenant;
};

describe('monitoring', () => {
  test('is off where nobody asks for it', () => {
    expect(environmentOf({})).not.toHaveProperty('monitoring');
  });

  test('needs a kind and a namespace, and the rest is filled in', () => {
    expect(environmentOf(watched()).monitoring).toEqual({
      kind: 'operator',
      namespace: 'monitoring',
      labels: {},
      dashboards: { labels: { grafana_dashboard: '1' } },
      runbooks: 'https://unpkg.com/@stalk/stalk/docs/runbooks',
      redisExporter: {
        image: 'oliver006/redis_exporter:v1.69.0',
        resources: {
          cpu: { request: '10m', limit: '100m' },
          memory: { request: '32Mi', limit: '64Mi' },
          disk: { request: '8Mi', limit: '64Mi' },
        },
      },
      queuesExporter: {
        image: 'python:3.12-alpine',
        resources: {
          cpu: { request: '20m', limit: '250m' },
          memory: { request: '48Mi', limit: '128Mi' },
          disk: { request: '8Mi', limit: '64Mi' },
        },
      },
    });
  });

  test('takes what is said over what is filled in, and one half of a size', () => {
    const asked = watched({
      labels: { release: 'prometheus' },
      dashboards: { labels: { dashboards: 'yes' } },
      runbooks: 'https://docs.example.com/runbooks',
      redisExporter: { image: 'mirror/redis_exporter:v1.70.0', memory: { limit: '96Mi' } },
      queuesExporter: { cpu: '50m' },
    });

    expect(environmentOf(asked).monitoring).toMatchObject({
      labels: { release: 'prometheus' },
      dashboards: { labels: { dashboards: 'yes' } },
      runbooks: 'https://docs.example.com/runbooks',
      redisExporter: {
        image: 'mirror/redis_exporter:v1.70.0',
        resources: { memory: { request: '32Mi', limit: '96Mi' } },
      },
      queuesExporter: { image: 'python:3.12-alpine', resources: { cpu: { request: '50m', limit: '50m' } } },
    });
  });

  const ROWS: readonly Row[] = [
    {
      rule: 'Prometheus can reach what it scrapes',
      broken: { monitoring: { kind: 'annotations', namespace: 'monitoring' } },
      says: 'monitoring must come with peers.prometheus: policies would keep Prometheus from every pod, got {"kind":"annotations"}; write peers: { prometheus: { namespace: { … }, pods: { … } } } with the labels of its namespace and of its pods',
      held: { monitoring: { kind: 'annotations', namespace: 'monitoring' }, peers: { prometheus } },
    },
    {
      rule: 'the kind is one of two',
      broken: watched({ kind: 'operators' }),
      says: 'monitoring.kind must be one of "operator", "annotations", got "operators"; write "operator"',
      held: watched(),
    },
    {
      rule: 'a kind alone is no monitoring',
      broken: { monitoring: 'operator', peers: { prometheus } },
      says: `monitoring must be a record, got "operator"; write { kind: "operator", namespace: "monitoring" }`,
      held: watched(),
    },
    {
      rule: 'rules lie outside of the namespaces of brokers',
      broken: watched({ namespace: 'broker-main' }),
      says: 'monitoring.namespace must be the namespace of Prometheus, and this one is of a shared broker, got "broker-main"; write the namespace from which Prometheus takes its rules',
      held: watched({ namespace: 'broker-mine' }),
    },
    {
      rule: 'an exporter has a fixed tag',
      broken: watched({ redisExporter: { image: 'oliver006/redis_exporter:latest' } }),
      says: 'monitoring.redisExporter.image must have a fixed tag: "latest" changes under a running tenant, got "oliver006/redis_exporter:latest"; write the version that runs, like "acme/jobs:2.4.1"',
      held: watched({ redisExporter: { image: 'oliver006/redis_exporter:v1.70.0' } }),
    },
    {
      rule: 'an exporter has a limit over its request',
      broken: watched({ queuesExporter: { memory: { request: '256Mi' } } }),
      says: 'monitoring.queuesExporter.memory.limit must be at least the request of "256Mi", got "128Mi"; raise the limit or lower the request',
      held: watched({ queuesExporter: { memory: { request: '128Mi' } } }),
    },
    {
      rule: 'runbooks lie in a folder',
      broken: watched({ runbooks: 'https://docs.example.com/runbooks/' }),
      says: 'monitoring.runbooks must be the URL of a folder, without a slash at its end, got "https://docs.example.com/runbooks/"; write it like "https://docs.example.com/runbooks"',
      held: watched({ runbooks: 'https://docs.example.com/runbooks' }),
    },
    {
      rule: 'only an operator selects by labels',
      broken: { ...watched({ kind: 'annotations', labels: { release: 'prometheus' } }) },
      says: 'monitoring.labels must be a known prop, got {"release":"prometheus"}; known here: kind, namespace, dashboards, runbooks, redisExporter, queuesExporter',
      held: watched({ labels: { release: 'prometheus' } }),
    },
  ];

  test.each(ROWS)('fails with the words of its author: $rule: $says', ({ broken, says }) => {
    expect(saysOf([tenantWith({})], environmentWith(broken))).toEqual([says].flat());
  });

  test.each(ROWS)('holds at the border of: $rule', ({ held }) => {
    expect(saysOf([tenantWith({})], environmentWith(held))).toEqual([]);
  });
});

describe('a tenant that is watched', () => {
  const image = 'acme/exporter:1.0.0';
  const ROWS: readonly Row[] = [
    {
      rule: 'rules and dashboards lie outside of tenants',
      where: watched({ namespace: 'observability' }),
      broken: { name: 'observability' },
      says: 'name must be another name than monitoring.namespace of the environment, where rules and dashboards lie, got "observability"; choose another name',
      held: { name: 'observed' },
    },
    {
      rule: 'brokers have names of their own',
      where: watched(),
      broken: { name: 'main', broker: { topology: 'standalone' } },
      says: 'name must be another name than that of a shared broker: by it, alerts tell its own Redis from that one, got "main"; choose another name',
      held: { name: 'main' },
    },
    {
      rule: 'a pod has one port named metrics',
      where: watched(),
      broken: { sidecars: { metrics: { image, port: 9000 } }, workers: { default: { queues: ['celery'] } } },
      says: 'sidecars.metrics must have another name in workers.default, which has a port named metrics of its own where the environment has monitoring, got {"port":9000}; rename it, or write metrics: false in the sidecars of workers and beat',
      held: { sidecars: { metrics: { image } } },
    },
    {
      rule: 'a pod has one port named metrics',
      where: watched(),
      broken: { beat: { sidecars: { metrics: { image, port: 9000 } } } },
      says: 'beat.sidecars.metrics must have another name in beat, which has a port named metrics of its own where the environment has monitoring, got {"port":9000}; rename it, or write metrics: false in the sidecars of workers and beat',
      held: { web: { command: ['serve'], port: 8000, sidecars: { metrics: { image, port: 9000 } } } },
    },
  ];

  test.each(ROWS)('fails with the words of its author: $rule: $says', ({ broken, says, where = {} }) => {
    expect(saysOf([tenantWith(broken)], environmentWith(where))).toEqual([says].flat());
  });

  test.each(ROWS)('holds at the border of: $rule ($held)', ({ held, where = {} }) => {
    expect(saysOf([tenantWith(held)], environmentWith(where))).toEqual([]);
  });

  test('may have a sidecar named metrics in any pod where nothing is watched', () => {
    expect(saysOf([tenantWith({ sidecars: { metrics: { image, port: 9000 } } })])).toEqual([]);
  });

  test('has a row here for each of its rules', () => {
    const tried = new Set(ROWS.map(({ rule }) => rule));

    expect(monitoringRules.map(({ what }) => what).filter((what) => !tried.has(what))).toEqual([]);
  });

  test.each(['exporter', 'queues'])('is not called %s, like a user of monitoring', (name) => {
    expect(saysOf([tenantWith({ name })])).toHaveLength(1);
  });
});

describe('objectives', () => {
  test('need no thought', () => {
    expect(tenantOf({}).objectives).toEqual({
      depth: 500,
      wait: 600,
      succeed: 99,
      startInTime: 99,
      queues: {},
    });
  });

  test('of a queue have the name that Redis knows, and the rest from the tenant', () => {
    const tenant = tenantOf({
      workers: { default: { queues: ['celery', 'emails'] } },
      objectives: { wait: '5m', queues: { emails: { depth: 5000 }, celery: { wait: '1h' } } },
    });

    expect(tenant.objectives.queues).toEqual({
      'tenant-acme.emails': { depth: 5000, wait: 300 },
      'tenant-acme': { depth: 500, wait: 3600 },
    });
  });

  test("lie over those of the environment, the tenant's overlay over both", () => {
    const where = { defaults: { objectives: { depth: 1000, succeed: 99.9 } } };
    const asked = { objectives: { depth: 2000 }, overlays: { dev: { objectives: { wait: '1m' } } } };

    expect(tenantOf(asked, where).objectives).toMatchObject({ depth: 2000, wait: 60, succeed: 99.9 });
  });

  test('of a queue that the environment names hold for those who have it', () => {
    const where = { defaults: { objectives: { queues: { emails: { depth: 5 } } } } };

    expect(tenantOf({}, where).objectives.queues).toEqual({ 'tenant-acme.emails': { depth: 5, wait: 600 } });
  });

  const ROWS: readonly Row[] = [
    {
      rule: 'a percentage leaves something to spend',
      broken: { objectives: { succeed: 100 } },
      says: 'objectives.succeed must be a percentage from 94 to 99.99, got 100; write it like 99 or 99.5',
      held: { objectives: { succeed: 99.99 } },
    },
    {
      rule: 'a percentage is held by a page',
      broken: { objectives: { startInTime: 93.9 } },
      says: 'objectives.startInTime must be a percentage from 94 to 99.99, got 93.9; write it like 99 or 99.5',
      held: { objectives: { startInTime: 94 } },
    },
    {
      rule: 'a queue may hold something',
      broken: { objectives: { depth: 0 } },
      says: 'objectives.depth must be a whole number, at least 1, got 0; write 1 or more',
      held: { objectives: { depth: 1 } },
    },
    {
      rule: 'a task waits for some time',
      broken: { objectives: { wait: '0s' } },
      says: 'objectives.wait must be a whole number of s, m or h, at least 1s, got "0s"; write it like "45s", "30m" or "2h"',
      held: { objectives: { wait: '1s' } },
    },
    {
      rule: 'a queue with objectives has a consumer',
      broken: { objectives: { queues: { emails: { depth: 5 } } } },
      says: `objectives.queues.emails must be a queue that a pool consumes, got "emails"; add "emails" to the queues of a pool, use one of "celery", or write consumedElsewhere: ["emails"] if a program outside Stalk consumes it`,
      held: { objectives: { queues: { celery: { depth: 5 } } } },
    },
  ];

  test.each(ROWS)('fails with the words of its author: $rule: $says', ({ broken, says }) => {
    expect(saysOf([tenantWith(broken)])).toEqual([says].flat());
  });

  test.each(ROWS)('holds at the border of: $rule ($held)', ({ held }) => {
    expect(saysOf([tenantWith(held)])).toEqual([]);
  });
});
