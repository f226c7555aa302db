// Logs as JSON: what each line of a process says of its place, and what Celery leaves out for it.

import type { ResolvedTenant } from '../../spec';
import type { VariableTexts } from './dialects/dialect';

/** Fields of each line. The loader writes JSON in workers and beat; any other program may, with its formatter. */
export const logFields = (
  { name: tenant, logs }: ResolvedTenant,
  place: { readonly process: string; readonly pool?: string },
): VariableTexts => (logs === 'json' ? { STALK_LOGS: JSON.stringify({ tenant, ...place }) } : {});

/** Without the banner, which is drawn. */
export const celeryOf = ({ app, logs }: ResolvedTenant): string[] => [
  'celery',
  '-A',
  app.module,
  ...(logs === 'json' ? ['--quiet'] : []),
];
