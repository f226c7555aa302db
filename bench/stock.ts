// The same charts in one stock cdk8s App with the stock YAML; prints CPU seconds and peak memory as JSON.

import { App } from 'cdk8s';
import { TenantChart } from '../lib/charts/tenant-chart';
import { platforms } from '../lib';
import { measured } from './measured';
import { environment, madeTenants } from './tenants';

const [count, folder = ''] = process.argv.slice(2);

measured(() => {
  const app = new App({ outdir: folder });
  const [platform] = platforms({ environments: [environment], tenants: madeTenants(Number(count)) });
  for (const tenant of platform ? platform.tenants : []) new TenantChart(app, tenant);
  app.synth();
});
