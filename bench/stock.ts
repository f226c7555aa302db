// The same charts in one stock cdk8s App with the stock YAML; prints seconds and peak memory as JSON.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdk8s';
import { TenantChart } from '../lib/charts/tenant-chart';
import { platforms } from '../lib';
import { environment, madeTenants } from './tenants';

const count = Number(process.argv[2]);
const folder = mkdtempSync(join(tmpdir(), 'stalk-bench-'));
const started = process.hrtime.bigint();
const app = new App({ outdir: folder });
const [platform] = platforms({ environments: [environment], tenants: madeTenants(count) });
for (const tenant of platform ? platform.tenants : []) new TenantChart(app, tenant);
app.synth();
const seconds = Number(process.hrtime.bigint() - started) / 1e9;
rmSync(folder, { recursive: true });
console.log(JSON.stringify({ seconds, megabytes: process.resourceUsage().maxRSS / 1024 }));
