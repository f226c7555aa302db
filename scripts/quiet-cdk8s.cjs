// Lets `npx cdk8s` work without asking the registry for a newer version of itself, which it does on every run and which
// fails loudly in a closed network. cdk8s.yaml has no such setting, so `npm install` puts CDK8S_CHECK_UPGRADE before it.

const { existsSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const command = join(process.cwd(), 'node_modules', '.bin', 'cdk8s');
const cli = join(process.cwd(), 'node_modules', 'cdk8s-cli', 'bin', 'cdk8s');

const LAUNCHER = `#!/usr/bin/env node
process.env.CDK8S_CHECK_UPGRADE ??= 'false';
require('../cdk8s-cli/bin/cdk8s');
`;

// Windows starts .cmd files instead
if (process.platform !== 'win32' && existsSync(command) && existsSync(cli)) {
  rmSync(command);
  writeFileSync(command, LAUNCHER, { mode: 0o755 });
}
