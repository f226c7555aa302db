// How Pulumi's language host starts the program, and that nobody else loads Pulumi.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { environments } from '../reference';

describe('Pulumi.yaml', () => {
  const root = join(__dirname, '..', '..');
  const { main, runtime } = parse(readFileSync(join(root, 'Pulumi.yaml'), 'utf8')) as {
    main: string;
    runtime: { options: { nodeargs: string } };
  };

  test.each(['.', 'stacks'])('starts Node so that it reads TypeScript, from the folder %s', (folder) => {
    const script = `require('${root}/test/reference/environments.ts').environments.length`;
    const args = [...runtime.options.nodeargs.split(' '), '--print', script];

    const { stdout } = spawnSync(process.execPath, args, { cwd: join(root, folder), encoding: 'utf8' });

    expect(main).toBe('stacks/deploy.ts');
    expect(stdout).toBe(`${environments.length}\n`);
  });
});

describe('a synth', () => {
  test('loads no module of Pulumi', () => {
    const root = join(__dirname, '..', '..');
    const folder = mkdtempSync(join(tmpdir(), 'stalk-'));
    const look =
      "process.on('exit', () => console.log('loaded ' + Object.keys(require.cache).filter((f) => f.includes('@pulumi')).length))";
    const reference = join(root, 'test', 'reference', 'index.ts');
    const argv = [process.execPath, 'stalk', 'synth', '--from', reference, '--out', join(folder, 'dist')];
    const script = `${look}; process.argv = ${JSON.stringify(argv)}; require('./scripts/stalk.cjs')`;

    const { stdout, stderr } = spawnSync(process.execPath, ['--eval', script], {
      cwd: root,
      encoding: 'utf8',
    });
    rmSync(folder, { recursive: true });

    expect(stderr).toBe('');
    expect(stdout).toMatch(/production: \d+ tenants, \d+ objects\nloaded 0\n$/);
  });
});
