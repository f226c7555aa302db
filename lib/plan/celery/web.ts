// The HTTP side of the app, under the producer's Redis user.

import type { ResolvedWeb } from '../../spec';
import type { Process } from '../process';
import { appProcess } from './app-process';
import type { AppContext } from './context';
import { serves } from './signals';

/** Time for every machine to learn that the process takes no more requests. */
const DRAIN = 5;

export const webProcess = (app: AppContext, { replicas, scaling, ...asked }: ResolvedWeb): Process =>
  appProcess(app, {
    name: 'web',
    component: 'web',
    role: 'web',
    lifetime: { kind: 'service', replicas, apart: 'preferred', ...(scaling && { scaling }) },
    command: asked.command,
    resources: asked.resources,
    env: asked.env,
    port: asked.port,
    ...serves(asked.health, asked.probes),
    drain: DRAIN,
    grace: asked.grace + DRAIN,
    sidecars: asked.sidecars,
    initContainers: asked.initContainers,
    migrated: true,
  });
