// What a watched environment renders: ports and variables of Celery pods, the monitor, rules, the job of a Prometheus without an operator.

import { parse } from 'yaml';
import { PROMETHEUS, watched } from './environments';
import { leafManifests, leafOf, lookup, platformOf, synth, tenantOf, broker, plain } from '../support/synth';
import type { Json, Synth } from '../support/synth';
import { mainOf, once, podOf, variable } from '../support/props';
import type { Environment } from '../../lib/spec';

const operator = watched('operator');
const annotations = watched('annotations');
const both = [operator, annotations] as const;

const tenant = tenantOf({
  workers: { default: { queues: ['celery'] }, mail: { queues: ['emails'] } },
  beat: {},
  web: { command: ['serve'], port: 8000 },
  flower: { auth: { secret: 'flower', key: 'auth' } },
  migrate: { command: ['migrate'], check: ['check'] },
  processes: { listen: { command: ['listen'] } },
});

const platformIn = (environment: Environment): Synth =>
  lookup(leafManifests(leafOf(platformOf(environment, [tenant]), 'platform')));

const ported = (objects: Synth): readonly string[] =>
  objects.all.flatMap(({ kind, metadata, spec }) =>
    (spec?.template?.spec?.containers ?? []).some(({ ports = [] }: Json) =>
      ports.some(({ name }: Json) => name === 'metrics'),
    )
      ? [`${kind}/${metadata.name}`]
      : [],
  );

describe.each(both)('in an environment with $monitoring.kind', (environment) => {
  const objects = once(() => synth(tenant, environment));

  test('workers and beat serve their metrics at a port of that name, and nobody else of the app', () => {
    expect(ported(objects())).toEqual(
      expect.arrayContaining(['Deployment/beat', 'Deployment/worker-default', 'Deployment/worker-mail']),
    );
    expect(ported(objects()).filter((id) => /web|flower|migrate|listen/.test(id))).toEqual([]);
  });

  test.each(['worker-default', 'worker-mail', 'beat'])('%s is told its port', (name) => {
    const main = mainOf('Deployment', name)(objects());

    expect(main.ports).toEqual([{ name: 'metrics', containerPort: 9540, protocol: 'TCP' }]);
    expect(variable(main, 'STALK_METRICS')).toBe('9540');
  });

  test('web is not told to count', () => {
    expect(variable(mainOf('Deployment', 'web')(objects()), 'STALK_METRICS')).toBeUndefined();
  });

  test('pods say which broker their series are about: a shared one by its name, their own by the tenant', () => {
    const own = synth({ ...tenant, broker: { topology: 'standalone' } }, environment);
    const labelOf = (of: Synth) =>
      of.byKind('Deployment', 'beat').spec.template.metadata.labels['stalk.dev/broker'];

    expect([labelOf(objects()), labelOf(own)]).toEqual(['main', 'acme']);
  });

  test('Prometheus alone comes to ports named metrics, beside a shared broker too', () => {
    const shared = broker('main', environment, [tenant]);

    for (const namespace of [objects(), shared])
      expect(namespace.byKind('NetworkPolicy', 'metrics').spec).toEqual({
        podSelector: {},
        policyTypes: ['Ingress'],
        ingress: [
          {
            from: [
              {
                namespaceSelector: { matchLabels: PROMETHEUS.namespace },
                podSelector: { matchLabels: PROMETHEUS.pods },
              },
            ],
            ports: [{ port: 'metrics', protocol: 'TCP' }],
          },
        ],
      });
  });

  test('inhibitions of Alertmanager lie where Prometheus is', () => {
    const { metadata, data } = platformIn(environment).byKind('ConfigMap', 'stalk-alertmanager');

    expect(metadata.namespace).toBe('monitoring');
    expect(parse(data['inhibit_rules.yaml'])).toHaveProperty('inhibit_rules');
  });
});

describe('for the Operator', () => {
  test('one PodMonitor takes the pods of all tenants and brokers, by the labels that its Prometheus selects', () => {
    const { metadata, spec } = platformIn(operator).byKind('PodMonitor', 'stalk');

    expect(metadata).toMatchObject({ namespace: 'monitoring', labels: { release: 'prometheus' } });
    expect(spec).toMatchObject({
      namespaceSelector: { any: true },
      selector: { matchLabels: { 'app.kubernetes.io/managed-by': 'stalk' } },
    });
  });

  test('rules are one PrometheusRule, and nothing is a file', () => {
    const objects = platformIn(operator);

    expect(objects.byKind('PrometheusRule', 'stalk').metadata).toMatchObject({
      namespace: 'monitoring',
      labels: { release: 'prometheus' },
    });
    expect(objects.find('ConfigMap', 'stalk-prometheus')).toBeUndefined();
  });

  test('no pod has an annotation', () => {
    const { metadata } = synth(tenant, operator).byKind('Deployment', 'worker-default').spec.template;

    expect(Object.keys(metadata.annotations ?? {}).filter((key) => key.startsWith('prometheus.io'))).toEqual(
      [],
    );
  });
});

describe('by annotations', () => {
  test('no object of the Operator is rendered, which a cluster without it refuses', () => {
    const objects = [...platformIn(annotations).all, ...synth(tenant, annotations).all];

    expect(objects.filter(({ apiVersion }) => apiVersion.startsWith('monitoring.coreos.com'))).toEqual([]);
  });

  test('pods are for the job of scrape.yaml alone: one that takes all with "true" would count twice', () => {
    const { metadata } = synth(tenant, annotations).byKind('Deployment', 'worker-default').spec.template;

    expect(metadata.annotations).toMatchObject({
      'prometheus.io/scrape': 'stalk',
      'prometheus.io/port': '9540',
    });
    const { data } = platformIn(annotations).byKind('ConfigMap', 'stalk-prometheus');
    const [job] = parse(data['scrape.yaml']).scrape_configs;
    expect(job.relabel_configs[0]).toMatchObject({ regex: 'stalk', action: 'keep' });
  });

  test('rules and job are files of one ConfigMap', () => {
    const { data } = platformIn(annotations).byKind('ConfigMap', 'stalk-prometheus');

    expect(Object.keys(data)).toEqual(['rules.yaml', 'scrape.yaml']);
    expect(parse(data['rules.yaml'])).toHaveProperty('groups');
  });
});

describe('where nothing is watched', () => {
  test('a pod has no port, variable, label or annotation of it, and no namespace a policy or an object', () => {
    const quiet = { ...plain, peers: { prometheus: PROMETHEUS } };
    const objects = [
      ...synth(tenant, quiet).all,
      ...broker('main', quiet, [tenant]).all,
      ...platformIn(quiet).all,
    ];

    expect(JSON.stringify(objects)).not.toMatch(
      /"STALK_(METRICS|SENT)"|9540|9121|9122|prometheus\.io|monitoring\.coreos/,
    );
    expect(podOf('Deployment', 'beat')(synth(tenant, quiet)).containers[0].ports).toBeUndefined();
    expect(platformIn(quiet).all.map(({ kind }) => kind)).toEqual(['PriorityClass']);
    expect(broker('main', quiet, [tenant]).find('NetworkPolicy', 'metrics')).toBeUndefined();
  });
});
