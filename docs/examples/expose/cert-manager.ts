import type { Environment, Tenant } from '../../../lib';

export const production: Environment = {
  name: 'production',
  storageClass: 'standard',
  secrets: { strategy: 'existing' },
  brokers: { main: { topology: 'standalone' } },
  exposure: { kind: 'ingress', class: 'nginx', tls: { issuer: 'letsencrypt' } },
  peers: {
    ingress: {
      namespace: { 'kubernetes.io/metadata.name': 'ingress-nginx' },
      pods: { 'app.kubernetes.io/name': 'ingress-nginx' },
    },
  },
};

/** The Secret web-tls is cert-manager's, for both names. */
export const shop: Tenant = {
  name: 'shop',
  app: { dialect: 'celery', image: 'shop/web:1.0.0', module: 'shop.tasks' },
  workers: { default: { queues: ['celery'] } },
  web: {
    command: ['gunicorn', 'shop.wsgi'],
    port: 8000,
    expose: { host: ['shop.example.org', 'www.shop.example.org'] },
  },
};
