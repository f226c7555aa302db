// Beat, which a worker may have held with -B.

import { lose, noteGuess, say } from '../sheet';
import { given, lookupIn } from '../units';
import type { Unit } from '../units';
import { unitSource } from './context';
import type { Writing } from './context';
import { writePlacement } from './pods';
import { loseProbes, sayCompute, sayProbes } from './sizes';

export function writeBeat(writing: Writing): void {
  const { units } = writing;
  const [beat, ...more] = units.filter(({ role }) => role === 'beat');
  const inside = units.find((unit) => unit.role === 'worker' && given(unit, 'beat') !== undefined);
  for (const one of more) loseBeat(writing, one, 'a second beat');
  if (beat !== undefined) writePod(writing, beat);
  else if (inside !== undefined) writeInside(writing, inside);
}

const loseBeat = ({ sheet }: Writing, unit: Unit, what: string): void =>
  lose(sheet, unitSource(unit), {
    what,
    why: 'two beats send every task twice',
    nearest: 'beat: one pod, whatever happens',
  });

function writeInside(writing: Writing, unit: Unit): void {
  say(writing.sheet, ['beat'], {}, `-B of ${unitSource(unit)}: a pod of its own here`);
  writeScheduler(writing, unit);
}

function writePod(writing: Writing, unit: Unit): void {
  const { sheet } = writing;
  const path = ['beat'];
  say(sheet, path, {}, unitSource(unit));
  if (unit.guessed !== undefined) noteGuess(sheet, path, `beat, as ${unit.guessed}`);
  writeScheduler(writing, unit);
  writeInterval(writing, unit);
  sayCompute(writing, unit, path);
  sayProbes(writing, unit, path);
  loseProbes(writing, unit);
  writePlacement(writing, unit, path);
  if ((unit.pod.replicas ?? 1) > 1) loseBeat(writing, unit, `${unit.pod.replicas} beats`);
}

function writeScheduler({ sheet, units }: Writing, unit: Unit): void {
  const name = given(unit, 'scheduler') ?? lookupIn(unit.program)('CELERY_BEAT_SCHEDULER') ?? '';
  const at = ['beat', 'scheduler'];
  if (/DatabaseScheduler|^django$/i.test(name)) return say(sheet, at, 'database', unitSource(unit));
  if (/redbeat/i.test(name)) return say(sheet, at, 'redbeat', unitSource(unit));
  if (name !== '' && !/PersistentScheduler/.test(name))
    lose(sheet, unitSource(unit), {
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
  const seconds = Number(given(unit, 'max-interval'));
  if (!Number.isFinite(seconds)) return;
  if (seconds >= 5 && seconds <= 30)
    say(sheet, ['beat', 'maxInterval'], `${Math.floor(seconds)}s`, unitSource(unit));
  else
    lose(sheet, unitSource(unit), {
      what: `--max-interval=${seconds}`,
      why: 'the liveness probe sees each look, 5 to 30 s apart',
      nearest: 'beat.maxInterval',
    });
}
