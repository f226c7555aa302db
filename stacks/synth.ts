// The cdk8s app: every environment into the GitOps tree. `npm run synth` and `npx cdk8s synth` run it.

import { join, resolve } from 'node:path';
import { platforms, writeGitOps } from '../lib';
import { tenants } from '../tenants';
import { environments } from './environments';

/** Where the CLI says, else `dist/` in the repository, wherever the command was run. */
const folder = process.env.CDK8S_OUTDIR ? resolve(process.env.CDK8S_OUTDIR) : join(__dirname, '..', 'dist');

try {
  for (const written of writeGitOps(platforms({ environments, tenants }), folder)) {
    console.log(`${written.environment}: ${written.tenants} tenants, ${written.objects} objects`);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
