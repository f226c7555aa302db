import type { Environment } from '../../../lib';
import { production as smallest } from './operator';

export const production: Environment = {
  ...smallest,
  monitoring: {
    kind: 'operator',
    namespace: 'monitoring',
    labels: { release: 'prometheus' },
    dashboards: { labels: { grafana_dashboard: '1' } },
    runbooks: 'https://docs.example.com/runbooks',
    redisExporter: { memory: { request: '32Mi', limit: '96Mi' } },
    queuesExporter: { image: 'registry.example.com/python:3.12-alpine' },
  },
  defaults: { objectives: { wait: '5m' } },
};
