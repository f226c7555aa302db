/**
 * Puts defects into a copy of the project, one at a time, and tells which tests find each by name.
 * `npm run test:defects`, or `npm run test:defects -- redis quota` for the room `redis` and what has `quota` in its name.
 */
import { copyOf, failing, unfit, withDefect } from './defects/copy';
import type { Copy } from './defects/copy';
import type { Defect, Room } from './defects/defect';
import { rooms } from './defects/rooms';

/** Of the tests that find a defect, so many are named. */
const NAMED = 3;

const words = process.argv.slice(2);
const asked = ({ name }: Room, defect: Defect): boolean =>
  words.length === 0 || words.some((word) => word === name || defect.name.includes(word));

const chosen = rooms
  .map((room) => ({ ...room, defects: room.defects.filter((defect) => asked(room, defect)) }))
  .filter(({ defects }) => defects.length > 0);

const outdated = chosen.flatMap(({ defects }) =>
  defects.flatMap((defect) => {
    const why = unfit('.', defect);
    return why === undefined ? [] : [`"${defect.name}" has to be rewritten: ${why}`];
  }),
);

const seconds = (since: number): string => `${((Date.now() - since) / 1000).toFixed(0)} s`;

/** Failing tests that say what is wrong, of the first folder that has some. */
function namedIn(copy: Copy, tests: readonly string[], { says }: Pick<Defect, 'says'>): readonly string[] {
  const [first, ...rest] = tests;
  if (first === undefined) return [];
  const found = failing(copy, [first], says).filter((name) => says.test(name));
  return found.length > 0 ? found : namedIn(copy, rest, { says });
}

/** Whether a test says what is wrong; the others are asked only where none does. */
function hunt(copy: Copy, tests: readonly string[], defect: Defect): boolean {
  const start = Date.now();
  const [named, others] = withDefect(copy, defect, () => {
    const found = namedIn(copy, tests, defect);
    return [found, found.length > 0 ? [] : failing(copy, tests)];
  });
  console.log(`\n${defect.name} (${seconds(start)})`);
  console.log(named.length > 0 ? '  found by' : '  NOT FOUND by name; these fail:');
  for (const name of [...named, ...others, 'none'].slice(
    0,
    Math.min(NAMED, named.length + others.length) || 1,
  ))
    console.log(`    ${name}`);
  return named.length > 0;
}

function huntIn(copy: Copy, { name, tests, defects }: Room): readonly string[] {
  console.log(`\n== ${name}: ${defects.length} defects`);
  return defects.filter((defect) => !hunt(copy, tests, defect)).map((defect) => defect.name);
}

/** Or every defect would be found. */
function refuseFailing(copy: Copy): void {
  const before = failing(
    copy,
    chosen.flatMap(({ tests }) => tests),
  );
  if (before.length > 0)
    throw new Error(`tests fail before any defect: ${before.slice(0, NAMED).join('; ')}`);
}

function main(): number {
  if (outdated.length > 0) {
    outdated.forEach((line) => console.error(line));
    return 1;
  }
  const start = Date.now();
  const copy = copyOf('.');
  try {
    refuseFailing(copy);
    const missed = chosen.flatMap((room) => huntIn(copy, room));
    const count = chosen.reduce((sum, { defects }) => sum + defects.length, 0);
    console.log(`\n${count - missed.length} of ${count} defects found by name in ${seconds(start)}`);
    missed.forEach((name) => console.log(`  NOT FOUND: ${name}`));
    return missed.length === 0 ? 0 : 1;
  } finally {
    copy.remove();
  }
}

process.exitCode = main();
