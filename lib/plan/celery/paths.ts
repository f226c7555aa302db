// Names of the loader's config and of places inside an app's processes.

import type { ResolvedApp } from '../../spec';

/** Config of Stalk's loader, and where its files are found. */
export const LOADER_CONFIG = 'stalk-loader';
export const LOADER_DIR = '/opt/stalk';

/** The files that the loader touches. */
export const RUN_DIR = '/run/stalk';

/** The password of the process' Redis user. */
export const PASSWORD_DIR = '/etc/stalk/redis';

/** The same of the other side, while the tenant moves from one broker to another. */
export const MOVING_PASSWORD_DIR = '/etc/stalk/moving';

const DATA = '/data';

/** Where beat's schedule lies: as the reference texts have it, unless the app has a folder there. */
export const scheduleFolder = ({ writable, volumes }: Pick<ResolvedApp, 'writable' | 'volumes'>): string =>
  [...writable, ...Object.values(volumes).map(({ path }) => path)].includes(DATA) ? '/var/lib/stalk' : DATA;

export const scheduleFile = (app: Pick<ResolvedApp, 'writable' | 'volumes'>): string =>
  `${scheduleFolder(app)}/celerybeat-schedule.db`;
