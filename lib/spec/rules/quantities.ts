// Quantities as people write them elsewhere, in the units of this contract.

import type { Cpu, Duration, Memory } from '../units';
import { cpuText, durationText, memoryText } from '../units';
import { textOf } from './kind';

/** Powers of 1024 over a byte. */
const POWERS: Readonly<Record<string, number>> = { k: 1, m: 2, g: 3, t: 4 };

/** `512MB`, `1.5 GB`, `2G`: nobody who writes M means a million bytes and not 1024 × 1024. */
export function likelyMemory(value: unknown): Memory | undefined {
  const [, count, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([kmgt])i?(?:b|bytes?)?\s*$/i.exec(textOf(value)) ?? [];
  const power = POWERS[unit.toLowerCase()];
  return count === undefined || power === undefined ? undefined : memoryText(Number(count) * 1024 ** power);
}

/** `0.5` and `2` as numbers, `500 millicores`, `2 cores`, `50%`. */
export function likelyCpu(value: unknown): Cpu | undefined {
  const [, count, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-z%]*)\s*$/i.exec(textOf(value)) ?? [];
  if (count === undefined) return undefined;
  const share = SHARES.find(([name]) => name.test(unit))?.[1];
  const milli = share === undefined ? Number.NaN : Number((Number(count) * share).toFixed(6));
  return Number.isInteger(milli) ? cpuText(milli) : undefined;
}

/** Thousandths of a core in each unit. */
const SHARES: readonly (readonly [name: RegExp, thousandths: number])[] = [
  [/^(|v?cpus?|cores?)$/i, 1000],
  [/^%$/, 10],
  [/^(m|mcpu|milli(cores?|cpus?)?)$/i, 1],
];

/** Seconds in each unit, by how it begins. */
const UNITS: readonly (readonly [begins: RegExp, seconds: number])[] = [
  [/^(ms|milli)/i, 0.001],
  [/^mo/i, Number.NaN],
  [/^(s|sec)/i, 1],
  [/^(m|min)/i, 60],
  [/^(h|hour|hr)/i, 3600],
  [/^d/i, 86_400],
  [/^w/i, 604_800],
];

/** `1.5h`, `1h30m`, `30min`, `2 hours`, `1d`; a number alone counts seconds, as in Celery's own settings. */
export function likelyDuration(value: unknown): Duration | undefined {
  const text = textOf(value).trim();
  if (/^\d+$/.test(text)) return `${Number(text)}s`;
  if (!/^(\d+(\.\d+)?\s*[a-z]+\s*)+$/i.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/gi)];
  const total = parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * secondsOf(unit), 0);
  return Number.isFinite(total) ? durationText(Math.ceil(total)) : undefined;
}

const secondsOf = (unit: string): number => UNITS.find(([begins]) => begins.test(unit))?.[1] ?? Number.NaN;
