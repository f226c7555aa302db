// What a dashboard asks, panel by panel; Grafana's form of it is made in grafana.ts.

/** As Grafana names units. */
export type GrafanaUnit = 'short' | 's' | 'bytes' | 'percent' | 'percentunit' | 'cpm' | 'dateTimeFromNow';

export interface Query {
  /**
   * PromQL. `$here` stands for what the dashboard's variables choose, `$__rate_interval` is Grafana's: no shorter than
   * four scrapes.
   */
  readonly expr: string;
  /** Of a series: `{{queue}}`. In a table every label is a column. */
  readonly legend?: string;
}

export interface Panel {
  readonly title: string;
  /** The question that it answers, and how to read the answer. */
  readonly asks: string;
  readonly kind: 'graph' | 'number' | 'table';
  readonly unit: GrafanaUnit;
  readonly queries: readonly Query[];
  /** From here on it is yellow, and red; of a table, its values. */
  readonly limits?: { readonly warning?: number; readonly critical: number };
}

export interface PanelRow {
  /** A question that a person on call has. */
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** What a person chooses above the panels. */
export type Choice = 'environment' | 'broker' | 'tenant';

export interface Dashboard {
  /** Its address in Grafana, which links hold on to. */
  readonly uid: string;
  readonly title: string;
  readonly about: string;
  readonly choices: readonly Choice[];
  readonly rows: readonly PanelRow[];
}

const matcher = (choice: Choice): string => `${choice}="$${choice}"`;

/** The query as Grafana gets it. */
export const exprOf = ({ choices }: Dashboard, { expr }: Query): string =>
  expr.replaceAll('$here', choices.map(matcher).join(', '));
