// All breaches, by the law that has to see them.

import type { Breaches, ClusterBreaches } from '../breach';
import { agreementClusterBreaches } from './agreement';
import { backupBreaches } from './backups';
import { celeryBreaches } from './celery';
import { exporterBreaches } from './exporters';
import { fileBreaches } from './files';
import { formBreaches } from './form';
import { monitoringBreaches, monitoringClusterBreaches } from './monitoring';
import { movingBreaches } from './moving';
import { networkClusterBreaches } from './network';
import { orderBreaches } from './order';
import { redisBreaches } from './redis';
import { resourcesBreaches } from './resources';
import { scalingBreaches } from './scaling';
import { securityBreaches } from './security';
import { sentinelBreaches } from './sentinels';
import { sidecarBreaches } from './sidecars';
import { tlsBreaches, tlsClusterBreaches } from './tls';
import { wayInBreaches, wayInClusterBreaches } from './ways-in';
import { wiringBreaches } from './wiring';

export const breaches: Breaches = {
  ...formBreaches,
  ...securityBreaches,
  ...resourcesBreaches,
  ...wiringBreaches,
  ...celeryBreaches,
  ...movingBreaches,
  ...scalingBreaches,
  ...fileBreaches,
  ...redisBreaches,
  ...exporterBreaches,
  ...backupBreaches,
  ...sentinelBreaches,
  ...tlsBreaches,
  ...orderBreaches,
  ...wayInBreaches,
  ...sidecarBreaches,
  ...monitoringBreaches,
};

export const clusterBreaches: ClusterBreaches = {
  ...networkClusterBreaches,
  ...agreementClusterBreaches,
  ...tlsClusterBreaches,
  ...wayInClusterBreaches,
  ...monitoringClusterBreaches,
};
