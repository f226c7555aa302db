import type { Tenant } from '../../../lib';

/** The controller asks oauth2-proxy before it lets a request through to Flower. */
export const shop: Tenant = {
  name: 'shop',
  app: { dialect: 'celery', image: 'shop/web:1.0.0', module: 'shop.tasks' },
  workers: { default: { queues: ['celery'] } },
  flower: {
    auth: 'proxy',
    expose: {
      host: 'shop.example.org',
      path: '/flower',
      annotations: {
        'nginx.ingress.kubernetes.io/auth-url': 'http://oauth2-proxy.sso.svc.cluster.local/oauth2/auth',
        'nginx.ingress.kubernetes.io/auth-signin': 'https://sso.example.org/oauth2/start',
      },
    },
  },
};
