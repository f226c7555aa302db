// Alerts of Prometheus beside what was seen: they know more than one look, as they have looked for longer.

import { alertsOf, prometheusOf, whyUnheard } from '../cluster';
import type { Cluster, PrometheusAlert } from '../cluster';
import type { Alerts, FiringAlert, Trouble } from './status';
import { sorted } from './troubles';
import type { Watched } from './watched';

export async function firing(cluster: Cluster, { environment }: Watched): Promise<Alerts> {
  if (environment.monitoring === undefined) return { unknown: 'monitoring is off' };
  try {
    const where = await prometheusOf(cluster, environment);
    const alerts = await alertsOf(cluster, where, environment.name);
    return { firing: alerts.filter(({ state }) => state === 'firing').map(firingAlert) };
  } catch (error) {
    return { unknown: whyUnheard(error) };
  }
}

const firingAlert = ({ labels, annotations, activeAt }: PrometheusAlert): FiringAlert => {
  const { alertname = '', severity = '', tenant, broker } = labels;
  return {
    name: alertname,
    severity,
    summary: annotations['summary'] ?? '',
    ...(tenant !== undefined && { tenant }),
    ...(broker !== undefined && { broker }),
    since: activeAt,
  };
};

/** An alert with a tenant is the tenant's, also of a broker of its own. */
type Whose =
  | { readonly tenant: string; readonly broker?: undefined }
  | { readonly broker: string; readonly tenant?: undefined };

/** With those that fire and that the look has not found by itself. */
export function withAlerts(troubles: readonly Trouble[], alerts: Alerts, whose: Whose): readonly Trouble[] {
  if ('unknown' in alerts) return sorted(troubles);
  const seen = troubles.map(({ alert }) => alert);
  const more = alerts.firing.filter((alert) => isOf(alert, whose) && !seen.includes(alert.name));
  return sorted([...troubles, ...more.map(troubleOf)]);
}

const isOf = ({ severity, tenant, broker }: FiringAlert, whose: Whose): boolean =>
  // What only informs explains another alert
  severity !== 'info' && (tenant === undefined ? broker === whose.broker : tenant === whose.tenant);

const troubleOf = ({ name, severity, summary }: FiringAlert): Trouble => ({
  state: severity === 'critical' ? 'critical' : 'warning',
  alert: name,
  text: summary,
});
