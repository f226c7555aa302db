// The HTTP side of the app, and its health.

import { isServer } from '../command/programs';
import { masked, secretIn } from '../../spec/rules/secret-patterns';
import { durationText } from '../../spec/units';
import { listAt, textAt, withoutHoles } from '../pick';
import { comment, guess, lose, noteGuess, said, say } from '../sheet';
import type { SheetPath } from '../sheet';
import type { Unit } from '../units';
import { isOfImage, unitSource } from './context';
import type { Writing } from './context';
import { entrancesOf, writeExpose } from './expose';
import { writePlacement } from './pods';
import { sayCompute, sayProbes } from './sizes';
import { writeReplicas } from './workers';

/** The one that is the app's own image, a known server, and reached from outside, in this order. */
export function webOf(writing: Writing): Unit | undefined {
  const { units } = writing;
  const score = (unit: Unit): number =>
    (isServer(unit.words) ? 2 : 0) +
    (entrancesOf(writing, unit).some(({ path }) => path === '/') ? 2 : 0) +
    (/\b(web|app|server|api|django|engine)\b/.test(unit.pod.name) ? 1 : 0);
  const own = units.filter(({ program }) => isOfImage(writing, program));
  const webs = own.filter(({ role }) => role === 'web');
  const [best] = [...webs].sort((a, b) => score(b) - score(a));
  return best ?? silent(own);
}

/** The one program of the app, of which the files say nothing but that it runs. */
function silent(own: readonly Unit[]): Unit | undefined {
  const processes = own.filter(({ role, words }) => role === 'process' && words.length === 0);
  return processes.length === 1 && own.every(({ role }) => role !== 'web') ? processes[0] : undefined;
}

export function writeWeb(writing: Writing): void {
  const unit = webOf(writing);
  if (unit === undefined) return;
  const { sheet } = writing;
  say(sheet, ['web'], {}, unitSource(unit));
  if (unit.role === 'process')
    noteGuess(sheet, ['web'], 'a server, as the files say nothing of it but that it runs');
  const port = listeningPort(unit);
  writeCommand(writing, unit, ['web'], port);
  writePort(writing, unit, ['web'], port);
  writeHealth(writing, unit, ['web']);
  writeServing(writing, unit, ['web']);
  writeReplicas(writing, unit, ['web'], 2);
}

/** What web and a process with a port have alike. */
export function writeServing(writing: Writing, unit: Unit, path: SheetPath): void {
  writeExpose(writing, unit, path);
  sayCompute(writing, unit, path);
  sayProbes(writing, unit, path);
  writePlacement(writing, unit, path);
  if (unit.pod.grace !== undefined && unit.pod.grace !== 30 && unit.pod.grace > 0)
    say(writing.sheet, [...path, 'grace'], durationText(unit.pod.grace), unit.pod.source);
}

/** Where the words are a shell's whole script, they stay one. */
export function wordsOfUnit(unit: Unit): readonly string[] {
  const { entrypoint, args } = unit.program;
  const plainWords = unit.words.length > 0 && !unit.words.some((word) => /[$`]/.test(word));
  if (!unit.script.shell || plainWords) return unit.words;
  return [...entrypoint, ...args];
}

/** A flag and its password may be two words. */
const withoutSecrets = (words: readonly string[]): readonly string[] =>
  words.map((word, index) =>
    secretIn(`${words[index - 1]} ${word}`) !== undefined && secretIn(String(words[index - 1])) === undefined
      ? secretIn(word) === undefined
        ? '…'
        : masked(word)
      : masked(word),
  );

/** Where the files name no command, the image's own runs, which nobody sees from here. */
export function writeCommand({ sheet, image }: Writing, unit: Unit, path: SheetPath, port?: number): void {
  const words = wordsOfUnit(unit);
  const at = [...path, 'command'];
  if (words.length > 0) {
    say(sheet, at, withoutSecrets(words), unitSource(unit));
    if (secretIn(words.join(' ')) !== undefined)
      lose(sheet, unitSource(unit), {
        what: 'a password in its command',
        why: 'the tenant lies in Git',
        nearest: 'env: { NAME: { secret, key } }, which the app reads',
      });
    if (/runserver|--reload|flask run/.test(words.join(' ')))
      comment(sheet, at, 'a server for development: use gunicorn, uvicorn or granian');
    return;
  }
  const module = String(said(sheet, ['app', 'module'])).split(/[.:]/)[0];
  guess(
    sheet,
    at,
    ['gunicorn', `${module}.wsgi:application`, '--bind', `0.0.0.0:${port ?? 8000}`],
    `the files name no command, so the image's own runs: docker inspect ${unit.program.image ?? image ?? '<image>'} shows it`,
  );
}

export function listeningPort(unit: Unit): number | undefined {
  const { program, addresses, words } = unit;
  const text = words.join(' ');
  const [, bound] =
    /(?:--bind|-b|--http(?:-socket)?|--port|-p|runserver)[ =]\S*?:?(\d{2,5})(?=\s|$)/.exec(text) ?? [];
  const asked = addresses.flatMap(({ ports }) => ports.map(({ target, port }) => target ?? String(port)));
  const named = program.ports.find(
    ({ name, port }) => asked.includes(String(name)) || asked.includes(String(port)),
  );
  const byNumber = asked.find((target) => /^\d+$/.test(target));
  return (
    named?.port ??
    program.ports[0]?.port ??
    (bound === undefined ? undefined : Number(bound)) ??
    (byNumber === undefined ? undefined : Number(byNumber))
  );
}

export function writePort({ sheet }: Writing, unit: Unit, path: SheetPath, port: number | undefined): void {
  const at = [...path, 'port'];
  if (port === undefined) return guess(sheet, at, 8000, 'the files name no port');
  say(sheet, at, port, unitSource(unit));
  if (port < 1024)
    sheet.checks.add(
      `Port ${port} of ${unitSource(unit)}: only root may listen below 1024, so let the server listen elsewhere (${at.join('.')}).`,
    );
}

/** What readiness asks, else liveness, else startup. */
export function writeHealth(writing: Writing, unit: Unit, path: SheetPath): void {
  const { sheet } = writing;
  const { readiness, liveness, startup } = unit.program.probes;
  const probe = [readiness, liveness, startup].find((one) => one?.['httpGet'] !== undefined);
  const asked = textAt(probe, 'httpGet', 'path');
  const named = hostIn(probe);
  const at = [...path, 'health'];
  const value = named === undefined ? asked : withoutHoles({ path: asked, host: named });
  say(sheet, at, value, `the probe of ${unitSource(unit)}`);
  const isExposed = entrancesOf(writing, unit).some(({ host }) => host !== undefined);
  if (named === undefined && !isExposed) guessHost(writing, unit, at, asked);
  if (asked === undefined)
    sheet.checks.add(
      `A path of ${unitSource(unit)} that answers 200 without a login (${at.join('.')}): the files have no HTTP probe, and Stalk asks for "/".`,
    );
}

function hostIn(probe: unknown): string | undefined {
  const headers = listAt(probe, 'httpGet', 'httpHeaders');
  const header = headers.find((one) => textAt(one, 'name')?.toLowerCase() === 'host');
  return textAt(header, 'value') ?? textAt(probe, 'httpGet', 'host');
}

/** The kubelet asks for the pod's IP, which an app that knows its names refuses. */
function guessHost(writing: Writing, unit: Unit, at: SheetPath, asked: string | undefined): void {
  const { sheet } = writing;
  const hosts = hostsOf(unit);
  if (hosts !== undefined)
    return guess(
      sheet,
      at,
      withoutHoles({ path: asked, host: hosts.host }),
      `${hosts.variable} names the hosts that the app answers to`,
    );
  if (said(sheet, ['app', 'dialect']) === 'django' && isOfImage(writing, unit.program))
    guess(
      sheet,
      at,
      withoutHoles({ path: asked, host: '*' }),
      'ALLOWED_HOSTS of the app is not in the files: "*" says that it answers to any name',
    );
}

function hostsOf(unit: Unit): { readonly host: string; readonly variable: string } | undefined {
  const found = unit.program.env.find(
    ({ name, value }) => /(^|_)ALLOWED_HOSTS?$/i.test(name) && value.kind === 'plain' && value.text !== '',
  );
  if (found?.value.kind !== 'plain') return undefined;
  const hosts = found.value.text.split(/[\s,;"'[\]]+/).filter((one) => one !== '');
  const host = hosts.includes('*') ? '*' : hosts.find((one) => /\./.test(one) && !/^\d+(\.\d+)+$/.test(one));
  return host === undefined ? undefined : { host: host.replace(/^\*?\./, ''), variable: found.name };
}
