// The tenant, part by part.

import type { Inventory } from '../facts';
import { comment, lose, newSheet, say } from '../sheet';
import type { Sheet } from '../sheet';
import { lastPart } from '../command/programs';
import { isApp, unitsOf } from '../units';
import { originOfApp, writeApp } from './app';
import { writeBeat } from './beat';
import type { Writing } from './context';
import { writeEgress } from './egress';
import { workloadsOf, writeEnvironment } from './env';
import { writeFlower } from './flower';
import { writeLeftovers, writeOtherwise } from './leftovers';
import { writeMigration } from './migrate';
import { tenantNameFrom } from './names';
import { hoistShared } from './pods';
import { writeProcesses } from './processes';
import { writeRedis } from './redis';
import { writePaperless } from './paperless';
import { writeResults } from './results';
import { serversOf } from './servers';
import { writeSidecars } from './sidecars';
import { writeWeb } from './web';
import { writeWorkers } from './workers';

/** What is found, written down; `asked` is the name that somebody chose. */
export function sheetOf(inventory: Inventory, asked: string | undefined): Sheet {
  const sheet = newSheet();
  const units = unitsOf(inventory);
  const origin = originOfApp(units);
  const image = units.find(({ program }) => program.origin === origin)?.program.image;
  const named = tenantNameFrom([
    asked,
    inventory.namespace,
    inventory.instance,
    nameOfImage(image),
    units.find(isApp)?.pod.name,
  ]);
  const name = named === undefined ? 'app' : named;
  const writing: Writing = {
    sheet,
    inventory,
    units,
    name,
    servers: serversOf(units, inventory),
    origin,
    ...(image !== undefined && { image }),
  };
  writeName(writing, asked);
  writeApp(writing);
  writeRedis(writing);
  writeWorkers(writing);
  writePaperless(writing);
  writeBeat(writing);
  writeWeb(writing);
  writeFlower(writing);
  writeMigration(writing);
  writeProcesses(writing);
  writeResults(writing);
  writeEnvironment(writing);
  writeEgress(writing);
  writeSidecars(writing);
  hoistShared(writing);
  writeLeftovers(writing);
  writeOtherwise(writing);
  loseStrangers(writing);
  return sheet;
}

const nameOfImage = (image: string | undefined): string | undefined =>
  image === undefined ? undefined : lastPart(image);

function writeName({ sheet, inventory, name }: Writing, asked: string | undefined): void {
  const source = [
    [asked, 'as you asked'],
    [
      inventory.namespace,
      inventory.origin === 'compose' ? 'the project of the Compose file' : 'the namespace of the objects',
    ],
    [inventory.instance, 'the release of the chart'],
  ].find(([text]) => text !== undefined && tenantNameFrom([text]) === name);
  if (source !== undefined) return say(sheet, ['name'], name, String(source[1]));
  say(sheet, ['name'], name, 'guess: after the image of the app');
  sheet.guesses.push({ path: ['name'], why: 'after the image of the app' });
}

/** Programs that have become nothing: none may go without a word. */
function loseStrangers(writing: Writing): void {
  const { sheet, units } = writing;
  const known = new Set(workloadsOf(writing).map(({ unit }) => unit));
  const strangers = units.filter(({ role }) => !['redis', 'server', 'flower', 'beat'].includes(role));
  for (const unit of strangers.filter((one) => !known.has(one) && !isTold(sheet, one.pod.source)))
    lose(sheet, unit.pod.source, {
      what: `the program ${unit.program.name}`,
      why: 'it is none that a tenant has',
      nearest: 'processes',
    });
  if (units.some(({ role }) => role === 'worker')) return;
  comment(sheet, ['app'], 'no worker of Celery is among the files');
}

const isTold = (sheet: Sheet, source: string): boolean =>
  sheet.lost.some((one) => one.source.startsWith(source.split(' (')[0] as string)) ||
  sheet.recognised.some((one) => one.source.includes(source));
