// The job of `scrape.yaml` in a real Prometheus' hands: which pods it takes, and the labels that it gives to their series.

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { watched } from '../observe/environments';
import { broker, leafManifests, leafOf, lookup, platformOf, synth, tenantOf } from '../support/synth';
import type { Json, Manifest } from '../support/synth';
import { scratch } from '../support/tree';

const hasPromtool = spawnSync('promtool', ['--version']).status === 0;
if (!hasPromtool) console.warn('SKIPPED: promtool is not installed (package prometheus)');

const folder = scratch();
const environment = watched('annotations');
const shared = tenantOf({ beat: {}, web: { command: ['serve'], port: 8000 } });
const own = tenantOf({
  name: 'globex',
  broker: { topology: 'sentinel', replicas: 2 },
  cache: {},
});

const META = '__meta_kubernetes_';
const underscored = (key: string): string => key.replace(/[^a-zA-Z0-9]/g, '_');

/** What discovery in Kubernetes finds: Debian's promtool is built without it, and these are static targets. */
function targetsOf({ kind, metadata, spec }: Manifest): Json[] {
  const { template } = spec ?? {};
  if (template?.spec?.containers === undefined) return [];
  const of = (what: string, texts: Json): Json =>
    Object.fromEntries(
      Object.entries(texts ?? {}).map(([key, value]) => [`${META}pod_${what}_${underscored(key)}`, value]),
    );
  return template.spec.containers.flatMap(({ name, ports = [] }: Json) =>
    (ports.length > 0 ? ports : [{}]).map((port: Json) => ({
      targets: [`${metadata.namespace}-${kind}-${metadata.name}-${name}:${port.containerPort ?? 80}`],
      labels: {
        ...of('label', template.metadata.labels),
        ...of('annotation', template.metadata.annotations),
        [`${META}namespace`]: metadata.namespace,
        [`${META}pod_name`]: metadata.name,
        [`${META}pod_phase`]: 'Running',
        ...(port.name && { [`${META}pod_container_port_name`]: port.name }),
      },
    })),
  );
}

(hasPromtool ? test : test.skip)('each program is asked once, and its series say whose they are', () => {
  const { data } = lookup(leafManifests(leafOf(platformOf(environment, [shared]), 'platform'))).byKind(
    'ConfigMap',
    'stalk-prometheus',
  );
  const [job]: Json[] = parse(data['scrape.yaml']).scrape_configs;
  const pods = [
    ...synth(shared, environment).all,
    ...synth(own, environment).all,
    ...broker('main', environment, [shared]).all,
  ];
  const file = join(folder(), 'prometheus.yml');
  writeFileSync(
    file,
    stringify({
      scrape_configs: [{ ...job, kubernetes_sd_configs: undefined, static_configs: pods.flatMap(targetsOf) }],
    }),
  );

  const { stdout, stderr } = spawnSync(
    'promtool',
    ['check', 'service-discovery', '--timeout=3s', file, 'stalk'],
    {
      encoding: 'utf8',
    },
  );

  const found = (JSON.parse(stdout === '' ? `"${stderr}"` : stdout) as Json[]).flatMap(({ labels = {} }) => {
    const { job: name, namespace, pod, broker: about, tenant, pool, environment: where } = labels;
    return name === undefined ? [] : [[name, namespace, pod, about, tenant, pool, where].join(' ').trim()];
  });
  expect(found.sort()).toEqual(
    [
      'stalk-celery acme worker-default main acme default test',
      'stalk-celery acme beat main acme beat test',
      'stalk-celery globex worker-default globex globex default test',
      'stalk-cache globex cache  globex  test',
      'stalk-queues broker-main queues main   test',
      'stalk-queues globex queues globex   test',
      'stalk-redis broker-main redis main   test',
      'stalk-redis globex redis globex globex  test',
      'stalk-sentinel globex sentinel globex globex  test',
    ].sort(),
  );
});
