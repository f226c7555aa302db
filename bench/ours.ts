// Writes N made tenants into a folder the way the product does; prints CPU seconds and peak memory as JSON.

import { join } from 'node:path';
import { platforms, writeGitOps } from '../lib';
import { measured } from './measured';
import { environment, madeTenants } from './tenants';

const [count, folder = ''] = process.argv.slice(2);

measured(() => {
  const tree = join(folder, 'dist');
  const all = platforms({ environments: [environment], tenants: madeTenants(Number(count)) });
  writeGitOps(all, tree, { known: join(folder, 'known.json') });
});
