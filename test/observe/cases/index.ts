// All stories, by subject: one line a file of this folder.

import { backupCases } from './backup';
import { beatCases } from './beat';
import { brokerCases } from './broker';
import type { AlertCase } from './case';
import { clusterCases } from './cluster';
import { healthyCases } from './healthy';
import { monitoringCases } from './monitoring';
import { queueCases } from './queue';
import { sentinelCases } from './sentinel';
import { workerCases } from './worker';

export const cases: readonly AlertCase[] = [
  ...brokerCases,
  ...sentinelCases,
  ...queueCases,
  ...workerCases,
  ...beatCases,
  ...clusterCases,
  ...backupCases,
  ...monitoringCases,
  ...healthyCases,
];
