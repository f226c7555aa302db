import type { Tenant } from '../../lib';

export const scanner: Tenant = {
  name: 'scanner',
  app: {
    dialect: 'django',
    image: 'scanner/django:2.50.0',
    module: 'scanner',
    djangoSettings: 'scanner.settings',
    workingDir: '/srv/scanner',
  },
  broker: { topology: 'standalone' },
  workers: { default: { queues: ['celery'] } },
  beat: { envFrom: [{ configMap: 'beat-flags', prefix: 'BEAT_' }] },
  env: {
    BROKER_USER: { from: 'broker.user' },
    BROKER_PASSWORD: { from: 'broker.password' },
    BROKER_HOST: { from: 'broker.host' },
    SECRET_KEY: { secret: 'scanner', key: 'secret-key' },
  },
  envFrom: [{ secret: 'scanner-extra', optional: true }],
  files: {
    '/srv/scanner/local_settings.py': { configMap: 'scanner', key: 'local_settings.py' },
    '/etc/scanner/keys': { secret: 'scanner-keys' },
  },
};
