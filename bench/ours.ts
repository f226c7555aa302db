// Renders N made tenants the way the product does; prints seconds and peak memory as JSON.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { platforms, writeGitOps } from '../lib';
import { environment, madeTenants } from './tenants';

const count = Number(process.argv[2]);
const folder = mkdtempSync(join(tmpdir(), 'stalk-bench-'));
const started = process.hrtime.bigint();
const written = writeGitOps(
  platforms({ environments: [environment], tenants: madeTenants(count) }),
  join(folder, 'dist'),
);
const seconds = Number(process.hrtime.bigint() - started) / 1e9;
rmSync(folder, { recursive: true });
console.log(
  JSON.stringify({
    seconds,
    megabytes: process.resourceUsage().maxRSS / 1024,
    objects: written.reduce((sum, { objects }) => sum + objects, 0),
  }),
);
