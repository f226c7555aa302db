// A producer that is a tenant's web user, its journal, and what became of what was accepted.

import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { asked } from './kubectl';
import { THE_BOOK } from './render';
import { PRODUCER } from './pods';
import { applied, book, START, subject } from './cluster';

export interface Count {
  readonly accepted: number;
  /** Accepted ones that were executed at least once. */
  readonly executed: number;
  readonly lost: readonly number[];
  /** Executions that were begun beyond the first: what ran before was cut off, or runs twice. */
  readonly again: number;
  /** Executions beyond the first. */
  readonly twice: number;
  readonly refused: number;
}

export interface LoadProps {
  /** Sends a second. */
  readonly rate: number;
  readonly count: number;
  /** What each task does, and how large it is: see `test/apps/ledger.py`. */
  readonly task?: {
    /** On this queue of the app. */
    readonly queue?: string;
    /** How long it sleeps, and how long it burns a CPU. */
    readonly seconds?: number;
    readonly busy?: number;
    /** Memory that it takes at its first try. */
    readonly megabytes?: number;
    /** Size of its message. */
    readonly kilobytes?: number;
  };
}

export interface Load {
  readonly tenant: string;
  /** Ends when the last send is answered; what the producer said besides its journal. */
  readonly sent: Promise<string>;
  readonly accepted: ReadonlySet<number>;
  readonly refused: readonly string[];
  /** First and one past the last number of this load. */
  readonly from: number;
  readonly to: number;
  /** Ends it before its last send. */
  readonly stop: () => void;
}

/** Numbers of two loads never meet, also over several runs in one cluster. */
let next = Math.floor(Date.now() / 1000) * 1000;

interface Main {
  readonly resources: { readonly requests: Readonly<Record<string, string>> };
}

interface Web {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly containers: readonly [Main, ...unknown[]];
    readonly initContainers?: unknown;
  };
}

/** What only a server has. */
const SERVES = new Set(['startupProbe', 'readinessProbe', 'livenessProbe', 'lifecycle', 'ports']);

/** So that it outlives the node that dies, where no volume decides. */
const NEAR_THE_BOOK = {
  podAffinity: {
    preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: THE_BOOK }],
  },
};

/** Nine of them must leave room for pods that a volume keeps on one of two small nodes. */
const LITTLE = '25m';

/** A Job that is the web pod in all but its program, its labels and what it asks for, so that web pods may come and go. */
export async function producer(tenant: string): Promise<void> {
  const { metadata, spec } = JSON.parse(
    await asked('get', 'deploy', 'web', '-n', tenant, '-o', 'jsonpath={.spec.template}'),
  ) as Web;
  const [web] = spec.containers;
  const resources = { ...web.resources, requests: { ...web.resources.requests, cpu: LITTLE } };
  const main = { ...web, name: PRODUCER, command: ['sleep', '3600'], resources };
  const program = Object.entries(main).filter(([key]) => !SERVES.has(key));
  const job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: PRODUCER, namespace: tenant },
    spec: {
      backoffLimit: 0,
      template: {
        metadata: { ...metadata, labels: { ...metadata.labels, 'app.kubernetes.io/component': PRODUCER } },
        spec: {
          ...spec,
          affinity: NEAR_THE_BOOK,
          initContainers: [],
          containers: [Object.fromEntries(program)],
          restartPolicy: 'Never',
          terminationGracePeriodSeconds: 0,
        },
      },
    },
  };
  await applied(job);
  await asked(
    'wait',
    '-n',
    tenant,
    '--for=jsonpath={.status.ready}=1',
    `job/${PRODUCER}`,
    `--timeout=${START}s`,
  );
}

/** Starts to send `ledger.note` tasks from a namespace; the first was accepted when this returns. */
export async function load(
  tenant: string,
  { rate, count, task = {} }: LoadProps,
  namespace = tenant,
): Promise<Load> {
  const from = next;
  next += count;
  const accepted = new Set<number>();
  const refused: string[] = [];
  const program = ['python3', '-m', 'ledger', subject(tenant).module, tenant];
  const child = spawn('kubectl', [
    ...['exec', '-i', '-n', namespace, `job/${PRODUCER}`, '--', ...program],
    ...[from, count, rate].map(String),
    JSON.stringify(task),
  ]);
  let rest = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.startsWith('+ ')) accepted.add(Number(line.slice(2)));
      else refused.push(line);
    }
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const sent = new Promise<string>((resolve) => child.on('close', () => resolve(errors)));
  let over = false;
  void sent.then(() => (over = true));
  while (accepted.size === 0 && refused.length === 0 && !over) await sleep(100);
  if (accepted.size === 0) throw new Error(`${tenant} cannot send: ${refused.join('\n')}${errors}`);
  return { tenant, sent, accepted, refused, from, to: from + count, stop: () => void child.stdin.end() };
}

interface Entries {
  readonly begun: readonly number[];
  readonly executed: readonly number[];
}

async function entries({ tenant, from, to }: Load): Promise<Entries> {
  const where = `tenant = '${tenant}' AND number >= ${from} AND number < ${to}`;
  const of = (table: string): string => `SELECT '${table}', number FROM ${table} WHERE ${where}`;
  const rows = (await book(`${of('begun')} UNION ALL ${of('executions')}`)).map((row) => row.split('|'));
  const numbers = (table: string): number[] =>
    rows.flatMap(([from, number]) => (from === table ? [Number(number)] : []));
  return { begun: numbers('begun'), executed: numbers('executions') };
}

/** How many of its tasks run now. */
export async function underWay(sending: Load): Promise<number> {
  const { begun, executed } = await entries(sending);
  return begun.length - executed.length;
}

/** Waits until everything that was accepted is in the book, at most so many seconds after the last send. */
export async function settled(sending: Load, seconds: number): Promise<Count> {
  await sending.sent;
  const end = Date.now() + seconds * 1000;
  let count = await counted(sending);
  while (count.lost.length > 0 && Date.now() < end) {
    await sleep(1000);
    count = await counted(sending);
  }
  return count;
}

async function counted(sending: Load): Promise<Count> {
  const { begun, executed } = await entries(sending);
  const seen = new Set(executed);
  const lost = [...sending.accepted].filter((number) => !seen.has(number));
  return {
    accepted: sending.accepted.size,
    executed: sending.accepted.size - lost.length,
    lost,
    again: begun.length - new Set(begun).size,
    twice: executed.length - seen.size,
    refused: sending.refused.length,
  };
}

/** Of several loads together. */
export const total = (counts: readonly Count[]): Count => ({
  accepted: sum(counts.map(({ accepted }) => accepted)),
  executed: sum(counts.map(({ executed }) => executed)),
  lost: counts.flatMap(({ lost }) => lost),
  again: sum(counts.map(({ again }) => again)),
  twice: sum(counts.map(({ twice }) => twice)),
  refused: sum(counts.map(({ refused }) => refused)),
});

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
