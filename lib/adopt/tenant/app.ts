// The app: its image, its Celery module, its dialect, its user and its folders.

import type { SeenVariable } from '../facts';
import { comment, guess, lose, say } from '../sheet';
import { given, isApp } from '../units';
import type { Unit } from '../units';
import { isOfImage, unitSource } from './context';
import type { Writing } from './context';
import { writeFolders } from './folders';

type Dialect = 'celery' | 'django' | 'paperless';

/** Programs of the app's own image, those of Celery first. */
export function ofApp(writing: Pick<Writing, 'units' | 'origin'>): readonly Unit[] {
  const own = writing.units.filter(
    (unit) => isApp(unit) && unit.role !== 'flower' && isOfImage(writing, unit.program),
  );
  return [...own].sort((a, b) => rank(a) - rank(b));
}

const rank = ({ role, line }: Unit): number => (line !== undefined ? 0 : role === 'web' ? 1 : 2);

/** The image of most workers; with none, of most programs. */
export function originOfApp(units: readonly Unit[]): string | undefined {
  const celery = units.filter(({ role }) => role === 'worker' || role === 'beat');
  const others = units.filter((unit) => isApp(unit) && unit.role !== 'flower');
  const images = (celery.length > 0 ? celery : others).map(({ program }) => program.origin);
  return [...images].sort(
    (a, b) => images.filter((one) => one === b).length - images.filter((one) => one === a).length,
  )[0];
}

export function writeApp(writing: Writing): void {
  const { sheet, image } = writing;
  const own = ofApp(writing);
  const [first] = own;
  const dialect = dialectOf(own);
  say(sheet, ['app', 'dialect'], dialect.value, dialect.source);
  if (image !== undefined && first !== undefined) writeImage(writing, image, first);
  else
    guess(
      sheet,
      ['app', 'image'],
      `${writing.name}:1.0.0`,
      'the files build the image and name no version; write the one that your registry has',
    );
  const module = writeModule(writing, own);
  if (dialect.value === 'django') writeSettingsModule(writing, own, module);
  writeEntrypoint(writing, own);
  loseOwnCelery(writing, own);
  writeUser(writing, own);
  writeWorkingDir(writing, own);
  writePythonPath(writing, own);
  writeLogLevel(writing, own);
  writeFolders(writing, own);
}

function writeImage({ sheet }: Writing, image: string, first: Unit): void {
  const tagged = /@|:[^/]+$/.test(image) ? image : `${image}:latest`;
  say(sheet, ['app', 'image'], tagged, unitSource(first));
  if (tagged !== image) comment(sheet, ['app', 'image'], 'the file names no tag, which means latest');
}

function dialectOf(own: readonly Unit[]): { readonly value: Dialect; readonly source: string } {
  const by = (test: (unit: Unit) => boolean): Unit | undefined => own.find(test);
  const paperless = by(
    ({ program }) =>
      /paperless-ngx/.test(program.image ?? '') || program.env.some(({ name }) => name === 'PAPERLESS_REDIS'),
  );
  if (paperless !== undefined) return { value: 'paperless', source: unitSource(paperless) };
  const variable = by(({ program }) => program.env.some(({ name }) => name === 'DJANGO_SETTINGS_MODULE'));
  if (variable !== undefined)
    return { value: 'django', source: `DJANGO_SETTINGS_MODULE in ${unitSource(variable)}` };
  const manage = by(({ script, line }) =>
    /manage\.py|django/i.test(`${script.commands.flat().join(' ')} ${line?.options['scheduler']}`),
  );
  if (manage !== undefined) return { value: 'django', source: `the command of ${unitSource(manage)}` };
  const named = by(({ program }) =>
    program.env.some(
      ({ name, value }) => /^DJANGO_/.test(name) || (value.kind === 'plain' && /^django\./.test(value.text)),
    ),
  );
  if (named !== undefined)
    return { value: 'django', source: `variables of ${unitSource(named)} that only Django has` };
  return { value: 'celery', source: 'nothing in the files says Django or Paperless' };
}

function writeModule({ sheet, name }: Writing, own: readonly Unit[]): string {
  const path = ['app', 'module'];
  const lines = own.filter(({ line }) => line?.module !== undefined);
  const [first] = lines;
  const module = first?.line?.module;
  if (first !== undefined && module !== undefined) {
    say(sheet, path, module.replace(/\.py$/, ''), `-A in ${unitSource(first)}`);
    for (const other of lines.filter(({ line, role }) => line?.module !== module && role !== 'worker'))
      lose(sheet, unitSource(other), {
        what: `-A ${other.line?.module}`,
        why: 'only pools and processes may have a Celery app of their own',
        nearest: 'app.module',
      });
    return module;
  }
  return guessModule(sheet, own, name);
}

function guessModule(sheet: Writing['sheet'], own: readonly Unit[], name: string): string {
  const path = ['app', 'module'];
  const variable = variableOf(own, 'CELERY_APP');
  if (variable?.value.kind === 'plain') {
    say(sheet, path, variable.value.text, `CELERY_APP in ${variable.source}`);
    return variable.value.text;
  }
  const settings = variableOf(own, 'DJANGO_SETTINGS_MODULE')?.value;
  const root =
    settings?.kind === 'plain'
      ? String(settings.text.split('.')[0])
      : name.replaceAll('-', '_').replace(/^(?=\d)/, 'app');
  guess(sheet, path, root, "no command in the files says celery -A; look at the image's own script");
  return root;
}

export const variableOf = (units: readonly Unit[], name: string): SeenVariable | undefined =>
  units.flatMap(({ program }) => program.env).find((one) => one.name === name);

function writeSettingsModule({ sheet }: Writing, own: readonly Unit[], module: string): void {
  const path = ['app', 'djangoSettings'];
  const variable = variableOf(own, 'DJANGO_SETTINGS_MODULE');
  if (variable?.value.kind === 'plain') return say(sheet, path, variable.value.text, variable.source);
  const [root = module] = module.split(/[.:]/);
  guess(sheet, path, `${root}.settings`, 'no DJANGO_SETTINGS_MODULE in the files; manage.py names it');
}

/** A program with a command `celery` of its own: what it starts it with is not in the files. */
const ownCelery = ({ line }: Unit): string | undefined =>
  line !== undefined &&
  line.module === undefined &&
  line.before.length > 0 &&
  /^[a-z][\w-]*$/.test(String(line.before.at(-1)))
    ? line.before.at(-1)
    : undefined;

function wrapperOf(unit: Unit | undefined): readonly string[] {
  const before = unit?.line?.before ?? [];
  return unit !== undefined && ownCelery(unit) !== undefined ? before.slice(0, -1) : before;
}

function loseOwnCelery({ sheet }: Writing, own: readonly Unit[]): void {
  for (const unit of own) {
    const program = ownCelery(unit);
    if (program !== undefined)
      lose(sheet, unitSource(unit), {
        what: `${program} celery ${unit.line?.subcommand}`,
        why: `${program} starts Celery with a module and options of its own`,
        nearest: 'app.module, which celery -A finds without it, and the props of the pool',
      });
  }
}

/** Words before every command of Celery; those of one program alone are told. */
function writeEntrypoint({ sheet }: Writing, own: readonly Unit[]): void {
  const lines = own.filter(({ line }) => line !== undefined);
  const [first] = lines;
  const before = wrapperOf(first);
  const alike = lines.every((unit) => wrapperOf(unit).join(' ') === before.join(' '));
  if (first !== undefined && before.length > 0 && alike)
    say(sheet, ['app', 'entrypoint'], before, unitSource(first));
  else
    for (const unit of lines.filter((one) => wrapperOf(one).length > 0))
      lose(sheet, unitSource(unit), {
        what: `the words before celery: ${wrapperOf(unit).join(' ')}`,
        why: 'not every command of the app has them',
        nearest: 'app.entrypoint, which stands before all of them',
      });
  if (own.some(({ program }) => program.entrypoint.length === 0))
    sheet.checks.add(
      "Whether the image's own ENTRYPOINT does something (waits, reads secrets, changes the user): Stalk's commands run without it. If so, write it to app.entrypoint.",
    );
}

function writeUser({ sheet }: Writing, own: readonly Unit[]): void {
  const known = own.find(({ program }) => program.user !== undefined && program.user > 0);
  const root = own.find(({ program }) => program.user === 0);
  if (known !== undefined) say(sheet, ['app', 'user'], known.program.user, unitSource(known));
  else
    sheet.checks.add(
      'Which numeric user the image runs as: Stalk runs it as 10001 (app.user), and it must be able to read its own files.',
    );
  if (root !== undefined)
    lose(sheet, unitSource(root), {
      what: 'user 0',
      why: 'Pod Security restricted refuses root',
      nearest: 'app.user, and an image whose files that user may read',
    });
}

function writeWorkingDir({ sheet }: Writing, own: readonly Unit[]): void {
  const asked = own.map((unit) => ({
    unit,
    dir: unit.program.workingDir ?? given(unit, 'workdir') ?? folderOfCd(unit),
  }));
  const first = asked.find(({ dir }) => dir !== undefined && dir.startsWith('/'));
  if (first !== undefined) say(sheet, ['app', 'workingDir'], first.dir, unitSource(first.unit));
  for (const { unit, dir } of asked)
    if (dir !== undefined && dir !== first?.dir)
      lose(sheet, unitSource(unit), {
        what: `working directory ${dir}`,
        why: 'an app has one',
        nearest: 'app.workingDir',
      });
}

/** `cd /app && celery …`. */
const folderOfCd = ({ before }: Unit): string | undefined => before.find(([word]) => word === 'cd')?.[1];

function writePythonPath({ sheet }: Writing, own: readonly Unit[]): void {
  const variable = variableOf(own, 'PYTHONPATH');
  const folders =
    variable?.value.kind === 'plain'
      ? variable.value.text.split(':').filter((one) => one.startsWith('/'))
      : [];
  if (variable !== undefined && folders.length > 0)
    say(sheet, ['app', 'pythonPath'], [...new Set(folders)], `PYTHONPATH in ${variable.source}`);
}

const LEVELS: Readonly<Record<string, string>> = { warn: 'warning', fatal: 'critical' };

function writeLogLevel({ sheet }: Writing, own: readonly Unit[]): void {
  const levels = own.flatMap((unit) => {
    const text = given(unit, 'loglevel')?.toLowerCase();
    return text === undefined || !/^[a-z]+$/.test(text) ? [] : [{ unit, level: LEVELS[text] ?? text }];
  });
  const [first] = levels;
  if (first === undefined) return;
  say(sheet, ['app', 'logLevel'], first.level, unitSource(first.unit));
  for (const { unit, level } of levels)
    if (level !== first.level)
      lose(sheet, unitSource(unit), {
        what: `log level ${level}`,
        why: 'an app has one',
        nearest: 'app.logLevel',
      });
}
