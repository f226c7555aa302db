// Which alert keeps quiet while another one says why.

/** As Alertmanager reads it. @see https://prometheus.io/docs/alerting/latest/configuration/#inhibit_rule */
export interface Inhibition {
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
  /** Labels that have the same value in both. */
  readonly equal: readonly string[];
}

export const INHIBITIONS: readonly Inhibition[] = [];
