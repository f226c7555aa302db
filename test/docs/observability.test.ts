// docs/observability.md: its examples render what it says, and its tables are those of the code.

import { parse } from 'yaml';
import { production as annotated } from '../../docs/examples/observability/annotations';
import { production as everything } from '../../docs/examples/observability/everything';
import { acme } from '../../docs/examples/observability/objectives';
import { production } from '../../docs/examples/observability/operator';
import type { Environment } from '../../lib';
import { judge, renderedLeaves } from '../../lib/laws';
import type { Alert } from '../../lib/observe/alert';
import { ALERTS } from '../../lib/observe/alerts';
import { METRICS_CATALOGUE } from '../../lib/observe/metrics';
import type { Metric } from '../../lib/observe/metrics';
import { leafManifests, platformOf } from '../support/synth';
import type { Json } from '../support/synth';
import { textOf } from './pages';
import { onPage, table } from './rendered';

const PAGE = 'observability.md';
const alerts: readonly Alert[] = ALERTS.flatMap((group) => group.alerts);

const rendered = (environment: Environment): readonly Json[] =>
  platformOf(environment, [acme]).leaves.flatMap(leafManifests);
const named = (objects: readonly Json[], kind: string, name: string): Json =>
  objects.find((one) => one.kind === kind && one.metadata.name === name);

describe('the examples of observability.md', () => {
  test.each([
    ['with the Operator', production],
    ['by annotations', annotated],
    ['with all that there is', everything],
  ])('render and break no law: %s', (_, environment) => {
    expect(judge(renderedLeaves(platformOf(environment, [acme])))).toEqual([]);
  });

  test('the Operator selects the two objects by the labels of the environment', () => {
    const objects = rendered(production);

    for (const kind of ['PodMonitor', 'PrometheusRule'])
      expect(named(objects, kind, 'stalk').metadata).toMatchObject({
        namespace: 'monitoring',
        labels: { release: 'prometheus' },
      });
  });

  test('a Prometheus without it finds both files, and pods that ask for its job', () => {
    const objects = rendered(annotated);

    expect(objects.filter(({ apiVersion }) => apiVersion.startsWith('monitoring.coreos.com'))).toEqual([]);
    const { data } = named(objects, 'ConfigMap', 'stalk-prometheus');
    expect(parse(data['rules.yaml']).groups.length).toBeGreaterThan(0);
    expect(parse(data['scrape.yaml']).scrape_configs).toHaveLength(1);
    expect(named(objects, 'Deployment', 'worker-default').spec.template.metadata.annotations).toMatchObject({
      'prometheus.io/scrape': 'stalk',
      'prometheus.io/port': '9540',
    });
  });

  test('an alert links to the runbook where the environment publishes them', () => {
    const { groups } = named(rendered(everything), 'PrometheusRule', 'stalk').spec;
    const links = groups.flatMap(({ rules }: Json) =>
      rules.flatMap(({ alert, annotations }: Json) => (alert ? [[alert, annotations.runbook_url]] : [])),
    );

    expect(Object.fromEntries(links)).toEqual(
      Object.fromEntries(alerts.map(({ name }) => [name, `https://docs.example.com/runbooks/${name}.md`])),
    );
  });

  test('Alertmanager knows each receiver that a route names, and each label is one of an alert', () => {
    const { route, receivers } = parse(textOf('docs/examples/observability/alertmanager.yml'));
    const routes = (one: Json): readonly Json[] => [one, ...(one.routes ?? []).flatMap(routes)];
    const all = routes(route);

    expect(receivers.map(({ name }: Json) => name).sort()).toEqual(
      all.map(({ receiver }: Json) => receiver).sort(),
    );
    const labels = all.flatMap(({ matchers = [] }: Json) => matchers.map((one: string) => one.split(' ')[0]));
    expect(['severity', 'tenant']).toEqual(expect.arrayContaining(labels));
  });
});

/** As Prometheus fills in a summary. */
const filled = (text: string, labels: Readonly<Record<string, string>>): string =>
  text.replace(/\{\{ \$(?:labels\.(\w+)|value) \}\}/g, (_, label?: string) =>
    label === undefined ? '212' : (labels[label] ?? ''),
  );

function page(): string {
  const alert = alerts.find(({ name }) => name === 'QueueWithoutConsumer');
  if (!alert) throw new Error('no alert to show');
  const labels = { tenant: 'acme', broker: 'main', queue: 'tenant-acme.emails' };
  return [
    '```',
    `[${alert.severity}] ${alert.name}, production`,
    filled(alert.summary, labels),
    filled(alert.description, labels),
    `https://docs.example.com/runbooks/${alert.name}.md`,
    '```',
  ].join('\n');
}

describe('observability.md', () => {
  test('shows a page as the alert and the template make it', () => {
    const text = page();

    expect(text).not.toMatch(/[{}$]/);
    expect(onPage(PAGE, 'page', text)).toBe(text);
  });

  test('tells what each metric means', () => {
    const rows = Object.entries<Metric>(METRICS_CATALOGUE).map(
      ([name, { type, unit, labels, help, from }]) => [
        `\`${name}\``,
        type,
        unit === '1' ? '' : unit,
        labels.map((label) => `\`${label}\``).join(', '),
        help,
        from,
      ],
    );
    const text = table([['metric', 'type', 'unit', 'labels', 'tells', 'from'], ...rows]);

    expect(onPage(PAGE, 'metrics', text)).toBe(text);
  });
});
