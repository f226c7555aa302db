// Names of the loader's config and of places inside an app's processes.

/** Config of Stalk's loader, and where its files are found. */
export const LOADER_CONFIG = 'stalk-loader';
export const LOADER_DIR = '/opt/stalk';

/** The files that the loader touches. */
export const RUN_DIR = '/run/stalk';

/** The password of the process' Redis user. */
export const PASSWORD_DIR = '/etc/stalk/redis';

/** Beat's schedule, as the reference texts have it. */
export const SCHEDULE_DIR = '/data';
export const SCHEDULE_FILE = `${SCHEDULE_DIR}/celerybeat-schedule.db`;
