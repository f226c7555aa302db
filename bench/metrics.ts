// CPU time and instructions of a task with the loader's metrics, as a share of those without: `npm run bench:metrics`.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { programsOf } from '../test/live/python';

const CELERY = '5.6';

void programsOf(CELERY).then((programs) => {
  const codes = ['metrics_cpu.py', 'metrics_instructions.py'].map(
    (script) => spawnSync(join(programs, 'python'), [join(__dirname, script)], { stdio: 'inherit' }).status,
  );
  process.exitCode = codes.every((code) => code === 0) ? 0 : 1;
});
