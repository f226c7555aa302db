// All alerts, by subject: one line a file of this folder.

import type { AlertGroup } from '../alert';
import { backupAlerts } from './backup';
import { beatAlerts } from './beat';
import { brokerAlerts } from './broker';
import { clusterAlerts } from './cluster';
import { monitoringAlerts } from './monitoring';
import { queueAlerts } from './queue';
import { sentinelAlerts } from './sentinel';
import { workerAlerts } from './worker';

export const ALERTS: readonly AlertGroup[] = [
  brokerAlerts,
  sentinelAlerts,
  queueAlerts,
  workerAlerts,
  beatAlerts,
  clusterAlerts,
  backupAlerts,
  monitoringAlerts,
];
