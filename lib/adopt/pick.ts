// Looks into data that somebody else wrote, where anything may be missing.

import { isRecord } from '../kube/json';
import type { JsonRecord } from '../kube/json';

type Keys = readonly (string | number)[];

export const childOf = (value: unknown, ...keys: Keys): unknown =>
  keys.reduce<unknown>((from, key) => {
    if (Array.isArray(from)) return (from as readonly unknown[])[Number(key)];
    return isRecord(from) ? from[String(key)] : undefined;
  }, value);

/** Numbers and booleans as they were written, as YAML parts `port: 80` from `port: "80"`. */
export function textAt(value: unknown, ...keys: Keys): string | undefined {
  const found = childOf(value, ...keys);
  if (typeof found === 'string') return found;
  return typeof found === 'number' || typeof found === 'boolean' ? String(found) : undefined;
}

export function numberAt(value: unknown, ...keys: Keys): number | undefined {
  const text = textAt(value, ...keys);
  return text !== undefined && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

export function listAt(value: unknown, ...keys: Keys): readonly unknown[] {
  const found = childOf(value, ...keys);
  return Array.isArray(found) ? (found as readonly unknown[]) : [];
}

export function recordAt(value: unknown, ...keys: Keys): JsonRecord {
  const found = childOf(value, ...keys);
  return isRecord(found) ? found : {};
}

export const wordsAt = (value: unknown, ...keys: Keys): readonly string[] =>
  listAt(value, ...keys).flatMap((one) => {
    const word = textAt([one], 0);
    return word === undefined ? [] : [word];
  });

/** Texts by name, such as labels. */
export const textsAt = (value: unknown, ...keys: Keys): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(recordAt(value, ...keys)).flatMap(([name, one]) => {
      const text = textAt([one], 0);
      return text === undefined ? [] : [[name, text]];
    }),
  );

/** Without what is undefined, as `exactOptionalPropertyTypes` has it. */
export const withoutHoles = <T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as never;
