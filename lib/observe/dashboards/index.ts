// All dashboards: one line a file of this folder.

import type { Json } from '../../spec';
import { brokerDashboard } from './broker';
import type { Dashboard } from './dashboard';
import type * as Grafana from './grafana';
import { platformDashboard } from './platform';
import { tenantDashboard } from './tenant';

export const DASHBOARDS: readonly Dashboard[] = [platformDashboard, brokerDashboard, tenantDashboard];

/** JSON of a dashboard for Grafana. Its builders are loaded here, as most runs of Stalk need none. */
export function grafanaOf(dashboard: Dashboard): Json {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- where a dashboard is rendered nothing can be awaited
  const { grafana } = require('./grafana') as typeof Grafana;
  return JSON.parse(JSON.stringify(grafana(dashboard))) as Json;
}
