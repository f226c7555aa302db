// A dashboard as Grafana reads it. It loads Grafana's own builders, which takes a while: ask for it by `grafanaOf`.

import {
  BigValueColorMode,
  BigValueGraphMode,
  ReduceDataOptionsBuilder,
  VizLegendOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardBuilder,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  ThresholdsConfigBuilder,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as NumberBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as GraphBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { exprOf } from './dashboard';
import type { Choice, Dashboard, Panel } from './dashboard';

/** The Prometheus that a person chooses: an environment has one, and a Grafana may read several. */
const SOURCE: DataSourceRef = { type: 'prometheus', uid: '${datasource}' };

/** Grafana calls the queries of a panel A, B, C. */
const FIRST_QUERY = 65;

/** Grafana's grid is 24 wide. */
const SIZES = { number: { w: 6, h: 4 }, graph: { w: 12, h: 8 }, table: { w: 12, h: 8 } } as const;

/** Where the values of a choice come from. A tenant that has nothing yet is in what is expected of it. */
const VALUES: Readonly<Record<Choice, string>> = {
  environment: 'label_values(up{job=~"stalk-.+"}, environment)',
  broker: 'label_values(stalk_queues_up{environment="$environment"}, broker)',
  tenant: 'label_values(stalk_visibility_timeout_seconds{environment="$environment"}, tenant)',
};

const choice = (name: Choice): QueryVariableBuilder =>
  new QueryVariableBuilder(name)
    .query({ query: VALUES[name], refId: name })
    .datasource(SOURCE)
    .refresh(VariableRefresh.OnTimeRangeChanged);

const thresholds = ({ warning, critical }: NonNullable<Panel['limits']>): ThresholdsConfigBuilder =>
  new ThresholdsConfigBuilder().steps([
    { value: null, color: 'green' },
    ...(warning === undefined ? [] : [{ value: warning, color: 'yellow' }]),
    { value: critical, color: 'red' },
  ]);

function builderOf({ kind }: Panel): NumberBuilder | TableBuilder | GraphBuilder {
  if (kind === 'table') return new TableBuilder();
  if (kind === 'graph')
    return new GraphBuilder().fillOpacity(5).legend(new VizLegendOptionsBuilder().showLegend(true));
  return new NumberBuilder()
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .colorMode(BigValueColorMode.Value)
    .graphMode(BigValueGraphMode.Area);
}

function panelOf(
  dashboard: Dashboard,
  panel: Panel,
  id: number,
): NumberBuilder | TableBuilder | GraphBuilder {
  const builder = builderOf(panel)
    .id(id)
    .title(panel.title)
    .description(panel.asks)
    .datasource(SOURCE)
    .unit(panel.unit)
    .span(SIZES[panel.kind].w)
    .height(SIZES[panel.kind].h);
  if (panel.limits !== undefined) builder.thresholds(thresholds(panel.limits));
  for (const [index, query] of panel.queries.entries()) {
    const asked = new DataqueryBuilder()
      .refId(String.fromCharCode(FIRST_QUERY + index))
      .expr(exprOf(dashboard, query))
      .datasource(SOURCE);
    if (query.legend !== undefined) asked.legendFormat(query.legend);
    if (panel.kind === 'table') asked.instant().format(PromQueryFormat.Table);
    builder.withTarget(asked);
  }
  return builder;
}

export function grafana(dashboard: Dashboard): object {
  const builder = new DashboardBuilder(dashboard.title)
    .uid(dashboard.uid)
    .description(dashboard.about)
    .tags(['stalk'])
    .readonly()
    .refresh('1m')
    .time({ from: 'now-3h', to: 'now' })
    .link(
      new DashboardLinkBuilder('Stalk')
        .type(DashboardLinkType.Dashboards)
        .tags(['stalk'])
        .includeVars(true)
        .keepTime(true),
    )
    .withVariable(new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'));
  for (const name of dashboard.choices) builder.withVariable(choice(name));
  let id = 0;
  for (const row of dashboard.rows) {
    builder.withRow(new RowBuilder(row.title).id(++id));
    for (const panel of row.panels) builder.withPanel(panelOf(dashboard, panel, ++id));
  }
  return builder.build();
}
