// Programs of the app that are neither worker, beat, web, Flower nor migration: by name, and by cron.

import { durationText } from '../../spec/units';
import { reservedName } from '../../spec/rules/form-names';
import { ofOneMaker } from '../command/programs';

import { comment, lose, say } from '../sheet';
import type { Unit } from '../units';
import { isOfImage, unitSource } from './context';
import type { Writing } from './context';
import { migrationOf } from './migrate';
import { fresh, shortName } from './names';
import { writePlacement } from './pods';
import { sayCompute } from './sizes';
import { wordsOfUnit, listeningPort, webOf, writeCommand, writeHealth, writeServing } from './web';
import { writeReplicas } from './workers';

/** Names of processes by unit. */
export function processNames(writing: Writing): ReadonlyMap<Unit, string> {
  const { name, inventory } = writing;
  const common = [name, String(inventory.namespace), String(inventory.instance)];
  const names = new Map<Unit, string>();
  for (const unit of others(writing).filter((one) => isOfApp(writing, one))) {
    const short = shortName(unit.pod.name, common, 'process');
    names.set(unit, fresh(isFree(short) ? short : `app-${short}`, new Set(names.values())));
  }
  return names;
}

const isFree = (name: string): boolean => reservedName(name).length === 0;

/** Programs that are neither worker, beat, web, Flower, migration nor a server that Stalk knows. */
function others(writing: Writing): readonly Unit[] {
  const web = webOf(writing);
  const migration = migrationOf(writing)?.unit;
  return writing.units.filter(
    (unit) =>
      unit !== web &&
      unit !== migration &&
      (['web', 'process', 'cron'].includes(unit.role) ||
        (unit.role === 'migrate' && unit.pod.kind !== 'Job')),
  );
}

/** It says its command, and is of the app's image or of one of its maker. */
function isOfApp(writing: Writing, unit: Unit): boolean {
  const { image } = writing;
  const own = unit.program.image;
  const isSilent = wordsOfUnit(unit).length === 0;
  if (isOfImage(writing, unit.program))
    return !isSilent || (unit.role === 'web' && listeningPort(unit) !== undefined);
  return own !== undefined && image !== undefined && ofOneMaker(own, image) && !isSilent;
}

export function writeProcesses(writing: Writing): void {
  for (const [unit, name] of processNames(writing)) writeProcess(writing, unit, name);
  loseServers(writing);
  for (const unit of others(writing).filter((one) => !isOfApp(writing, one))) loseStranger(writing, unit);
}

/** It may be the app's or somebody else's: nobody knows from here. */
const loseStranger = (writing: Writing, unit: Unit): void =>
  lose(writing.sheet, unitSource(unit), {
    what: `the program of the image ${unit.program.image ?? 'that it builds'}`,
    why:
      isOfImage(writing, unit.program) || ofOneMaker(String(unit.program.image), String(writing.image))
        ? "its image's own command runs, which is not in the files and which a process has to say"
        : 'its image is of another maker than that of the app',
    nearest: "if it is the app's: processes, with command and app: { image }; else run it beside the tenant",
  });

function writeProcess(writing: Writing, unit: Unit, name: string): void {
  const { sheet, image } = writing;
  const path = ['processes', name];
  say(sheet, path, {}, unitSource(unit));
  if (unit.program.image !== undefined && unit.program.image !== image)
    say(sheet, [...path, 'app'], { image: unit.program.image }, unitSource(unit));
  const port = listeningPort(unit);
  const isServed = unit.role === 'web' && port !== undefined && unit.pod.kind !== 'CronJob';
  writeCommand(writing, unit, path, port);
  if (unit.pod.cron !== undefined) return writeCron(writing, unit, path);
  if (isServed) {
    say(sheet, [...path, 'port'], port, unitSource(unit));
    writeHealth(writing, unit, path);
    writeServing(writing, unit, path);
  } else {
    sayCompute(writing, unit, path);
    writePlacement(writing, unit, path);
  }
  writeReplicas(writing, unit, path, 1);
  if (/consume|listen|dramatiq|rq /i.test(wordsOfUnit(unit).join(' ')))
    comment(sheet, path, "redisUser: 'worker', if it takes tasks out of queues itself");
}

function writeCron(writing: Writing, unit: Unit, path: readonly string[]): void {
  const { sheet } = writing;
  say(sheet, [...path, 'cron'], unit.pod.cron, unit.pod.source);
  if (unit.pod.timeLimit !== undefined)
    say(sheet, [...path, 'timeLimit'], durationText(unit.pod.timeLimit), unit.pod.source);
  sayCompute(writing, unit, path);
  writePlacement(writing, unit, path);
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
