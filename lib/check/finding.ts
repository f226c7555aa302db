// What a check of a list finds.

/** The parts of a check, in the order in which they are told. */
export const SUBJECTS = ['types', 'rules', 'laws', 'list', 'tree'] as const;

export type Subject = (typeof SUBJECTS)[number];

/** One thing to mend. */
export interface CheckFinding {
  /** One sentence: where, wanted, got, fix. */
  readonly message: string;
  /** From the project's root. */
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  /** From 1. */
  readonly column?: number;
  readonly environments?: readonly string[];
  readonly tenants?: readonly string[];
  /** Kind and name, such as `Deployment/worker-default`. */
  readonly object?: string;
}

/** The answer of one part. */
export interface Outcome {
  readonly subject: Subject;
  /** `skipped` says that another part has to be mended first. */
  readonly state: 'ok' | 'failed' | 'skipped';
  /** What was looked at, or why it was not. */
  readonly summary: string;
  readonly findings: readonly CheckFinding[];
}
