// The command line in a pipe whose reader has read enough: `npx stalk … | head -1`.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';

/** A process that loads the Kubernetes client takes two seconds, and ten on a busy machine. */
jest.setTimeout(60_000);

const root = join(__dirname, '..', '..');
const stalk = join(root, 'scripts', 'stalk.cjs');
const reference = join(root, 'test', 'reference', 'index.ts');
const scratch = mkdtempSync(join(tmpdir(), 'stalk-pipe-'));
const KUBECONFIG = join(scratch, 'kubeconfig');

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A shell's own pipe, as Node would lay a socket. The exit code comes beside it. */
async function piped(pipe: string, ...argv: readonly string[]) {
  const script = `{ "$@" ${pipe.replace('|', '; echo $? >&3; } |')}`;
  const shell = spawn('sh', ['-c', script, 'sh', process.execPath, stalk, ...argv], {
    env: { ...process.env, KUBECONFIG },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const [out, err, code] = await Promise.all(
    [shell.stdout, shell.stderr, shell.stdio[3] as Readable].map((stream) => text(stream as Readable)),
  );
  return { out: out?.trim(), err, code: Number(code) };
}

test('help ends quietly when nobody reads it', async () => {
  const ended = await piped('| true', '--help');

  expect(ended).toEqual({ out: '', err: '', code: 0 });
});

test('a complaint keeps its exit code when nobody reads it', async () => {
  const ended = await piped('2>&1 | true', 'verfiy');

  expect(ended).toEqual({ out: '', err: '', code: 2 });
});

test('what is finished is whole, though nobody reads how it went', async () => {
  const out = join(scratch, 'dist');

  const ended = await piped('| true', 'synth', '--from', reference, '--out', out);

  expect(ended).toEqual({ out: '', err: '', code: 0 });
  expect(existsSync(join(out, 'staging', 'kustomization.yaml'))).toBe(true);
});

describe('a verification', () => {
  /** Lets everybody do everything, and has nothing but namespaces. */
  const api = createServer(({ url = '' }, response) => {
    const may = url.includes('selfsubjectaccessreviews');
    const there = may || url === '/version' || /^\/api\/v1\/namespaces\/[^/]+$/.test(url);
    response.writeHead(there ? 200 : 404).end(JSON.stringify({ status: { allowed: true } }));
  });
  beforeAll(() => new Promise<void>((done) => api.listen(0, '127.0.0.1', done)));
  afterAll(() => api.close());

  test('ends with 141 when nobody reads its progress any more, and writes no report', async () => {
    const server = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
    const kubeconfig = {
      'current-context': 'here',
      contexts: [{ name: 'here', context: { cluster: 'c', user: 'u' } }],
      clusters: [{ name: 'c', cluster: { server, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'u', user: { token: 'hunter2' } }],
    };
    writeFileSync(KUBECONFIG, JSON.stringify(kubeconfig));
    const out = join(scratch, 'report');

    const ended = await piped(
      '2>&1 | head -n 1',
      'verify',
      'typesafe',
      '--env',
      'dev',
      '--from',
      reference,
      '--out',
      out,
    );

    expect(ended).toMatchObject({ out: expect.stringContaining('dev: typesafe; '), err: '', code: 141 });
    expect(existsSync(out)).toBe(false);
  });
});
