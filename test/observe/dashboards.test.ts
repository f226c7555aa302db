// Dashboards: what they ask exists, what they show can be read, and the page says the same.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DASHBOARDS, grafanaOf } from '../../lib/observe/dashboards';
import { exprOf } from '../../lib/observe/dashboards/dashboard';
import { METRICS_CATALOGUE } from '../../lib/observe/metrics';
import { read } from './promql';
import { readings, recordings } from './rules';

const panels = DASHBOARDS.flatMap((dashboard) =>
  dashboard.rows.flatMap((row) =>
    row.panels.map((panel) => ({ ...panel, dashboard, name: `${dashboard.title}: ${panel.title}` })),
  ),
);

/** Each rule says its environment. */
const recorded = new Map(
  [...recordings].map(([name, { labels }]) => [name, new Set([...labels, 'environment'])]),
);

/** Grafana puts times in their place. */
const asked = panels.map((panel) => ({
  ...panel,
  readings: panel.queries.map((query) =>
    read(exprOf(panel.dashboard, query).replace(/\$__(rate_interval|range)/g, '5m'), recorded),
  ),
}));

describe('a panel', () => {
  // A number of the whole environment is aggregated without by; an alert never is
  it.each(asked)('asks for series and labels that exist: $name', ({ readings: found }) => {
    const complaints = found.flatMap((reading) => reading.complaints);

    expect(complaints.filter((text) => !text.startsWith('aggregates without by'))).toEqual([]);
  });

  it.each(asked)('asks for what was chosen only: $name', ({ dashboard, readings: found }) => {
    const chosen = found.flatMap(({ selectors }) =>
      selectors
        .filter(({ metric }) => !/^(kubelet|kube)_/.test(metric))
        .map(({ matchers }) => matchers.map(({ value }) => value)),
    );

    expect(chosen).not.toEqual([]); // what the cluster says is joined with what was chosen
    expect(
      chosen.filter((values) => dashboard.choices.some((choice) => !values.includes(`$${choice}`))),
    ).toEqual([]);
  });

  it.each(panels)('says which question it answers: $name', ({ asks }) => {
    expect(asks).toMatch(/^[A-Z][^?]+\?/);
  });

  it('has a title of its own in its dashboard', () => {
    const names = panels.map(({ name }) => name);

    expect(new Set(names).size).toBe(names.length);
  });

  // Lines with one name cannot be told apart
  it.each(asked.filter(({ kind }) => kind === 'graph'))(
    'names its lines by labels that they have: $name',
    ({ queries, readings: found }) => {
      const missing = queries.flatMap(({ legend = '' }, index) =>
        [...legend.matchAll(/\{\{(\w+)\}\}/g)]
          .map(([, label = '']) => label)
          .filter(
            (label) => found[index]?.labels.has(label) === false && !/topk/.test(queries[index]?.expr ?? ''),
          ),
      );

      expect(missing).toEqual([]);
    },
  );
});

test('each metric of the catalogue is asked for by a rule or a panel', () => {
  const all = [
    ...recordings.values(),
    ...readings.map(({ reading }) => reading),
    ...asked.flatMap((one) => one.readings),
  ];
  const used = new Set(
    all.flatMap(({ selectors }) => selectors.map(({ metric }) => metric.replace(/_(bucket|count|sum)$/, ''))),
  );

  expect(Object.keys(METRICS_CATALOGUE).filter((name) => !used.has(name))).toEqual([]);
});

describe.each(DASHBOARDS)('$title, as Grafana reads it', (dashboard) => {
  const model = grafanaOf(dashboard) as {
    readonly uid: string;
    readonly panels: readonly {
      readonly id: number;
      readonly type: string;
      readonly title: string;
      readonly description?: string;
      readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
      readonly targets?: readonly { readonly expr: string; readonly refId: string }[];
    }[];
    readonly templating: { readonly list: readonly { readonly name: string }[] };
  };

  it('has an address, and lets a person choose Prometheus and the rest', () => {
    expect(model.uid).toBe(dashboard.uid);
    expect(model.templating.list.map(({ name }) => name)).toEqual(['datasource', ...dashboard.choices]);
  });

  it('shows each panel with its question and its queries', () => {
    const shown = model.panels.filter(({ type }) => type !== 'row');
    const wanted = dashboard.rows.flatMap((row) => row.panels);

    expect(shown.map(({ title, description }) => [title, description])).toEqual(
      wanted.map(({ title, asks }) => [title, asks]),
    );
    expect(shown.map(({ targets = [] }) => targets.map(({ expr }) => expr))).toEqual(
      wanted.map(({ queries }) => queries.map((query) => exprOf(dashboard, query))),
    );
    expect(JSON.stringify(model)).not.toContain('$here');
  });

  it('lays panels beside and below each other, each with a number of its own', () => {
    const cells = model.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    );

    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...model.panels.map(({ gridPos }) => gridPos.x + gridPos.w))).toBeLessThanOrEqual(24);
    expect(new Set(model.panels.map(({ id }) => id)).size).toBe(model.panels.length);
  });
});

test('docs/dashboards.md lists each panel with its question', () => {
  const page = readFileSync(join(__dirname, '../../docs/dashboards.md'), 'utf8');
  const rows = page.split('\n').flatMap((line) => {
    const [, title = '', asks = ''] = /^\| (.+?) +\| (.+?) +\|$/.exec(line) ?? [];
    return title === '' || title === 'panel' || title.startsWith('---') ? [] : [[title, asks]];
  });

  expect(rows).toEqual(panels.map(({ title, asks }) => [title, asks]));
});
