// What prepares the app's database, once for each version of its own content.

import type { ResolvedMigration } from '../../spec';
import type { Process } from '../process';
import { appProcess } from './app-process';
import type { AppContext } from './context';

const GRACE = 60;

/** It stays when it has ended: a GitOps tool would see a missing one and run the migrations again. */
export const migrations = (app: AppContext, { command, timeLimit, ...asked }: ResolvedMigration): Process =>
  appProcess(app, {
    name: 'migrate',
    component: 'migrate',
    role: 'web',
    lifetime: { kind: 'job', timeLimit, retries: 3 },
    command,
    runs: asked,
    grace: GRACE,
    migrated: false,
  });
