// Beat and Flower.

import type { Variable } from '../facts';
import { guess, lose, noteGuess, say } from '../sheet';
import { lookupIn } from '../units';
import type { Unit } from '../units';
import { sourceOf } from './context';
import type { Writing } from './context';
import { writeExpose } from './expose';
import { placement } from './pods';
import { loseProbes, sayCompute, sayProbes } from './sizes';

export function writeBeat(writing: Writing): void {
  const { sheet, units } = writing;
  const [beat, ...more] = units.filter(({ role }) => role === 'beat');
  const inside = units.find(({ role, line }) => role === 'worker' && line?.options['beat'] !== undefined);
  for (const one of more)
    lose(sheet, sourceOf(one), {
      what: 'a second beat',
      why: 'two beats send every task twice',
      nearest: 'beat',
    });
  if (beat === undefined && inside === undefined) return;
  const unit = beat ?? (inside as Unit);
  say(
    sheet,
    ['beat'],
    {},
    beat === undefined ? `-B of ${sourceOf(unit)}: a pod of its own here` : sourceOf(unit),
  );
  if (beat?.guessed !== undefined) {
    noteGuess(sheet, ['beat'], `beat, as ${beat.guessed}`);
  }
  writeScheduler(writing, unit);
  if (beat === undefined) return;
  writeInterval(writing, unit);
  sayCompute(writing, unit, ['beat']);
  sayProbes(writing, unit, ['beat']);
  loseProbes(writing, unit);
  placement(writing, unit, ['beat']);
  if ((unit.pod.replicas ?? 1) > 1)
    lose(sheet, sourceOf(unit), {
      what: `${unit.pod.replicas} beats`,
      why: 'two beats send every task twice',
      nearest: 'beat: one pod, whatever happens',
    });
}

function writeScheduler({ sheet, units }: Writing, unit: Unit): void {
  const options = { ...unit.line?.options };
  const name = options['scheduler'] ?? lookupIn(unit.program)('CELERY_BEAT_SCHEDULER') ?? '';
  const at = ['beat', 'scheduler'];
  if (/DatabaseScheduler|^django$/i.test(name)) return say(sheet, at, 'database', sourceOf(unit));
  if (/redbeat/i.test(name)) return say(sheet, at, 'redbeat', sourceOf(unit));
  if (name !== '' && !/PersistentScheduler/.test(name))
    lose(sheet, sourceOf(unit), {
      what: `scheduler ${name}`,
      why: 'Stalk knows file, database and redbeat',
      nearest: 'beat.scheduler',
    });
  if (
    units.some(({ program }) => program.env.some(({ name: one }) => one.startsWith('DJANGO_'))) ||
    unit.line === undefined
  )
    sheet.checks.add(
      'Which scheduler beat uses: CELERY_BEAT_SCHEDULER in the settings of the app may say django-celery-beat (beat.scheduler: "database").',
    );
}

function writeInterval({ sheet }: Writing, unit: Unit): void {
  const seconds = Number(unit.line?.options['max-interval']);
  if (!Number.isFinite(seconds)) return;
  if (seconds >= 5 && seconds <= 30)
    say(sheet, ['beat', 'maxInterval'], `${Math.floor(seconds)}s`, sourceOf(unit));
  else
    lose(sheet, sourceOf(unit), {
      what: `--max-interval=${seconds}`,
      why: 'the liveness probe sees each look, 5 to 30 s apart',
      nearest: 'beat.maxInterval',
    });
}

const AUTH = /(flower_?)?basic_?auth|flower.*(auth|password|credential)/i;

export function writeFlower(writing: Writing): void {
  const { sheet, units, name } = writing;
  const [unit] = units.filter(({ role }) => role === 'flower');
  if (unit === undefined) return;
  const source = sourceOf(unit);
  say(sheet, ['flower'], {}, source);
  writeAuth(writing, unit, name);
  const port = Number(unit.line?.options['port'] ?? unit.program.ports[0]?.port ?? 5555);
  if (port !== 5555 && Number.isInteger(port)) say(sheet, ['flower', 'port'], port, source);
  const prefix = (
    unit.line?.options['url-prefix'] ??
    lookupIn(unit.program)('FLOWER_URL_PREFIX') ??
    ''
  ).replaceAll(/^\/+|\/+$/g, '');
  if (prefix !== '' && !prefix.includes('$')) say(sheet, ['flower', 'urlPrefix'], prefix, source);
  sayCompute(writing, unit, ['flower']);
  sayProbes(writing, unit, ['flower']);
  placement(writing, unit, ['flower']);
  writeExpose(writing, unit, ['flower']);
  for (const option of Object.keys(unit.line?.options ?? {}))
    if (/^(oauth2|auth|persistent|db|broker-api|address)/.test(option) && option !== 'address')
      lose(sheet, source, {
        what: `--${option}`,
        why: 'Flower has basic auth here, and no volume',
        nearest: 'flower.auth',
      });
  if (unit.program.image !== undefined && unit.program.image !== writing.image)
    lose(sheet, source, {
      what: `the image ${unit.program.image}`,
      why: "Flower runs from the app's image",
      nearest: 'install flower in the image of the app',
    });
}

function writeAuth({ sheet }: Writing, unit: Unit, name: string): void {
  const at = ['flower', 'auth'];
  const variable = unit.program.env.find((one: Variable) => AUTH.test(one.name));
  if (variable?.value.kind === 'secret')
    return say(
      sheet,
      at,
      { secret: variable.value.secret, key: variable.value.key },
      `${variable.name} in ${variable.source}`,
    );
  const found = unit.line?.options['basic-auth'] !== undefined || variable !== undefined;
  guess(
    sheet,
    at,
    { secret: `${name}-flower`, key: 'auth' },
    found
      ? 'the files hold user and password as text; a Secret with this key has to hold user:password'
      : 'nothing in the files protects Flower; a Secret with this key has to hold user:password',
  );
  sheet.moved.push({ secret: `${name}-flower`, key: 'auth', source: sourceOf(unit) });
}
