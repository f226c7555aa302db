// What one broker is asked about its tenants, as commands whose answers are a line each, and what the lines say.

import type { ResolvedTenant } from '../spec';
import { QUEUE, TENANT } from './runtime';
import type { RedisScript } from './runtime';
import { handKeysOf, queueKeysOf } from './watched';

/** What Redis holds of a tenant. */
export interface Backlog {
  readonly queues: ReadonlyMap<string, Waiting>;
  readonly messages: number;
  /** Seconds. */
  readonly oldest?: number;
  readonly deadLetters: number;
}

export interface Waiting {
  readonly waiting: number;
  /** Seconds. */
  readonly oldest?: number;
}

type RedisCommand = readonly string[];

/** All that is asked of one Redis, in one go. */
export const questionsOf = (tenants: readonly ResolvedTenant[]): readonly RedisCommand[] => [
  ...[QUEUE, TENANT].map(({ text }) => ['SCRIPT', 'LOAD', text]),
  ...tenants.flatMap((tenant) => [
    ['SELECT', String(tenant.broker.database)],
    ...queueKeysOf(tenant).map(({ lists }) => call(QUEUE, lists)),
    call(TENANT, handKeysOf(tenant)),
  ]),
];

const call = ({ sha }: RedisScript, keys: readonly string[]): RedisCommand => [
  'EVALSHA',
  sha,
  String(keys.length),
  ...keys,
];

/** As redis-cli reads a line: separators of priorities are bytes that no terminal shows. */
export const redisLine = (command: RedisCommand): string => command.map(quotedWord).join(' ');

const quotedWord = (word: string): string =>
  /^[\w.:{}/-]+$/.test(word)
    ? word
    : `"${[...Buffer.from(word)].map((byte) => ESCAPED.get(byte) ?? asByte(byte)).join('')}"`;

const ESCAPED: ReadonlyMap<number, string> = new Map([
  [0x22, '\\"'],
  [0x5c, '\\\\'],
  [0x0a, '\\n'],
]);

const asByte = (byte: number): string =>
  byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;

/** By tenant. Throws the first line that is no answer. */
export function answersOf(
  tenants: readonly ResolvedTenant[],
  lines: readonly string[],
): ReadonlyMap<string, Backlog> {
  const answers = lines.filter((line) => line.trim() !== '').slice(2);
  const take = (): string => answers.shift() ?? 'no answer';
  return new Map(
    tenants.map((tenant) => {
      expectOk(take());
      const queues = queueKeysOf(tenant).map(({ queue }) => [queue, waitingIn(take())] as const);
      return [tenant.name, { queues: new Map(queues), ...inHandIn(take()) }];
    }),
  );
}

function expectOk(line: string): void {
  if (line !== 'OK' && line !== 'True') throw new Error(`Redis must answer, got ${line}`);
}

/** `3 1764438000.25 1764437990.5/ /`: see runtime/queue.lua. */
export function waitingIn(line: string): Waiting {
  const [, count, now, rest = ''] = /^(\d+) ([\d.]+)((?: \S*)*)$/.exec(line) ?? refuse(line);
  const since = rest
    .split(' ')
    .flatMap((word) => sinceIn(word))
    .map((began) => Math.max(0, Number(now) - began));
  return { waiting: Number(count), ...(since.length > 0 && { oldest: Math.max(...since) }) };
}

/** Seconds of the epoch, if the message says when it was sent: a delay of its own is no wait. */
function sinceIn(word: string): readonly number[] {
  const [sent = '', due = ''] = word.split('/');
  if (sent === '') return [];
  const at = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(due) ? due : `${due}Z`) / 1000;
  return [Number.isNaN(at) ? Number(sent) : Math.max(Number(sent), at)];
}

/** `4/12.5/0`: see runtime/tenant.lua. */
function inHandIn(line: string): Omit<Backlog, 'queues'> {
  const [, messages, age, letters] = /^(\d+)\/(-?[\d.]*)\/(\d+)$/.exec(line) ?? refuse(line);
  return {
    messages: Number(messages),
    deadLetters: Number(letters),
    ...(age !== '' && { oldest: Math.max(0, Number(age)) }),
  };
}

function refuse(line: string): never {
  throw new Error(`Redis must answer, got ${line}`);
}
