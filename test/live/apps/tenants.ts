/** One tenant for each way in which apps are written, all on one broker. */
import { join } from 'node:path';
import type { Tenant } from '../../../lib';
import type { Synth } from '../../support/synth';
import { leavesOf, withBroker } from '../place';

export const STYLES = ['plain', 'flask', 'fastapi', 'django', 'paperless'] as const;
export type Style = (typeof STYLES)[number];

const CODE = join(__dirname, 'code');

/** What follows `celery -A`. */
export const MODULE: Readonly<Record<Style, string>> = {
  plain: 'plain',
  flask: 'flasky:celery',
  fastapi: 'fast:worker',
  django: 'shop.celery:app',
  paperless: 'paperless.celery:app',
};

const image = { image: 'jobs:1', pythonPath: [CODE] } as const;

function app(style: Style): Pick<Tenant, 'app' | 'results' | 'messages' | 'migrate'> {
  const base = { ...image, module: MODULE[style] };
  const command = ['python3', '-m', 'django', 'migrate'] as const;
  switch (style) {
    case 'plain':
    case 'flask':
    case 'fastapi':
      return { app: { ...base, dialect: 'celery' } };
    case 'django':
      return {
        app: { ...base, dialect: 'django', djangoSettings: 'shop.settings' },
        results: { backend: 'django-db' },
        migrate: { command },
      };
    case 'paperless':
      return {
        app: { ...base, dialect: 'paperless', crons: { TRAIN: '5 */1 * * *' } },
        results: { backend: 'django-db' },
        messages: { serializer: 'pickle', accept: ['application/json', 'application/x-python-serialize'] },
        migrate: { command },
      };
  }
}

/** `folder` is where those with a database have theirs. */
const tenant = (style: Style, folder: string): Tenant => ({
  name: style,
  ...app(style),
  broker: { shared: 'main', isolation: style === 'paperless' ? 'prefix' : 'hybrid' },
  workers: { default: { queues: ['celery'], concurrency: 1, timeLimit: '60s' } },
  beat: {
    scheduler: style === 'django' ? 'database' : 'file',
    maxInterval: '5s',
    // paperless makes its own schedule, and Stalk gives it the crons alone
    ...(style !== 'paperless' && {
      schedule: { platform: { task: 'jobs.beaten', every: '1s', args: ['the platform'], queue: 'celery' } },
    }),
  },
  web: { command: ['python3', '-m', 'send', MODULE[style]], port: 8000, health: { host: '*' } },
  flower: { auth: { secret: 'flower', key: 'login' } },
  ...(hasDatabase(style) && { env: { DATABASE: join(folder, `${style}.sqlite3`) } }),
});

export const hasDatabase = (style: Style): boolean => style === 'django' || style === 'paperless';

export interface Rendered {
  readonly tenant: (style: Style) => Synth;
  readonly broker: Synth;
}

export function renderedApps(folder: string): Rendered {
  const tenants = STYLES.map((style) => tenant(style, folder));
  const leaf = leavesOf(withBroker, tenants);
  return { tenant: (style) => leaf(`tenants/${style}`), broker: leaf('brokers/main') };
}
