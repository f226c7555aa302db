// What an alert is: when it fires, for how long before, whom it wakes, and what it says.

import type { Duration } from '../spec';

/** `critical` wakes somebody up, `warning` waits for the morning, `info` explains another one. */
export type Severity = 'critical' | 'warning' | 'info';

export interface Alert {
  /** Also the name of its runbook. */
  readonly name: string;
  readonly expr: string;
  /** How long the expression holds before it fires; absent, at once. */
  readonly for?: Duration;
  readonly severity: Severity;
  /** Who and what in one line; `{{ $labels.tenant }}` and `{{ $value }}` are Prometheus' templates. */
  readonly summary: string;
  readonly description: string;
}

/** Alerts of one subject, which Prometheus evaluates one after the other. */
export interface AlertGroup {
  readonly name: string;
  readonly alerts: readonly Alert[];
}

/** A series that is worked out ahead, so that several alerts and panels ask for it. */
export interface Recording {
  /** `level:metric:operations`. */
  readonly record: string;
  readonly expr: string;
}
