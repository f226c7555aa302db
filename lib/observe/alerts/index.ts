// All alerts, by subject: one line a file of this folder.

import type { AlertGroup } from '../alert';

export const ALERTS: readonly AlertGroup[] = [];
