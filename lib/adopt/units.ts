// Programs with what they are for: worker, beat, web, a Redis, a server that Stalk does not run.

import { celeryLineOf } from './command/celery';
import type { CeleryLine } from './command/celery';
import { isMigration, isServer, lastPart, likelyRole, productOf } from './command/programs';
import { scriptOf } from './command/shell';
import type { Script } from './command/shell';
import type { Address, Inventory, SeenPod, SeenProgram } from './facts';

export type UnitRole =
  'worker' | 'beat' | 'flower' | 'web' | 'migrate' | 'process' | 'cron' | 'redis' | 'server';

export interface Unit {
  readonly role: UnitRole;
  readonly pod: SeenPod;
  readonly program: SeenProgram;
  readonly script: Script;
  /** The words of the command that counts, and those of the commands before it. */
  readonly words: readonly string[];
  readonly before: readonly (readonly string[])[];
  readonly line?: CeleryLine;
  /** Why the role is no more than likely. */
  readonly guessed?: string;
  /** What the image is, where Stalk knows it. */
  readonly product?: string;
  /** Names under which its pods are reached. */
  readonly addresses: readonly Address[];
  readonly sidecars: readonly SeenProgram[];
}

/** Every program that matters for itself; what stands beside it in its pod is its sidecar. */
export const unitsOf = (inventory: Inventory): readonly Unit[] =>
  inventory.pods.flatMap((pod) => unitsIn(pod, inventory));

function unitsIn(pod: SeenPod, { addresses }: Inventory): readonly Unit[] {
  const here = addresses.filter(({ selector }) => selects(selector, pod.podLabels));
  const all = pod.programs.map((program) => unitOf(pod, program, here));
  const celery = all.filter(({ line }) => line !== undefined);
  const [main] = celery.length > 0 ? celery : [...all].sort((a, b) => rank(a) - rank(b));
  if (main === undefined) return [];
  const units = celery.length > 0 ? celery : [main];
  const sidecars = all.filter((unit) => !units.includes(unit)).map(({ program }) => program);
  return units.map((unit) => (unit === units[0] ? { ...unit, sidecars } : unit));
}

/** The app's own program before a proxy, and that before an exporter. */
const rank = ({ product, words }: Unit): number => {
  if (product === 'redis') return 0;
  if (product === undefined) return isServer(words) ? 1 : 2;
  return product === 'exporter' ? 4 : 3;
};

const selects = (
  selector: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>>,
): boolean =>
  Object.keys(selector).length > 0 &&
  Object.entries(selector).every(([name, value]) => labels[name] === value);

function unitOf(pod: SeenPod, program: SeenProgram, addresses: readonly Address[]): Unit {
  const script = scriptOf([...program.entrypoint, ...program.args], lookupIn(program));
  const { words, line, at } = mainCommand(script);
  const product = productOf(program.image);
  const base = {
    pod,
    program,
    script,
    words,
    before: script.commands.slice(0, at),
    addresses,
    sidecars: [],
    ...(line !== undefined && { line }),
    ...(product !== undefined && { product }),
  };
  return { ...base, ...roleOf(base) };
}

export const lookupIn =
  ({ env }: SeenProgram) =>
  (name: string): string | undefined => {
    const value = env.find((one) => one.name === name)?.value;
    return value?.kind === 'plain' ? value.text : undefined;
  };

interface Main {
  readonly words: readonly string[];
  readonly line?: CeleryLine;
  readonly at: number;
}

/** The one that stays: Celery's, else a server's, else the last. */
function mainCommand({ commands }: Script): Main {
  const celery = commands.findIndex((words) => isLong(celeryLineOf(words)));
  if (celery >= 0) {
    const words = commands[celery] as readonly string[];
    return { words, line: celeryLineOf(words) as CeleryLine, at: celery };
  }
  const server = commands.findIndex(isServer);
  const at = server >= 0 ? server : Math.max(0, commands.length - 1);
  return { words: commands[at] ?? [], at };
}

/** `celery inspect ping` in a script is not what the pod is for. */
const isLong = (line: CeleryLine | undefined): boolean => line !== undefined && line.what !== 'other';

type Base = Omit<Unit, 'role'>;
type WithRole = Pick<Unit, 'role'> & { readonly guessed?: string };

function roleOf(unit: Base): WithRole {
  const { line, product } = unit;
  if (line !== undefined) return { role: ROLES[line.what] };
  if (product === 'redis' || product === 'sentinel') return { role: 'redis' };
  if (unit.pod.kind === 'CronJob') return { role: 'cron' };
  if (product !== undefined && product !== 'a shell') return { role: 'server' };
  return byCommand(unit) ?? likely(unit);
}

const ROLES = {
  worker: 'worker',
  multi: 'worker',
  beat: 'beat',
  flower: 'flower',
  other: 'process',
} as const;

function byCommand({ program, pod, words }: Base): WithRole | undefined {
  if (lastPart(program.image ?? '') === 'flower') return { role: 'flower' };
  if (pod.kind === 'Job') return { role: 'migrate' };
  if (isServer(words)) return { role: 'web' };
  return isMigration(words) ? { role: 'migrate' } : undefined;
}

/** Neither image nor command says it: names do, and the guess is told. */
function likely({ pod, program, words, addresses }: Base): WithRole {
  const called = likelyRole(words.join(' '));
  if (called !== undefined)
    return { role: called, guessed: `the command ${JSON.stringify(words.join(' '))} is called so` };
  const named = [pod.name, program.name, ...Object.values(pod.podLabels)].join(' ');
  const byName = likelyRole(named.replaceAll(/\bcelery\b(?=.*web)/g, ''));
  const isReached =
    addresses.length > 0 && (program.ports.length > 0 || (addresses[0]?.ports.length ?? 0) > 0);
  if (byName !== undefined && byName !== 'migrate' && !isReached)
    return { role: byName, guessed: `${pod.kind} ${pod.name} is called so` };
  if (isReached) return { role: 'web' };
  return { role: 'process' };
}

/** An option of its command line, by its long name. */
export const given = ({ line }: Pick<Unit, 'line'>, option: string): string | undefined =>
  line?.options[option];

/** Commands that only wait or look, and are nothing without the one behind them. */
export const isWait = (words: readonly string[]): boolean =>
  /^(sleep|echo|set|export|cd|true|until|while|done|fi|test|\[|nc|wait-for\S*|\S*wait[-_]for\S*|\S*wait\S*|dockerize|pg_isready|ulimit|source|\.|trap|umask|date|printf|exit)$/.test(
    String(words[0]),
  );

export const isApp = ({ role }: Unit): boolean => role !== 'redis' && role !== 'server';
