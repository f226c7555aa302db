// What a dialect decides: the variables in which an app is told what Celery's own settings do not cover.

import type { ResolvedPool } from '../../../spec';
import type { AppContext } from '../context';

export type VariableTexts = Readonly<Record<string, string>>;

export interface Dialect {
  /** Plain variables that all processes share. */
  readonly shared: (app: AppContext) => VariableTexts;
  /** Variables of each process; `redisUrl` holds user and password. */
  readonly each: (app: AppContext, redisUrl: string) => VariableTexts;
  /** Variables of a pool's workers, where they differ from what all share. */
  readonly pool: (app: AppContext, pool: ResolvedPool) => VariableTexts;
}
