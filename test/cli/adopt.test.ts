// `stalk adopt` at a terminal: where its results go, and what it refuses.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../lib/cli/main';

const scratch = mkdtempSync(join(tmpdir(), 'stalk-adopt-'));
const SHOP = join(__dirname, '..', 'adopt', 'fixtures', 'shop.yaml');

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

async function adopt(...argv: readonly string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const complain = (text: string) => err.push(text);
  const code = await main(['adopt', ...argv], {
    out: (text) => out.push(text),
    err: complain,
    progress: complain,
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

function fileWith(name: string, text: string): string {
  writeFileSync(join(scratch, name), text);
  return join(scratch, name);
}

test('the tenant goes to stdout, and the summary to stderr', async () => {
  const { code, out, err } = await adopt(SHOP);

  expect(code).toBe(0);
  expect(out).toContain('export const shop: Tenant = {');
  expect(err).toMatch(/^tenant "shop": \d+ props recognised, \d+ guessed, \d+ could not be said/);
});

test('--out writes a new file, and names the tenant after it', async () => {
  const file = join(scratch, 'tenants', 'bazaar.ts');

  const { code, out } = await adopt(SHOP, '--out', file);

  expect([code, out]).toEqual([0, '']);
  expect(readFileSync(file, 'utf8')).toContain("name: 'bazaar', // as you asked");
});

test('fails where --out is there, and leaves it as it is', async () => {
  const file = fileWith('mine.ts', 'mine');

  const { code, err } = await adopt(SHOP, '--out', file);

  expect([code, err]).toEqual([2, expect.stringContaining('--out must be a new file')]);
  expect(readFileSync(file, 'utf8')).toBe('mine');
});

test.each([
  ['no files', [], 'adopt must be given files, - or --namespace, got none; see npx stalk adopt --help'],
  [
    'a file that is not there',
    ['nowhere.yaml'],
    'files must be there to read, got "nowhere.yaml"; there is no such file',
  ],
  ['a folder', [scratch], 'it is a folder: name the files in it'],
  [
    'files and a namespace',
    [SHOP, '--namespace', 'shop'],
    'adopt must read files or a namespace, got both; leave out one of them',
  ],
  [
    'a context alone',
    ['--context', 'prod'],
    'adopt --context must come with --namespace, got none; name the namespace',
  ],
  ['a name that is none', [SHOP, '--name', 'The Shop'], '--name must be lower-case letters'],
])('fails in one line for %s', async (_what, argv, line) => {
  const { code, out, err } = await adopt(...argv);

  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(line);
  expect(err.split('\n')).toHaveLength(1);
});

test.each([
  ['a template of a chart', 'kind: {{ .Values.kind }}\n', 'render it first'],
  [
    'values of a chart',
    'replicas: 3\nimage: a/b\n',
    'must hold Kubernetes objects or a Compose file, got a record of replicas, image',
  ],
  ['YAML that is none', 'a: [1\n', 'must be YAML, got'],
  ['nothing', '\n', 'the files must hold Kubernetes objects or a Compose file, got none'],
  [
    'objects that run nothing',
    'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n',
    'must hold programs that run',
  ],
])('fails for %s, and writes nothing', async (_what, text, line) => {
  const target = join(scratch, 'never.ts');

  const { code, err } = await adopt(fileWith('input.yaml', text), '--out', target);

  expect([code, err]).toEqual([2, expect.stringContaining(line)]);
  expect(existsSync(target)).toBe(false);
});

test('fails for Kubernetes objects and Compose together', async () => {
  const compose = fileWith('compose.yml', 'services: { web: { image: "a/b:1" } }\n');

  const { err } = await adopt(SHOP, compose);

  expect(err).toContain('the files must all be Kubernetes objects or all Compose');
});

test('its help teaches where results go and what is never written', async () => {
  const { code, out } = await adopt('--help');

  expect(code).toBe(0);
  expect(out).toContain('helm template shop ./chart -f prod.yaml | npx stalk adopt - --name shop');
  expect(out).toContain('A password that stands in a file');
});
