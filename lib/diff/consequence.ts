// One consequence: how it is made, and where it belongs.

import type { Consequence, Reason, SubjectRef, Type } from './model';

export const keyOf = ({ environment, folder }: Pick<SubjectRef, 'environment' | 'folder'>): string =>
  `${environment}/${folder}`;

export const consequence = (
  type: Type,
  subject: SubjectRef,
  why: readonly Reason[],
  steps: readonly string[] = [],
) => ({ type, subject: only(subject), why: why.map(bare), steps }) satisfies Consequence;

const bare = ({ what, before, after }: Reason): Reason => ({
  what,
  ...(before !== undefined && { before }),
  ...(after !== undefined && { after }),
});

const only = ({ environment, folder, kind, namespace, name }: SubjectRef): SubjectRef => ({
  environment,
  folder,
  kind,
  ...(namespace !== undefined && { namespace }),
  name,
});
