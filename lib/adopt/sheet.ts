// The tenant as it grows, with a comment for each thing: where it comes from, or that it is a guess.

import type { JsonRecord } from '../kube/json';
import { isRecord } from '../kube/json';

export type SheetPath = readonly string[];

/** What was there and stands nowhere in the tenant. */
export interface Lost {
  /** `Deployment/worker (k8s.yaml)`. */
  readonly source: string;
  readonly what: string;
  readonly why: string;
  readonly nearest: string;
}

/** A literal password, and the Secret that has to hold it now. */
export interface MovedSecret {
  readonly secret: string;
  readonly key: string;
  readonly source: string;
}

export interface Recognised {
  readonly path: SheetPath;
  readonly source: string;
}

export interface Sheet {
  readonly tenant: Record<string, unknown>;
  /** By path, joined with a line feed, which stands in no key. */
  readonly comments: Map<string, string[]>;
  readonly recognised: Recognised[];
  readonly guesses: { readonly path: SheetPath; readonly why: string }[];
  readonly lost: Lost[];
  readonly moved: MovedSecret[];
  /** What Stalk does otherwise than what ran. */
  readonly otherwise: Set<string>;
  /** What to look for in the app. */
  readonly checks: Set<string>;
  /** What belongs into the environment. */
  readonly environment: Set<string>;
}

export const newSheet = (): Sheet => ({
  tenant: {},
  comments: new Map(),
  recognised: [],
  guesses: [],
  lost: [],
  moved: [],
  otherwise: new Set(),
  checks: new Set(),
  environment: new Set(),
});

export const pathKey = (path: SheetPath): string => path.join('\n');

/** Writes a prop, and where it was found. */
export function say(sheet: Sheet, path: SheetPath, value: unknown, source: string): void {
  if (value === undefined) return;
  set(sheet.tenant, path, value);
  comment(sheet, path, source);
  sheet.recognised.push({ path, source });
}

/** Writes a prop that no file says, with the reason for this value. */
export function guess(sheet: Sheet, path: SheetPath, value: unknown, why: string): void {
  set(sheet.tenant, path, value);
  comment(sheet, path, `guess: ${why}`);
  sheet.guesses.push({ path, why });
}

/** A guess about what stands there already: the role of a program. */
export function noteGuess(sheet: Sheet, path: SheetPath, why: string): void {
  comment(sheet, path, `guess: ${why}`);
  sheet.guesses.push({ path, why });
}

export function comment(sheet: Sheet, path: SheetPath, text: string): void {
  const key = pathKey(path);
  const there = sheet.comments.get(key) ?? [];
  if (!there.includes(text)) sheet.comments.set(key, [...there, text]);
}

export function lose(sheet: Sheet, source: string, { what, why, nearest }: Omit<Lost, 'source'>): void {
  const again = sheet.lost.some((one) => one.source === source && one.what === what);
  if (!again) sheet.lost.push({ source, what, why, nearest });
}

function set(tree: Record<string, unknown>, [key, ...rest]: SheetPath, value: unknown): void {
  if (key === undefined) return;
  if (rest.length === 0) {
    tree[key] = value;
    return;
  }
  const there = tree[key];
  const below: Record<string, unknown> = isRecord(there) ? there : {};
  tree[key] = below;
  set(below, rest, value);
}

export const said = (sheet: Sheet, path: SheetPath): unknown =>
  path.reduce<unknown>((from, key) => (isRecord(from) ? from[key] : undefined), sheet.tenant as JsonRecord);
