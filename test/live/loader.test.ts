import { existsSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LISTED, LISTS, ON_PYTHON, interpreterOf, lacking, programsOf, run } from './python';

/** Twenty minutes for all on two cores that have other work too. */
const PATIENCE = 1_800_000;

const FILES = readdirSync(LISTS).filter((file) => /^test_.*\.py$/.test(file));

/** Minutes each, and about what Celery and Redis do in time: nothing in them hangs on the version of Python. */
const LONG = ['deliveries', 'times', 'connections', 'held', 'etas', 'bounds', 'moving', 'silence'].map(
  (name) => `test_${name}.py`,
);
const SHORT = FILES.filter((file) => !LONG.includes(file));

/** Tests of the files: `test_it_holds` is `it holds`. */
const promisesOf = (files: readonly string[]): { readonly file: string; readonly name: string }[] =>
  files.flatMap((file) =>
    [...readFileSync(join(LISTS, file), 'utf8').matchAll(/^def test_(\w+)/gm)].map(([, name = '']) => ({
      file,
      name,
    })),
  );

const CASE = /<testcase [^>]*?\bname="test_(\w+)[^"]*"[^>]*?(?:\/>|>([^]*?)<\/testcase>)/g;

/** By the name of each test that pytest ran, without parameters: what it says where one did not pass. */
type Report = ReadonlyMap<string, readonly string[]>;

interface Place {
  readonly title: string;
  /** Its list of packages. */
  readonly list: string;
  readonly interpreter: string;
  readonly files: readonly string[];
}

const HERE = LISTED.map((celery) => ({
  title: `Celery ${celery}`,
  list: celery,
  interpreter: 'python3',
  files: FILES,
}));
const ELSEWHERE = ON_PYTHON.map(({ list, celery, python }) => ({
  title: `Celery ${celery}, Python ${python}`,
  list,
  interpreter: interpreterOf(python),
  files: SHORT,
}));
const PLACES: readonly Place[] = [...HERE, ...ELSEWHERE].flatMap(({ interpreter, ...place }) =>
  interpreter === undefined ? [] : { ...place, interpreter },
);
const WITHOUT = ELSEWHERE.filter(({ interpreter }) => interpreter === undefined);

/** What pytest says of all files, or of tests in them as `file::test_name`. */
async function report({ list, interpreter, files }: Place): Promise<Report> {
  const file = join(mkdtempSync(join(tmpdir(), 'pytest-')), `${list}.xml`);
  const pytest = [
    '-m',
    'pytest',
    '-q',
    '-p',
    'no:cacheprovider',
    '--tb=short',
    `--junitxml=${file}`,
    ...files,
  ];
  const said = await run(join(await programsOf(list, interpreter), 'python'), ...pytest).catch(String);
  if (!existsSync(file)) throw new Error(said);
  const found = new Map<string, string[]>();
  for (const [, name = '', complaint = ''] of readFileSync(file, 'utf8').matchAll(CASE))
    found.set(name, [...(found.get(name) ?? []), ...(complaint === '' ? [] : [complaint])]);
  return found;
}

WITHOUT.forEach(({ title }) => console.warn(`the loader is NOT proven with ${title}: no such python here`));
if (lacking.length > 0) console.warn(`the loader is NOT proven here: ${lacking.join(' and ')} not on PATH`);

(lacking.length > 0 ? describe.skip : describe)('the loader', () => {
  let reports: Map<string, Report>;

  const ask = (places: readonly Place[]): Promise<unknown> =>
    Promise.all(
      places.map(async (place) => {
        const found = await report(place);
        reports.set(place.title, new Map([...(reports.get(place.title) ?? []), ...found]));
      }),
    );
  const here = (files: readonly string[]): readonly Place[] => HERE.map((place) => ({ ...place, files }));

  // At once: the long ones wait for what is due most of their time, and the others for processes to start
  beforeAll(async () => {
    reports = new Map();
    await Promise.all([ask(here(LONG)), ask(here(SHORT)).then(() => ask(PLACES.slice(HERE.length)))]);
  }, PATIENCE);

  describe.each(PLACES)('with $title', (place) => {
    const asked = new Set<string>();

    it.each(promisesOf(place.files))(
      '$name',
      async ({ file, name }) => {
        // Jest asks once more where the first answer is no: then pytest runs it again, alone
        const found = asked.has(name)
          ? await report({ ...place, files: [`${file}::test_${name}`] })
          : reports.get(place.title);
        asked.add(name);

        expect(found?.get(name)?.filter((text) => !text.startsWith('<skipped'))).toEqual([]);
      },
      PATIENCE,
    );
  });

  WITHOUT.forEach(({ title }) => it.skip(`runs with ${title}`, () => undefined));
});
