import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LISTED, LISTS, lacking, programsOf, run } from './python';

/** A busy machine takes longer than the 70 s of this one. */
const PATIENCE = 600_000;

/** Tests of the files beside this one: `test_it_holds` is `it holds`. */
const promises = readdirSync(LISTS)
  .filter((file) => /^test_.*\.py$/.test(file))
  .flatMap((file) => [...readFileSync(join(LISTS, file), 'utf8').matchAll(/^def test_(\w+)/gm)])
  .map(([, name = '']) => name);

const CASE = /<testcase [^>]*?\bname="test_(\w+)[^"]*"[^>]*?(?:\/>|>([^]*?)<\/testcase>)/g;

/** By the name of each test that pytest ran, without parameters: what it says where one did not pass. */
type Report = ReadonlyMap<string, readonly string[]>;

async function report(celery: string): Promise<Report> {
  const file = join(tmpdir(), `pytest-${celery}.xml`);
  const pytest = ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', '--tb=short', `--junitxml=${file}`];
  const said = await run(join(await programsOf(celery), 'python'), ...pytest).catch(String);
  if (!existsSync(file)) throw new Error(said);
  const found = new Map<string, string[]>();
  for (const [, name = '', complaint = ''] of readFileSync(file, 'utf8').matchAll(CASE))
    found.set(name, [...(found.get(name) ?? []), ...(complaint === '' ? [] : [complaint])]);
  return found;
}

if (lacking.length > 0) console.warn(`the loader is NOT proven here: ${lacking.join(' and ')} not on PATH`);

(lacking.length > 0 ? describe.skip : describe)('the loader', () => {
  let reports: ReadonlyMap<string, Report>;

  // At once: most of the time these wait for a process to start, and one of them for the next minute
  beforeAll(async () => {
    const all = LISTED.map(async (celery) => [celery, await report(celery)] as const);
    reports = new Map(await Promise.all(all));
  }, PATIENCE);

  describe.each(LISTED)('with Celery %s', (celery) => {
    it.each(promises)('%s', (name) => {
      const complaints = reports.get(celery)?.get(name);

      expect(complaints?.filter((text) => !text.startsWith('<skipped'))).toEqual([]);
    });
  });
});
