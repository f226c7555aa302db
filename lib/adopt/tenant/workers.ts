// Pools of workers, from their command lines.

import { durationText } from '../../spec/units';
import type { Duration } from '../../spec';
import { comment, guess, lose, noteGuess, said, say } from '../sheet';
import type { SheetPath } from '../sheet';
import { given } from '../units';
import type { Unit } from '../units';
import { unitSource } from './context';
import type { Writing } from './context';
import { labelFrom, shortName } from './names';
import { fresh } from './names';
import { writePlacement } from './pods';
import { scalingOf, writeScaling } from './scaling';
import { loseProbes, sayCompute, sayProbes } from './sizes';

/** Names of pools by unit: what tells one worker from another, and `default` for the one that needs no name. */
export function poolNames({ units, name, inventory }: Writing): ReadonlyMap<Unit, string> {
  const workers = units.filter(({ role }) => role === 'worker');
  const common = [
    name,
    String(inventory.namespace),
    String(inventory.instance),
    'celery',
    'workers',
    'worker',
    'queue',
    'deployment',
  ];
  const names = new Map<Unit, string>();
  for (const unit of workers) {
    const [, host] = /^([\w.-]+)@/.exec(given(unit, 'hostname') ?? '') ?? [];
    const asked = host === undefined ? unit.pod.name : host;
    const short = workers.length === 1 ? 'default' : shortName(asked, common, 'default');
    names.set(unit, fresh(labelFrom(short) ?? 'default', new Set(names.values())));
  }
  return names;
}

export function writeWorkers(writing: Writing): void {
  const names = poolNames(writing);
  for (const [unit, name] of names) writePool(writing, unit, ['workers', name]);
  if (names.size === 0) writeUnseen(writing);
}

/** Variables name a broker, and no program says that it takes tasks: one does, behind the command of its image. */
function writeUnseen({ sheet, units }: Writing): void {
  const unit = units.find(
    ({ program, role }) => role !== 'redis' && program.env.some(({ name }) => BROKER.test(name)),
  );
  if (unit === undefined) return;
  const why = `${unitSource(unit)} has a broker, and nothing in the files runs celery worker: its image may`;
  guess(sheet, ['workers', 'default'], { queues: ['celery'] }, why);
}

const BROKER = /CELERY|BROKER|^PAPERLESS_REDIS$/;

function writePool(writing: Writing, unit: Unit, path: SheetPath): void {
  const { sheet } = writing;
  const source = unitSource(unit);
  if (unit.guessed === undefined) comment(sheet, path, source);
  else noteGuess(sheet, path, `a pool of workers, as ${unit.guessed}`);
  writeAppPart(writing, unit, path);
  writeQueues(writing, unit, path);
  writeConcurrency(writing, unit, path);
  writeReplicas(writing, unit, path, 1);
  writePoolKind(writing, unit, path);
  writeTimes(writing, unit, path);
  writeNumbers(writing, unit, path);
  writeArgs(writing, unit, path);
  sayCompute(writing, unit, path);
  sayProbes(writing, unit, path);
  loseProbes(writing, unit);
  writePlacement(writing, unit, path);
  if (unit.line?.what === 'multi')
    lose(sheet, source, {
      what: 'celery multi',
      why: 'it starts several workers in one pod',
      nearest: 'a pool for each of them',
    });
  for (const word of unit.script.unresolved)
    lose(sheet, source, {
      what: `${word} in its command`,
      why: 'the files do not say its value',
      nearest: 'the props of the pool',
    });
}

/** Another image, or another Celery app of the same one. */
export function writeAppPart({ sheet, image }: Writing, unit: Unit, path: SheetPath): void {
  const source = unitSource(unit);
  const own = unit.program.image;
  const module = unit.line?.module?.replace(/\.py$/, '');
  if (own !== undefined && own !== image) say(sheet, [...path, 'app', 'image'], own, source);
  if (module !== undefined && module !== said(sheet, ['app', 'module']))
    say(sheet, [...path, 'app', 'module'], module, source);
}

function writeQueues({ sheet }: Writing, unit: Unit, path: SheetPath): void {
  const text = given(unit, 'queues');
  const queues = (text ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '' && !one.includes('$'));
  const at = [...path, 'queues'];
  if (queues.length > 0) return say(sheet, at, [...new Set(queues)], unitSource(unit));
  const variable = variableLike(unit, /QUEUES?$/i, /^[\w.,:-]+$/);
  if (variable !== undefined)
    return guess(sheet, at, [...new Set(variable.text.split(','))], `${variable.name} says so`);
  guess(
    sheet,
    at,
    ['celery'],
    unit.line === undefined
      ? 'the command is a script of the image, which says its queues'
      : "no -Q: Celery's own queue, unless task_default_queue or task_queues of the app say others",
  );
}

/** Scripts of images take options from variables; only theirs, as an option of the command would win. */
function variableLike(unit: Unit, name: RegExp, form: RegExp) {
  if (unit.line !== undefined) return undefined;
  const found = unit.program.env.find(
    ({ name: one, value }) => name.test(one) && value.kind === 'plain' && form.test(value.text),
  );
  return found?.value.kind === 'plain' ? { name: found.name, text: found.value.text } : undefined;
}

function writeConcurrency({ sheet }: Writing, unit: Unit, path: SheetPath): void {
  const at = [...path, 'concurrency'];
  const [concurrency, autoscale, pool] = ['concurrency', 'autoscale', 'pool'].map((one) => given(unit, one));
  if (pool === 'solo') return say(sheet, at, 1, unitSource(unit));
  const [, number] = /^(\d+)$/.exec(concurrency ?? '') ?? [];
  if (number !== undefined) return say(sheet, at, Number(number), unitSource(unit));
  const [, most] = /^(\d+)/.exec(autoscale ?? '') ?? [];
  if (most !== undefined)
    return guess(sheet, at, Number(most), `--autoscale=${autoscale} has this as its most`);
  const variable = variableLike(unit, /CONCURRENCY$|(^|_)WORKERS$/i, /^[1-9]\d?$/);
  if (variable !== undefined) return guess(sheet, at, Number(variable.text), `${variable.name} says so`);
  guess(sheet, at, 2, "no -c: Celery starts a process for each core of the node; this is Stalk's default");
}

/** Fixed, or by a scaler. */
export function writeReplicas(writing: Writing, unit: Unit, path: SheetPath, usual: number): void {
  const scaler = scalingOf(writing, unit);
  if (scaler !== undefined) return writeScaling(writing, scaler, path);
  const count = unit.pod.replicas ?? (unit.pod.kind === 'DaemonSet' ? undefined : 1);
  if (count !== undefined && count !== usual)
    say(writing.sheet, [...path, 'replicas'], count, unitSource(unit));
  if (unit.pod.kind === 'DaemonSet')
    lose(writing.sheet, unitSource(unit), {
      what: 'a pod on each node',
      why: 'pools have a number of pods',
      nearest: 'replicas, antiAffinity: "required"',
    });
}

const POOLS: Readonly<Record<string, string>> = {
  prefork: 'prefork',
  processes: 'prefork',
  threads: 'threads',
  gevent: 'gevent',
  solo: 'solo',
};

function writePoolKind({ sheet }: Writing, unit: Unit, path: SheetPath): void {
  const asked = given(unit, 'pool');
  if (asked === undefined) return;
  const source = unitSource(unit);
  const pool = POOLS[asked];
  if (pool !== undefined && pool !== 'prefork') say(sheet, [...path, 'pool'], pool, source);
  if (asked === 'eventlet')
    guess(
      sheet,
      [...path, 'pool'],
      'gevent',
      '-P eventlet: Celery advises against it; gevent is the nearest',
    );
  if (pool === undefined && asked !== 'eventlet')
    lose(sheet, unitSource(unit), {
      what: `-P ${asked}`,
      why: 'Stalk knows prefork, threads, gevent and solo',
      nearest: 'pool',
    });
}

function writeTimes({ sheet }: Writing, unit: Unit, path: SheetPath): void {
  const hard = durationIn(given(unit, 'time-limit'));
  const soft = durationIn(given(unit, 'soft-time-limit'));
  const source = unitSource(unit);
  const prop = canEnd(unit) ? 'timeLimit' : 'longestTask';
  if (hard !== undefined)
    return say(sheet, [...path, prop], soft !== undefined && canEnd(unit) ? { hard, soft } : hard, source);
  if (soft !== undefined)
    lose(sheet, source, {
      what: `--soft-time-limit of ${soft} without a hard one`,
      why: 'a pool has a hard limit',
      nearest: `timeLimit: { hard, soft: '${soft}' }`,
    });
  sheet.otherwise.add(
    `Time limits: a task may take 30 minutes, as nothing in the files has a limit. Longer ones need ${[...path, prop].join('.')}${canEnd(unit) ? ', or longestTask for a pool that must not end them' : ''}: the grace period and the time after which a lost task comes back follow from it.`,
  );
}

/** Only prefork ends a task. */
const canEnd = (unit: Unit): boolean => !/^(threads|gevent|eventlet|solo)$/.test(given(unit, 'pool') ?? '');

const durationIn = (text: string | undefined): Duration | undefined =>
  text !== undefined && /^\d+(\.\d+)?$/.test(text) ? durationText(Math.ceil(Number(text))) : undefined;

function writeNumbers({ sheet }: Writing, unit: Unit, path: SheetPath): void {
  const rows = [
    ['max-tasks-per-child', 'maxTasksPerChild'],
    ['prefetch-multiplier', 'prefetch'],
  ] as const;
  const variable = variableLike(unit, /MAX_TASKS_PER_CHILD$/i, /^[1-9]\d*$/);
  if (variable !== undefined)
    guess(sheet, [...path, 'maxTasksPerChild'], Number(variable.text), `${variable.name} says so`);
  for (const [option, prop] of rows) {
    const text = given(unit, option);
    if (text !== undefined && /^[1-9]\d*$/.test(text))
      say(sheet, [...path, prop], Number(text), unitSource(unit));
    else if (text !== undefined)
      lose(sheet, unitSource(unit), {
        what: `--${option}=${text}`,
        why: 'it is a number of at least 1 here',
        nearest: prop,
      });
  }
}

/** Options that Stalk gives itself, or that have a prop. */
const DERIVED = new Set(
  (
    'app broker result-backend loader config workdir no-color quiet queues concurrency pool loglevel hostname beat ' +
    'time-limit soft-time-limit max-tasks-per-child prefetch-multiplier task-events events without-gossip without-mingle ' +
    'schedule scheduler logfile pidfile detach uid gid statedb'
  ).split(' '),
);

const FLAG_OF: Readonly<Record<string, string>> = { optimization: '-O' };

function writeArgs({ sheet }: Writing, unit: Unit, path: SheetPath): void {
  const options = Object.entries(unit.line?.options ?? {});
  const args = options
    .filter(([name]) => !DERIVED.has(name))
    .map(([name, value]) => {
      const short = FLAG_OF[name];
      if (short !== undefined) return `${short}${value}`;
      return value === '' ? `--${name}` : `--${name}=${value}`;
    });
  if (args.length > 0) say(sheet, [...path, 'args'], args, unitSource(unit));
  for (const name of ['logfile', 'pidfile', 'statedb', 'uid', 'gid'].filter((one) => unit.line?.options[one]))
    lose(sheet, unitSource(unit), {
      what: `--${name}`,
      why: name === 'logfile' ? 'pods log to their output' : 'a pod has one worker, and its own user',
      nearest: name === 'statedb' ? 'revokes are forgotten with the pod' : 'none needed',
    });
}
