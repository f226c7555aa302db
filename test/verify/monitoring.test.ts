// What `stalk verify` says of how an environment is watched: metrics in pods, rules in Prometheus, what fires.

import type { Cluster, Command, ContainerRef, KubeObject, ObjectRef } from '../../lib/cluster';
import { METRICS_CATALOGUE } from '../../lib/observe/metrics';
import { ruleGroups } from '../../lib/observe/rules';
import { manifestsOf } from '../../lib/output/manifests';
import { monitoringChecks } from '../../lib/verify/checks/monitoring';
import { scrapedIn } from '../../lib/verify/checks/scraped';
import { worldOf } from '../../lib/verify/world';
import type { World } from '../../lib/verify/world';
import { plain, platformOf, tenantOf } from '../support/synth';

const watched = {
  ...plain,
  monitoring: { kind: 'operator', namespace: 'monitoring' },
  peers: {
    prometheus: { namespace: { 'kubernetes.io/metadata.name': 'monitoring' }, pods: { app: 'prometheus' } },
  },
} as const;

const acme = tenantOf({ beat: { scheduler: 'file' } });

const typesOf = (source: string, without = 'nothing'): string =>
  Object.entries(METRICS_CATALOGUE)
    .filter(([name, { from }]) => from === source && name !== without)
    .map(([name, { type }]) => `# TYPE ${name} ${type}\n${name} 1\n`)
    .join('');

interface Different {
  /** What a port serves. */
  readonly serves?: Readonly<Record<string, string>>;
  /** Of a program that could not ask. */
  readonly fails?: { readonly code: number; readonly stderr: string };
  readonly rules?: readonly object[];
  readonly alerts?: readonly object[];
  readonly prometheus?: Error;
  readonly served?: (found: Map<string, KubeObject>) => void;
}

const GOOD = {
  '9540': typesOf('loader'),
  '9121': '# TYPE redis_up gauge\nredis_up 1\n',
  '9122': typesOf('queues'),
};

const LOADED = ruleGroups({
  name: 'test',
  monitoring: platformOf(watched, [acme]).environment.monitoring!,
}).map(({ rules }) => ({
  rules: rules.map((rule) => ({
    name: 'alert' in rule ? rule.alert : rule.record,
    labels: rule.labels,
    health: 'ok',
  })),
}));

/** Everything is there as rendered, each workload has a ready pod, and Prometheus answers. */
function world(different: Different, environment: Parameters<typeof platformOf>[0] = watched): World {
  const found = new Map<string, KubeObject>();
  const pod = (name: string, namespace: string): object => ({
    metadata: { name, namespace },
    spec: { containers: [{ name }] },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  });
  const cluster = {
    read: ({ kind, name }: ObjectRef) => Promise.resolve(found.get(`${kind} ${name}`)),
    list: (_: unknown, namespace: string, labels: Readonly<Record<string, string>>) =>
      Promise.resolve([pod(labels['app.kubernetes.io/instance'] ?? 'prometheus-0', namespace)]),
    exec: (_: ContainerRef, { argv }: Command) => {
      const port = String(argv.at(-1));
      const stdout = { ...GOOD, ...different.serves }[port] ?? '';
      return Promise.resolve({ stdout, stderr: '', code: 0, ...different.fails });
    },
    proxied: (_: unknown, path: string) => {
      if (different.prometheus) return Promise.reject(different.prometheus);
      const data = path.endsWith('rules')
        ? { groups: different.rules ?? LOADED }
        : { alerts: different.alerts ?? [] };
      return Promise.resolve(JSON.stringify({ status: 'success', data }));
    },
  } as unknown as Cluster;
  const options = { maxWait: 1, disruptive: false };
  const made = worldOf(cluster, platformOf(environment, [acme]), ['acme'], options);
  for (const { manifest } of made.platform.leaves
    .filter(({ kind }) => kind === 'platform')
    .flatMap(manifestsOf))
    found.set(`${manifest.kind} ${manifest.metadata.name}`, manifest);
  different.served?.(found);
  return made;
}

async function outcomes(different: Different = {}, environment = watched as Parameters<typeof world>[1]) {
  const found: string[] = [];
  for await (const { id, subject, verdict, found: text, detail = '' } of monitoringChecks.run(
    world(different, environment),
  ))
    found.push(`${verdict} ${id} ${subject}: ${text}${detail === '' ? '' : ` -> ${detail}`}`);
  return found;
}

const failed = (lines: readonly string[]): readonly string[] =>
  lines.filter((line) => !line.startsWith('ok'));

test('an environment without monitoring is one line', async () => {
  expect(await outcomes({}, plain)).toEqual(['skipped monitoring test: the environment has no monitoring']);
});

test('all holds where metrics are served, rules loaded and nothing fires', async () => {
  const lines = await outcomes();

  expect(failed(lines)).toEqual([]);
  expect(lines.filter((line) => line.includes('monitoring.metrics'))).toEqual(
    [
      expect.stringContaining('StatefulSet/redis: 1 metrics'),
      expect.stringContaining('Deployment/queues: '),
      expect.stringContaining('acme Deployment/beat: '),
      expect.stringContaining('acme Deployment/worker-default: '),
    ].map((one) => one as string),
  );
  expect(lines.at(-1)).toBe('ok monitoring.alerts test: none fires, 0 wait or inform');
});

test('an exporter is asked from the first container of its pod, as its own image may hold no shell', () => {
  const asked = scrapedIn(world({}).leaves).map(
    ({ workload, port, asker }) => `${workload.name} ${asker} ${port}`,
  );

  expect(asked).toContain('redis redis 9121');
  expect(asked).toContain('worker-default worker-default 9540');
});

test.each<[string, Different, RegExp]>([
  [
    'a worker lacks a metric, as it runs an older loader',
    { serves: { '9540': typesOf('loader', 'stalk_tasks_total') } },
    /failed monitoring\.metrics acme Deployment\/worker-default: \d+ metrics; it lacks stalk_tasks_total -> /,
  ],
  [
    'an exporter does not reach its Redis',
    { serves: { '9121': '# TYPE redis_up gauge\nredis_up 0\n' } },
    /failed .*StatefulSet\/redis: 1 metrics; redis_up is 0: its exporter does not reach Redis/,
  ],
  [
    'a port is closed',
    { fails: { code: 1, stderr: 'Connection refused' } },
    /failed .*worker-default: port 9540 of worker-default gives nothing: Connection refused/,
  ],
  [
    'nothing in a container can ask',
    { fails: { code: 3, stderr: 'none of python3, wget, curl and bash is in the image' } },
    /skipped .*none of python3, wget, curl and bash is in the image/,
  ],
  [
    'a rule has an error',
    {
      rules: LOADED.map(({ rules }) => ({
        rules: rules.map((rule) =>
          rule.name === 'BrokerDown' ? { ...rule, health: 'err', lastError: 'many-to-many' } : rule,
        ),
      })),
    },
    /failed monitoring\.rules test: .*BrokerDown: many-to-many/,
  ],
  [
    'no rule is loaded',
    { rules: [] },
    /failed monitoring\.rules test: 0 of \d+ rules loaded; it lacks .*BrokerDown/,
  ],
  [
    'the rules were changed by hand',
    { served: (found) => void found.delete('PrometheusRule stalk') },
    /failed monitoring\.objects monitoring PrometheusRule: stalk is not there/,
  ],
  [
    'Prometheus is out of reach',
    { prometheus: new Error('context "c": the cluster must answer, got no answer in time') },
    /skipped monitoring\.rules test: Prometheus was not heard: the cluster must answer, got no answer in time/,
  ],
])('is told when %s', async (_when, different, line) => {
  expect(failed(await outcomes(different))).toContainEqual(expect.stringMatching(line));
});

test('what fires is told with what it means and its runbook, what informs is not', async () => {
  const alert = (alertname: string, labels: Readonly<Record<string, string>>) => ({
    labels: { alertname, severity: 'critical', environment: 'test', ...labels },
    annotations: {
      summary: 'Tenant acme: beat is silent',
      description: 'Periodic tasks are not sent.',
      runbook_url: 'https://docs/runbooks/BeatSilent.md',
    },
    ...{ state: 'firing', activeAt: '2026-11-29T18:00:00.123Z' },
  });

  const lines = await outcomes({
    alerts: [
      alert('BeatSilent', { tenant: 'acme', broker: 'main' }),
      alert('BeatSilent', { tenant: 'globex', broker: 'main' }),
      alert('TasksBeginAgain', { tenant: 'acme', severity: 'info' }),
      alert('BeatSilent', { tenant: 'acme', environment: 'other' }),
    ],
  });

  expect(failed(lines)).toEqual([
    'failed monitoring.alerts acme BeatSilent: Tenant acme: beat is silent, since 2026-11-29T18:00Z. Periodic tasks are not sent. -> https://docs/runbooks/BeatSilent.md',
  ]);
});
