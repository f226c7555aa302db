// The words of a comparison: an object and where it lies, what changed in it, and what that does to a cluster.

import type { Manifest } from '../output/manifest';

/** A rendered object, in the folder from which it is applied. */
export interface Item {
  readonly environment: string;
  /** Below the environment's folder: `tenants/acme`. */
  readonly folder: string;
  readonly manifest: Manifest;
}

/** Names one object, or a whole folder where `kind` is `Folder`. */
export interface SubjectRef {
  readonly environment: string;
  readonly folder: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** One field; a value that was or is not there is left out. Values are short, and without what may be secret. */
export interface FieldChange {
  /** `spec.template.spec.containers[web].image`: an item of a list goes by its name. */
  readonly path: string;
  readonly before?: string;
  readonly after?: string;
}

export interface Change extends SubjectRef {
  readonly how: 'added' | 'changed' | 'removed' | 'moved';
  /** Of an object that moved: the folder in which it lay. */
  readonly from?: string;
  readonly fields: readonly FieldChange[];
  readonly before?: Manifest;
  readonly after?: Manifest;
}

/** In the order in which they are told: first what stops an upgrade. */
export const TYPES = [
  'cannot-apply',
  'cannot-read',
  'data-loss',
  'namespace',
  'arrives',
  'leaves',
  'broker',
  'topology',
  'restarts',
  'rolls',
  'runs',
  'next-run',
  'scales',
  'grows',
  'moves',
  'reloads',
  'reached',
] as const;

export type Type = (typeof TYPES)[number];

/** A reason, as it reads without its values, so that equal ones of many tenants can be told once. */
export interface Reason {
  readonly what: string;
  readonly before?: string;
  readonly after?: string;
}

/** What a change does to a cluster that takes it. */
export interface Consequence {
  readonly type: Type;
  readonly subject: SubjectRef;
  readonly why: readonly Reason[];
  /** What a person has to do, in order; commands begin with `kubectl`. */
  readonly steps: readonly string[];
}

/** The whole result of a comparison. */
export interface Diff {
  /** Which sides were compared, as a person would call them. */
  readonly before: string;
  readonly after: string;
  readonly changes: readonly Change[];
  readonly consequences: readonly Consequence[];
  /** Notes on objects that could not be read. */
  readonly notes: readonly string[];
}

export const FOLDER = 'Folder';

/** Ends a comparison that cannot be made: one line for each reason. */
export class DiffError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'DiffError';
  }
}
