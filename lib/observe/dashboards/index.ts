// All dashboards by name, as Grafana reads them: one line a file of this folder.

import type { Json } from '../../spec';

/** A dashboard's JSON model. */
export type Dashboard = { readonly [key: string]: Json };

export const DASHBOARDS: Readonly<Record<string, Dashboard>> = {};
