// Limits that alerts and `stalk status` have in common: both say the same of one state.

export const ALERT_LIMITS = {
  /** Share of maxmemory. */
  memory: 0.8,
  connections: 1000,
  /** Share of maxclients. */
  connectionShare: 0.8,
  /** Seconds: four of beat's longest sleeps. */
  beatSilent: 120,
  /** Seconds beyond the visibility timeout: a worker looks for what is overdue once in so long, and gives it back. */
  overdue: 120,
} as const;
