// What `--help` of every command looks like on a terminal of 80 columns, and `--version`.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { main } from '../../lib/cli/main';

async function said(...argv: readonly string[]): Promise<string> {
  const lines: string[] = [];
  const take = (text: string): number => lines.push(text);
  await main(argv, { out: take, err: take, progress: take });
  return lines.join('\n');
}

/** Every command below one, by what its help lists. */
async function below(path: readonly string[]): Promise<readonly (readonly string[])[]> {
  const [, list = ''] = (await said(...path, '--help')).split(/^Commands:$/m);
  const names = [...list.matchAll(/^ {2}([a-z][a-z-]*)/gm)]
    .map(([, name = '']) => name)
    .filter((name) => name !== 'help');
  const all = await Promise.all(names.map((name) => below([...path, name])));
  return [path, ...all.flat()];
}

test('every command is here', async () => {
  const names = (await below([])).map((path) => path.join(' '));

  expect(names).toEqual(
    expect.arrayContaining(['', 'init', 'new', 'new tenant', 'synth', 'verify', 'loadtest', 'completion']),
  );
});

test('no line of any help is wider than 80 columns', async () => {
  const helps = await Promise.all((await below([])).map((path) => said(...path, '--help')));

  const wide = helps.flatMap((help) => help.split('\n')).filter((line) => [...line].length > 80);

  expect(wide).toEqual([]);
});

test('--version is the one of package.json', async () => {
  const { version } = JSON.parse(readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8'));

  expect(await said('--version')).toBe(version);
});
