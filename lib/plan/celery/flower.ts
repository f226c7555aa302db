// Flower, the monitoring page, behind basic auth of its own or a proxy. It keeps what it saw in memory: two would tell different stories.

import type { ResolvedFlower } from '../../spec';
import type { Process } from '../process';
import { appProcess } from './app-process';
import type { AppContext } from './context';
import { flowerVariables } from './flower-login';
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
    runs: { ...asked, env: { ...flowerVariables(auth), ...asked.env } },
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
