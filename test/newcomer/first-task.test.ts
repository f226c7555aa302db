// docs/first-task.md word for word: from an empty folder and an empty cluster to the first executed task.

import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blocksOf, ROOT, textOf } from '../docs/pages';

const HAS_CLUSTER = process.env['KUBECONFIG'] !== undefined;
const STORAGE_CLASS = process.env['STALK_STORAGE_CLASS'] ?? 'local';
const PAGE = join('docs', 'first-task.md');

if (!HAS_CLUSTER) console.warn('docs/first-task.md is NOT proven here: KUBECONFIG names no cluster');

/** Commands of a section, one text for a block. */
function commandsOf(heading: string): readonly string[] {
  const section = textOf(PAGE)
    .split(/^## /m)
    .find((part) => part.startsWith(heading));
  const commands = blocksOf(PAGE).filter(
    ({ language, code }) => language === 'sh' && section?.includes(code),
  );
  if (commands.length === 0) throw new Error(`${PAGE} has no commands under "${heading}"`);
  return commands.map(({ code }) => code);
}

(HAS_CLUSTER ? describe : describe.skip)('a newcomer with docs/first-task.md', () => {
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'stalk-newcomer-')));
  const project = join(scratch, 'our-tenants');

  /** What it printed; any other end than 0 fails the test with all that was said. */
  const shell = (commands: string): string => {
    const script = ['-euc', commands];
    const { status, stdout, stderr } = spawnSync('bash', script, {
      cwd: project,
      encoding: 'utf8',
      env: ENV,
    });
    if (status === 0) return stdout;
    throw new Error(`${commands}\nended with ${String(status)}\n${stdout}${stderr}`);
  };
  const follow = (heading: string): readonly string[] => commandsOf(heading).map(shell);
  const edit = (path: string, from: RegExp | string, to: string): void => {
    const text = readFileSync(join(project, path), 'utf8');
    const edited = text.replace(from, () => to);
    if (edited === text) throw new Error(`${path} holds no ${String(from)}:\n${text}`);
    writeFileSync(join(project, path), edited);
  };

  beforeAll(() => {
    mkdirSync(project);
    const pack = ['pack', '--silent', '--pack-destination', scratch];
    expect(spawnSync('npm', pack, { cwd: ROOT, encoding: 'utf8', env: ENV })).toMatchObject({ status: 0 });
    const tarball = String(readdirSync(scratch).find((name) => name.endsWith('.tgz')));
    const quiet = '--prefer-offline --no-audit --no-fund --silent';
    shell(`npm install ${quiet} ../${tarball} && npx stalk init && npm install ${quiet}`);
    const [example] = blocksOf('README.md').filter(({ file }) => file === 'docs/examples/acme.ts');
    writeFileSync(join(project, 'tenants', 'acme.ts'), String(example?.code));
    edit('tenants/index.ts', /import .*hello.*\n/, "import { acme } from './acme';\n");
    edit('tenants/index.ts', '[hello]', '[acme]');
    rmSync(join(project, 'tenants', 'hello.ts'));
  });

  afterAll(() => {
    spawnSync('kubectl', [
      'delete',
      '--ignore-not-found',
      '--wait=false',
      'namespace',
      'acme',
      'broker-main',
    ]);
    rmSync(scratch, { recursive: true, force: true });
  });

  it('finds the storage class of the cluster, and names it', () => {
    const [classes] = follow('2. The environment');

    expect(classes).toContain(STORAGE_CLASS);
    edit('stacks/environments.ts', "storageClass: 'standard'", `storageClass: '${STORAGE_CLASS}'`);
  });

  it('renders and applies, the whole of it and each part', () => {
    const [all, parts] = follow('3. Render and apply');

    expect(all).toContain('deployment.apps/worker-default created');
    expect(parts).not.toContain('created');
  });

  it('waits until Redis and the worker are there', () => {
    expect(follow('4. Wait').join('')).toContain('"worker-default" successfully rolled out');
  });

  it('sends a task, reads its result and finds it in the log', () => {
    const [result, log] = follow('5. Send a task');

    expect(result).toBe('5\n');
    expect(log).toMatch(/Task acme\.tasks\.add\[.*\] succeeded/);
  });

  it('has the rest proven', () => {
    expect(follow('6. Prove the rest').join('')).toMatch(/ok/);
  });
});

/** Without what `npm run` and jest leave for their children, which would lead npm back to the clone. */
const ENV = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(npm_|INIT_CWD$|NODE_ENV$|JEST_|NODE_OPTIONS$)/.test(name),
  ),
);
