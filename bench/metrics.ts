// Instructions of a task with the loader's metrics, as a share of those without: `npm run bench:metrics`.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { programsOf } from '../test/live/python';

const CELERY = '5.6';

void programsOf(CELERY).then((programs) => {
  const { status } = spawnSync(join(programs, 'python'), [join(__dirname, 'metrics.py')], {
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
});
