// Words of a pool's author for `celery worker`: none says what a prop says, or what a pod must not do.

import type { ResolvedPool } from '../resolved';
import { bytes, memoryText } from '../units';
import { show, unless } from './finding';
import type { Finding, Rule } from './finding';
import { eachPool } from './workers';
import type { PoolRule } from './workers';

const OF_A_POOL = (prop: string): string => `use ${prop} of the pool`;
const ONLY_ONCE = 'remove it: each pod would do it';
const IN_A_POD = 'remove it: the pod runs one process, writes to its output, and runs as app.user says';

/** By long name, what to write instead. */
const TAKEN: Readonly<Record<string, string>> = {
  app: 'use app.module',
  broker: 'use broker',
  'result-backend': 'use results.backend',
  loader: 'remove it: Stalk brings its loader',
  config: 'use celery for settings',
  workdir: 'use app.workingDir',
  hostname: 'remove it: the pool and the pod name the worker',
  loglevel: 'use app.logLevel',
  queues: OF_A_POOL('queues'),
  pool: OF_A_POOL('pool'),
  concurrency: OF_A_POOL('concurrency'),
  autoscale: `${OF_A_POOL('scaling')}, which adds pods: memory and connections are those of concurrency`,
  'prefetch-multiplier': OF_A_POOL('prefetch'),
  'time-limit': OF_A_POOL('timeLimit'),
  'soft-time-limit': OF_A_POOL('timeLimit'),
  'max-tasks-per-child': OF_A_POOL('maxTasksPerChild'),
  'pool-start-method': 'remove it: processes of a pool are forked, with what Stalk has put into them',
  'task-events': 'use events of the tenant',
  events: 'use events of the tenant',
  beat: 'use beat: each pod would send every task',
  scheduler: 'use beat',
  schedule: 'use beat',
  'schedule-filename': 'use beat',
  statedb: 'remove it: the pod loses its files, and Stalk keeps revokes as long as they matter',
  purge: `${ONLY_ONCE}, and delete all that waits`,
  discard: `${ONLY_ONCE}, and delete all that waits`,
  detach: IN_A_POD,
  pidfile: IN_A_POD,
  logfile: IN_A_POD,
  uid: IN_A_POD,
  gid: IN_A_POD,
  executable: IN_A_POD,
};

/** Long names of the short ones, and whether a value follows. */
const SHORT: Readonly<Record<string, readonly [long: string, takes: boolean]>> = {
  A: ['app', true],
  b: ['broker', true],
  n: ['hostname', true],
  D: ['detach', false],
  S: ['statedb', true],
  l: ['loglevel', true],
  O: ['optimization', true],
  c: ['concurrency', true],
  P: ['pool', true],
  E: ['task-events', false],
  Q: ['queues', true],
  X: ['exclude-queues', true],
  I: ['include', true],
  B: ['beat', false],
  s: ['schedule-filename', true],
  f: ['logfile', true],
};

/** Long names that take a value, and are nobody's but the author's. */
const WITH_VALUE: ReadonlySet<string> = new Set([
  'optimization',
  'exclude-queues',
  'include',
  'max-memory-per-child',
  'heartbeat-interval',
  'umask',
]);

/** An option as it is read, at its place in the list. */
interface Option {
  readonly index: number;
  readonly name: string;
  readonly value: string | undefined;
}

/** `--x=y`, `--x y`, `-xy`, `-x y`, and `-Ex y`, as click reads them. */
export const optionsIn = (args: readonly string[]): readonly Option[] =>
  wordsOf(args).flatMap(({ options }) => options);

/** Words that are no value of the option before them, with the options that each holds: a bare one holds none. */
function wordsOf(
  args: readonly string[],
): readonly { readonly index: number; readonly options: readonly Option[] }[] {
  const found: { readonly index: number; readonly options: readonly Option[] }[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const options = optionsOf(args, index);
    found.push({ index, options });
    if (options.some(({ name, value }) => value === args[index + 1] && isAfter(name, args[index])))
      index += 1;
  }
  return found;
}

/** Whether the value of an option is the next word: it stands in none of the option's own. */
const isAfter = (name: string, word = ''): boolean =>
  word === `--${name}` || (/^-[^-]/.test(word) && SHORT[word.at(-1) ?? '']?.[0] === name);

function optionsOf(args: readonly string[], index: number): readonly Option[] {
  const word = args[index] ?? '';
  const [, long, , given] = /^--([^=]+)(=(.*))?$/.exec(word) ?? [];
  if (long !== undefined)
    return [{ index, name: long, value: given ?? (WITH_VALUE.has(long) ? args[index + 1] : undefined) }];
  return word.startsWith('-') ? shortOptions(args, index, word.slice(1)) : [];
}

function shortOptions(args: readonly string[], index: number, letters: string): readonly Option[] {
  const [letter = '', rest] = [letters[0], letters.slice(1)];
  const [name, takes] = SHORT[letter] ?? [letter, false];
  if (takes) return [{ index, name, value: rest === '' ? args[index + 1] : rest.replace(/^=/, '') }];
  return [{ index, name, value: undefined }, ...(rest === '' ? [] : shortOptions(args, index, rest))];
}

const notDerived: PoolRule = ({ args }, _, path) =>
  optionsIn(args).flatMap(({ index, name }) =>
    unless(!Object.hasOwn(TAKEN, name), () => ({
      path: [...path, 'args', index],
      wanted: `not say --${name}, which is not the author's`,
      got: show(args[index]),
      fix: String(TAKEN[name]),
    })),
  );

/**
 * Celery reads a bare word as a setting, over all others: `task.acks_late=off`. One behind an option that only the app
 * knows may be the value of that.
 */
const setsNothing: PoolRule = ({ args }, _, path) =>
  wordsOf(args).flatMap(({ index, options }) =>
    unless(options.length > 0 || !(args[index] ?? '').includes('=') || isOfTheApp(args[index - 1]), () => ({
      path: [...path, 'args', index],
      wanted: 'be an option: Celery reads a bare word as a setting, over those of Stalk',
      got: show(args[index]),
      fix: 'use celery of the tenant',
    })),
  );

/** Whether a word may be an option of the app's own, which Stalk cannot tell to take a value or not. */
const isOfTheApp = (word = ''): boolean => /^--[^=]+$/.test(word) && !FLAGS.has(word.slice(2));

const FLAGS: ReadonlySet<string> = new Set([
  'without-gossip',
  'without-mingle',
  'without-heartbeat',
  'disable-prefetch',
]);

const excludesNoneOfItsOwn: PoolRule = ({ args, queues: physical }, { queues = [] }, path) =>
  optionsIn(args).flatMap(({ index, name, value = '' }) => {
    const own = value.split(',').find((queue) => [...queues, ...physical].includes(queue));
    return unless(name !== 'exclude-queues' || own === undefined, () => ({
      path: [...path, 'args', index],
      wanted: `exclude no queue of the pool, and ${show(own)} is one`,
      got: show(args[index]),
      fix: 'take it out of queues of the pool',
    }));
  });

/** KiB at which a process is replaced after its task; over the limit of its container it is killed before. */
function childUnderLimit(
  { pool, resources }: Pick<ResolvedPool, 'pool' | 'resources'>,
  kib: number,
): Pick<Finding, 'wanted' | 'fix'> | undefined {
  const { limit } = resources.memory;
  if (pool !== 'prefork')
    return {
      wanted: `not be given with pool ${show(pool)}, which has no processes to replace`,
      fix: 'remove it, or use pool "prefork"',
    };
  if (Number.isInteger(kib) && kib > 0 && kib * 1024 < bytes(limit)) return undefined;
  return {
    wanted: `be a number of KiB under memory of the pool, which is ${bytes(limit) / 1024} (${memoryText(bytes(limit))})`,
    fix: 'lower it, or raise memory',
  };
}

const memoryOfChildren: PoolRule = (pool, _, path) =>
  optionsIn(pool.args).flatMap(({ index, name, value }) => {
    if (name !== 'max-memory-per-child') return [];
    const why = childUnderLimit(pool, Number(value));
    return why ? [{ path: [...path, 'args', index], got: show(value), ...why }] : [];
  });

const SETTING = 'worker_max_memory_per_child';

/** The same as a setting of all pools. */
const memoryInSettings: Rule['of'] = ({ celery, workers }) => {
  const kib = celery[SETTING];
  if (kib === undefined || kib === null) return [];
  const why = workers
    .filter(({ pool }) => pool === 'prefork')
    .flatMap((pool) => childUnderLimit(pool, Number(kib)) ?? [])[0];
  return why ? [{ path: ['celery', SETTING], got: show(kib), ...why }] : [];
};

export const argsRules: readonly Rule[] = [
  { what: 'words for a worker leave alone what follows from props', of: eachPool(notDerived) },
  { what: 'words for a worker set nothing over the settings', of: eachPool(setsNothing) },
  { what: 'a pool excludes none of its own queues', of: eachPool(excludesNoneOfItsOwn) },
  { what: 'a process is replaced before its container is full', of: eachPool(memoryOfChildren) },
  { what: 'a process is replaced before its container is full, whoever says it', of: memoryInSettings },
];
