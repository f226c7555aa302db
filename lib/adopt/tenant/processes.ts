// Programs of the app that are neither worker, beat, web, Flower nor migration: by name, and by cron.

import { durationText } from '../../spec/units';

import { comment, lose, say } from '../sheet';
import type { Unit } from '../units';
import { sourceOf } from './context';
import type { Writing } from './context';
import { migrationOf } from './migrate';
import { fresh, shortName } from './names';
import { placement } from './pods';
import { sayCompute } from './sizes';
import { commandOf, portOf, webOf, writeCommand, writeHealth, writeServing } from './web';
import { writeReplicas } from './workers';

/** Names of processes by unit. */
export function processNames(writing: Writing): ReadonlyMap<Unit, string> {
  const { units, name, inventory, image } = writing;
  const web = webOf(writing);
  const migration = migrationOf(writing)?.unit;
  const common = [name, String(inventory.namespace), String(inventory.instance)];
  const names = new Map<Unit, string>();
  for (const unit of units) {
    const isJob = unit.role === 'migrate' && unit.pod.kind === 'Job';
    const isOne = ['web', 'process', 'cron'].includes(unit.role) || (unit.role === 'migrate' && !isJob);
    if (!isOne || unit === web || unit === migration) continue;
    if (
      unit.program.image !== image &&
      image !== undefined &&
      unit.role === 'cron' &&
      unit.product !== undefined
    )
      continue;
    names.set(unit, fresh(shortName(unit.pod.name, common, 'process'), new Set(names.values())));
  }
  return names;
}

export function writeProcesses(writing: Writing): void {
  for (const [unit, name] of processNames(writing)) writeProcess(writing, unit, name);
  loseServers(writing);
}

function writeProcess(writing: Writing, unit: Unit, name: string): void {
  const { sheet, image } = writing;
  const path = ['processes', name];
  say(sheet, path, {}, sourceOf(unit));
  if (unit.program.image !== undefined && unit.program.image !== image)
    say(sheet, [...path, 'app'], { image: unit.program.image }, sourceOf(unit));
  const port = portOf(unit);
  const isServed = unit.role === 'web' && port !== undefined && unit.pod.kind !== 'CronJob';
  writeCommand(writing, unit, path, port);
  if (unit.pod.cron !== undefined) return writeCron(writing, unit, path);
  if (isServed) {
    say(sheet, [...path, 'port'], port, sourceOf(unit));
    writeHealth(writing, unit, path);
    writeServing(writing, unit, path);
  } else {
    sayCompute(writing, unit, path);
    placement(writing, unit, path);
  }
  writeReplicas(writing, unit, path, 1);
  if (/consume|listen|dramatiq|rq /i.test(commandOf(unit).join(' ')))
    comment(sheet, path, "redisUser: 'worker', if it takes tasks out of queues itself");
}

function writeCron(writing: Writing, unit: Unit, path: readonly string[]): void {
  const { sheet } = writing;
  say(sheet, [...path, 'cron'], unit.pod.cron, unit.pod.source);
  if (unit.pod.timeLimit !== undefined)
    say(sheet, [...path, 'timeLimit'], durationText(unit.pod.timeLimit), unit.pod.source);
  sayCompute(writing, unit, path);
  placement(writing, unit, path);
}

const NEAREST: Readonly<Record<string, string>> = {
  PostgreSQL: 'a database that somebody runs, reached through egress',
  MySQL: 'a database that somebody runs, reached through egress',
  'a proxy': 'expose, or a sidecar with front: true',
  RabbitMQ: 'the Redis of the tenant',
  memcached: "cache: {} and { from: 'cache.url' }",
};

/** Servers that run beside the app: Stalk runs none of them. */
function loseServers({ sheet, units }: Writing): void {
  for (const unit of units.filter(({ role }) => role === 'server'))
    lose(sheet, unit.pod.source, {
      what: `${unit.product} (${unit.program.image})`,
      why: 'Stalk runs Celery and its Redis, and no other server',
      nearest: NEAREST[String(unit.product)] ?? 'run it beside the tenant, and open egress to it',
    });
}
