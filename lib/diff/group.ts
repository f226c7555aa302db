// Consequences told once: reasons that many workloads share become one paragraph with a list of places.

import { FOLDER } from './model';
import type { Consequence, Reason, SubjectRef, Type } from './model';

export interface Paragraph {
  readonly type: Type;
  readonly reasons: readonly SharedReason[];
  readonly subjects: readonly SubjectRef[];
  /** Of the first subject; those of the others differ in their names only. */
  readonly steps: readonly string[];
}

/** A reason with the values that it has among its subjects, the commonest first. */
export interface SharedReason {
  readonly what: string;
  readonly values: readonly Values[];
}

export interface Values extends Pick<Reason, 'before' | 'after'> {
  readonly count: number;
}

/** The paragraphs of one type. */
export function paragraphs(all: readonly Consequence[], type: Type): readonly Paragraph[] {
  const found = all.filter((one) => one.type === type);
  const byReason = gathered(
    found.flatMap((one) => one.why.map((reason) => [reason.what, { one, reason }] as const)),
  );
  const bySubjects = gathered(
    [...byReason].map(([what, members]) => [membersKey(members), { what, members }] as const),
  );
  return [...bySubjects.values()].map((shared) => {
    const consequences = [...new Set(shared.flatMap(({ members }) => members.map(({ one }) => one)))];
    const [first] = consequences;
    return {
      type,
      reasons: shared.map(({ what, members }) => ({ what, values: valuesOf(members) })),
      subjects: consequences.map(({ subject }) => subject),
      steps: first ? first.steps : [],
    };
  });
}

interface Member {
  readonly one: Consequence;
  readonly reason: Reason;
}

const membersKey = (members: readonly Member[]): string =>
  members.map(({ one }) => Object.values(one.subject).join('/')).join(' ');

export function gathered<T>(entries: readonly (readonly [string, T])[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const [key, value] of entries) {
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}

function valuesOf(members: readonly Member[]): readonly Values[] {
  const groups = gathered(
    members.map(({ reason: { before, after } }) => {
      const value = { ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
      return [JSON.stringify(value), value] as const;
    }),
  );
  return [...groups.values()]
    .flatMap(([value, ...rest]) => (value ? [{ ...value, count: rest.length + 1 }] : []))
    .sort((a, b) => b.count - a.count);
}

/** `dev, production: beat, web of acme, globex`: a line for each set of environments in which the same is true. */
export function placesOf(subjects: readonly SubjectRef[], most: number): readonly string[] {
  const environments = gathered(subjects.map((subject) => [subject.environment, subject] as const));
  const lines = gathered(
    [...environments].map(([name, found]) => [inEnvironment(found, most), name] as const),
  );
  return [...lines].map(([line, names]) => (line === '' ? names.join(', ') : `${names.join(', ')}: ${line}`));
}

function inEnvironment(subjects: readonly SubjectRef[], most: number): string {
  const objects = subjects.filter(({ kind }) => kind !== FOLDER);
  const folders = gathered(objects.map(({ folder, name }) => [folder, name] as const));
  const alike = gathered(
    [...folders].map(([folder, names]) => [[...new Set(names)].join(', '), shortFolder(folder)] as const),
  );
  return [...alike].map(([names, owners]) => `${names} of ${counted(owners, most)}`).join('; ');
}

export const counted = (names: readonly string[], most: number): string =>
  names.length > most
    ? `${names.slice(0, most).join(', ')} and ${names.length - most} more`
    : names.join(', ');

/** A tenant is known by its name. */
export const shortFolder = (folder: string): string =>
  folder.replace(/^tenants\//, '').replace(/^brokers\//, 'broker ');
