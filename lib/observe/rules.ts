// Rules as Prometheus reads them: recordings and alerts of an environment, with its name and the pages of runbooks.

import type { ResolvedEnvironment, ResolvedMonitoring } from '../spec';
import type { Alert, AlertGroup, Recording } from './alert';
import { ALERTS } from './alerts';
import { RECORDED_EVERY, RECORDINGS } from './recordings';

type Texts = Readonly<Record<string, string>>;

interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Texts;
  readonly annotations: Texts;
}

interface RecordingRule {
  readonly record: string;
  readonly expr: string;
  readonly labels: Texts;
}

export interface RuleGroup {
  readonly name: string;
  /** Absent, that of the Prometheus. */
  readonly interval?: string;
  readonly rules: readonly (AlertingRule | RecordingRule)[];
}

/** What an environment's rules are made of. */
export interface RuleSources {
  readonly alerts: readonly AlertGroup[];
  readonly recordings: readonly Recording[];
}

const ALL: RuleSources = { alerts: ALERTS, recordings: RECORDINGS };

/** Recordings first: what is worked out is there when alerts ask for it. */
export function ruleGroups(
  { name, monitoring }: Pick<ResolvedEnvironment, 'name'> & { readonly monitoring: ResolvedMonitoring },
  { alerts, recordings }: RuleSources = ALL,
): readonly RuleGroup[] {
  const environment = { environment: name };
  const recorded = recordings.map(({ record, expr }) => ({ record, expr, labels: environment }));
  return [
    ...(recorded.length > 0 ? [{ name: 'stalk-recordings', interval: RECORDED_EVERY, rules: recorded }] : []),
    ...alerts.map((group) => ({
      name: `stalk-${group.name}`,
      rules: group.alerts.map((alert) => alerting(alert, environment, monitoring)),
    })),
  ];
}

const alerting = (
  { name, expr, severity, summary, description, ...times }: Alert,
  environment: Texts,
  { runbooks }: ResolvedMonitoring,
): AlertingRule => ({
  alert: name,
  expr,
  ...(times.for !== undefined && { for: times.for }),
  labels: { severity, ...environment },
  annotations: { summary, description, runbook_url: `${runbooks}/${name}.md` },
});
