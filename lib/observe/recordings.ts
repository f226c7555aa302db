// Series that Prometheus works out ahead.

import type { Recording } from './alert';

export const RECORDINGS: readonly Recording[] = [];
