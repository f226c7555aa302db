// Places inside the app's pods.

/** Volume of beat's schedule, as the reference texts have it. */
export const SCHEDULE_DIR = '/data';
export const SCHEDULE_FILE = `${SCHEDULE_DIR}/celerybeat-schedule.db`;
