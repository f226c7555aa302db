// A cluster that `stalk verify` cannot use: one line, and 2. Jest cannot load the official client, so each is a process.

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');
const reference = join(root, 'test', 'reference', 'index.ts');
const scratch = mkdtempSync(join(tmpdir(), 'stalk-cli-'));

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** As `npx stalk` runs it, with a kubeconfig whose only cluster is `server`. */
function spawned(server: string, ...argv: readonly string[]): Promise<Ended> {
  const KUBECONFIG = join(scratch, 'kubeconfig');
  writeFileSync(
    KUBECONFIG,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'here',
      contexts: [{ name: 'here', context: { cluster: 'c', user: 'u' } }],
      clusters: [{ name: 'c', cluster: { server, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'u', user: { token: 'hunter2' } }],
    }),
  );
  return new Promise((resolve) =>
    execFile(
      process.execPath,
      [join(root, 'scripts', 'stalk.cjs'), ...argv],
      { env: { ...process.env, KUBECONFIG } },
      (error, out, err) => resolve({ code: Number(error?.code ?? 0), out, err }),
    ),
  );
}

describe('a cluster that is in the way', () => {
  let api: Server;
  let answer: (request: IncomingMessage, body: string) => readonly [number, object];

  beforeAll(async () => {
    api = createServer((request: IncomingMessage, response: ServerResponse) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const [status, json] = answer(request, body);
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
      });
    });
    await new Promise<void>((done) => api.listen(0, '127.0.0.1', done));
  });

  afterAll(() => api.close());

  const server = (): string => `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
  const verify = (at = server()) =>
    spawned(at, 'verify', 'typesafe', '--env', 'dev', '--from', reference, '--out', join(scratch, 'out'));
  const review = (body: string): { readonly resource: string; readonly verb: string } =>
    (JSON.parse(body) as { spec: { resourceAttributes: { resource: string; verb: string } } }).spec
      .resourceAttributes;

  test('because nothing listens, is one line and 2', async () => {
    const closed = createServer();
    await new Promise<void>((done) => closed.listen(0, '127.0.0.1', done));
    const { port } = closed.address() as AddressInfo;
    await new Promise((done) => closed.close(done));

    const { code, out, err } = await verify(`http://127.0.0.1:${port}`);

    expect([code, out]).toEqual([2, '']);
    expect(err.trim()).toBe(
      `context "here": the cluster at http://127.0.0.1:${port} must answer, got connection refused; start the cluster, or choose another with --context`,
    );
  });

  test('because its name does not resolve, is one line and 2', async () => {
    const { code, err } = await verify('http://no-such-cluster.invalid');

    expect(code).toBe(2);
    expect(err.trim()).toMatch(
      /^context "here": the cluster at \S+ must answer, got its name does not resolve; [^\n]+$/,
    );
  });

  test('because it does not know us, is one line and 2, without the token', async () => {
    answer = () => [401, { message: 'Unauthorized' }];

    const { code, err } = await verify();

    expect(code).toBe(2);
    expect(err.trim()).toBe(
      `context "here": ${server()} must accept the credentials of the kubeconfig, got 401 unauthorized; log in again`,
    );
    expect(err).not.toContain('hunter2');
  });

  test('because rights are missing, is one line for each namespace and 2', async () => {
    answer = ({ url }, body) => {
      if (url === '/version') return [200, { gitVersion: 'v1.34.2' }];
      const { resource, verb } = review(body);
      return [
        201,
        { status: { allowed: !(resource === 'pods' && verb !== 'list') && resource !== 'deployments' } },
      ];
    };

    const { code, err } = await verify();

    expect(code).toBe(2);
    expect(err.trim()).toBe(
      'context "here": this user must be allowed to get pods/exec, create pods/exec, get pods/log, get deployments.apps' +
        ' in namespace "typesafe", got no such right; docs/verify.md has them all',
    );
  });

  test('because the namespace is missing, is one line and 2', async () => {
    answer = ({ url }) => {
      if (url === '/version') return [200, { gitVersion: 'v1.34.2' }];
      if (url?.includes('selfsubjectaccessreviews')) return [201, { status: { allowed: true } }];
      return [404, { message: 'not found' }];
    };

    const { code, err } = await verify();

    expect(code).toBe(2);
    expect(err.trim()).toMatch(
      /^context "here": namespace "typesafe" must be there for tenants\/typesafe, got none; [^\n]+$/,
    );
  });

  test('because there is no such context, is one line and 2', async () => {
    const { code, err } = await spawned(
      server(),
      'verify',
      '--env',
      'dev',
      '--from',
      reference,
      '--context',
      'there',
    );

    expect([code, err.trim()]).toEqual([
      2,
      `--context must be one of kubeconfig ${join(scratch, 'kubeconfig')}, got there; there are here`,
    ]);
  });
});
