// The completion scripts: bash's as bash runs it, the others by their words.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../lib/cli/main';

const project = mkdtempSync(join(tmpdir(), 'stalk-completion-'));

beforeAll(() => {
  mkdirSync(join(project, 'stacks'));
  writeFileSync(join(project, 'stacks', 'list.ts'), '');
  for (const folder of [
    'dev/tenants/acme',
    'dev/brokers/main',
    'production/tenants/globex',
    'dev/gitops/flux',
  ])
    mkdirSync(join(project, 'dist', folder), { recursive: true });
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

async function script(shell: string): Promise<string> {
  const lines: string[] = [];
  const take = (text: string): number => lines.push(text);
  await main(['completion', shell], { out: take, err: take, progress: take });
  return lines.join('\n');
}

/** What bash offers for the last word, in a folder below the project. */
async function offered(...words: readonly string[]): Promise<readonly string[]> {
  const line = ['stalk', ...words].map((word) => `'${word}'`).join(' ');
  const asks = `COMP_WORDS=(${line}); COMP_CWORD=${words.length}; _stalk; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', `${await script('bash')}\n${asks}`], {
    cwd: join(project, 'stacks'),
    encoding: 'utf8',
  });
  if (stderr !== '') throw new Error(stderr);
  return stdout.split('\n').filter((word) => word !== '');
}

test.each([
  ['commands', ['s'], ['synth', 'status']],
  ['the commands of a command', ['new', ''], ['tenant', '--help']],
  ['options', ['verify', '--d'], ['--disruptive']],
  ['options of adopt', ['adopt', '--na'], ['--namespace', '--name']],
  ['options of a nested command', ['new', 'tenant', 'acme', '--d'], ['--dialect']],
  ['the environments in dist/', ['verify', '--env', ''], ['dev', 'production']],
  ['the tenants in dist/', ['verify', '--env', 'dev', 'a'], ['acme']],
  ['the values of an option', ['new', 'tenant', '--dialect', 'd'], ['django']],
  ['the values of an argument', ['completion', 'f'], ['fish']],
  ['nothing where the shell completes files', ['synth', '--out', 'a'], []],
] as const)('bash completes %s', async (_what, words, expected) => {
  expect(await offered(...words)).toEqual(expected);
});

test('zsh reads the script of bash through its own bridge', async () => {
  const [bash, zsh] = await Promise.all([script('bash'), script('zsh')]);

  expect(zsh.split('\n')).toContain('bashcompinit');
  expect(zsh.endsWith(bash)).toBe(true);
});

test('fish knows commands, options, environments and tenants', async () => {
  const lines = (await script('fish')).split('\n');

  expect(lines.some((line) => /-f -a synth -d '/.test(line))).toBe(true);
  expect(lines).toContain(
    `complete -c stalk -n '__fish_seen_subcommand_from verify' -f -a "(__stalk_names 3 '*/tenants/*')"`,
  );
  expect(lines.find((line) => line.includes('from verify') && line.includes('-l env'))).toContain(
    `-x -a "(__stalk_names 1 '*')"`,
  );
});

test('fails for a shell that it does not know', async () => {
  expect(await script('powershell')).toContain('Allowed choices are bash, zsh, fish');
});
