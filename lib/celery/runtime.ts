// The loader that runs inside the app's pods, as it lies in `runtime/`.

import { join } from 'node:path';
import type { Runtime } from '../spec/runtimes';
import { programs } from '../traits/runtime';
import type { Programs } from '../traits/runtime';

export const loader = (version: Runtime): Programs => programs(join(__dirname, 'runtime'), version);
