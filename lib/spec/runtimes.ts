// Versions of the runtime: what Stalk runs inside pods, which is the Celery loader and the scripts of Redis.

/** Of the files in `lib/celery/runtime` and `lib/redis/runtime` themselves: the Stalk version that brings them. */
export const NEWEST = '0.1.0';

/** Older ones, oldest first; each lies as it was released in `runtime/<version>` of its room. */
const OLDER = [] as const;

/** Oldest first; docs/runtime.md says what each changed. */
export const RUNTIMES = [...OLDER, NEWEST] as const;

/** A version that this Stalk ships. */
export type Runtime = (typeof RUNTIMES)[number];
