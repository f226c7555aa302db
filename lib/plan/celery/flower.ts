// Flower, the monitoring page, behind basic auth of its own or a proxy. It keeps what it saw in memory: two would tell different stories.

import type { EnvValue, FlowerAuth, ResolvedFlower } from '../../spec';
import type { Process } from '../process';
import { appProcess, runsOf } from './app-process';
import type { AppContext } from './context';
import { serves } from './signals';
import { IN_URL } from './variables';

const GRACE = 30;

/** Its one page that asks for no password (Flower >= 1.0). */
const HEALTH = '/healthcheck';

export function flowerProcess(app: AppContext, { port, urlPrefix, auth, ...asked }: ResolvedFlower): Process {
  const prefixed = urlPrefix !== '';
  return appProcess(app, {
    name: 'flower',
    component: 'flower',
    role: 'worker',
    lifetime: { kind: 'singleton', replicas: 1 },
    command: [
      ...['celery', '-A', app.tenant.app.module, 'flower', `--port=${port}`],
      ...(prefixed ? [`--url_prefix=${urlPrefix}`] : []),
    ],
    ...runsOf(asked),
    env: { ...flowerVariables(auth), ...asked.env },
    fixed: IN_URL, // its own client asks for queue lengths and knows no provider
    port,
    ...(asked.expose && { expose: asked.expose }),
    ...serves(
      { path: `${prefixed ? `/${urlPrefix}` : ''}${HEALTH}`, headers: {}, scheme: 'http' },
      asked.probes,
    ),
    grace: GRACE,
    migrated: false,
  });
}

/** Its own names begin with `FLOWER_`; a proxy lets in whom it knows, and Flower asks nobody. */
export function flowerVariables(auth: FlowerAuth): Readonly<Record<string, EnvValue>> {
  if (auth === 'proxy') return {};
  if ('key' in auth) return { FLOWER_BASIC_AUTH: auth };
  const { secret, user, password } = auth;
  return {
    [USER]: { secret, key: user },
    [PASSWORD]: { secret, key: password },
    FLOWER_BASIC_AUTH: `$(${USER}):$(${PASSWORD})`,
  };
}

const USER = 'STALK_FLOWER_USER';
const PASSWORD = 'STALK_FLOWER_PASSWORD';
