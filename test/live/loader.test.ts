import { join } from 'node:path';
import { lacking, programsOf, run } from './python';

/** Installing with an empty cache of packages took 30 s here, the tests 70 s; a busy machine takes longer. */
const PATIENCE = 600_000;

if (lacking.length > 0) console.warn(`the loader is NOT proven here: ${lacking.join(' and ')} not on PATH`);

(lacking.length > 0 ? describe.skip : describe)('the loader in a real Celery on a real Redis', () => {
  // At once: most of the time these wait for a process to start, and one of them for the next minute
  test.concurrent.each(['5.5', '5.6', '5.7'])(
    'holds every promise with Celery %s',
    async (version) => {
      const programs = await programsOf(version);

      const report = await run(
        join(programs, 'python'),
        '-m',
        'pytest',
        '-q',
        '-p',
        'no:cacheprovider',
        '--tb=short',
      );

      expect(report).toMatch(/\d+ passed/);
      console.info(`Celery ${version}: ${report.trim().split('\n').at(-1)}`);
    },
    PATIENCE,
  );
});
