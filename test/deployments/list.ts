// Six deployments of other teams as tenants, and four of them as they were patched before the contract could say it.

import type { Environment } from '../../lib';
import { communityCharts as patchedCharts } from './patched/community-charts';
import { maps as patchedMaps } from './patched/maps';
import { scanner as patchedScanner } from './patched/scanner';
import { supportSite as patchedSupport } from './patched/support-site';
import { alerting } from './tenants/alerting';
import { communityCharts } from './tenants/community-charts';
import { maps } from './tenants/maps';
import { scanner } from './tenants/scanner';
import { social } from './tenants/social';
import { supportSite } from './tenants/support-site';

export const tenants = [alerting, communityCharts, maps, scanner, social, supportSite];
export const patched = [patchedCharts, patchedMaps, patchedScanner, patchedSupport];

export const environment: Environment = {
  name: 'production',
  storageClass: 'fast',
  secrets: { strategy: 'existing' },
  exposure: { kind: 'ingress', class: 'nginx', tls: { issuer: 'letsencrypt' } },
  peers: {
    ingress: {
      namespace: { 'kubernetes.io/metadata.name': 'ingress-nginx' },
      pods: { 'app.kubernetes.io/name': 'ingress-nginx' },
    },
  },
};
