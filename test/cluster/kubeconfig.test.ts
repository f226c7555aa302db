// What somebody is told whose kubeconfig does not lead to a cluster: one line, which file, and what to do.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { unreachable } from '../../lib/cluster/errors';
import type { Question } from './connecting';

/** Loading the official client takes a second, and ten on a busy machine. */
jest.setTimeout(60_000);

const scratch = mkdtempSync(join(tmpdir(), 'stalk-kubeconfig-'));
const file = join(scratch, 'config');
const connecting = fork(join(__dirname, 'connecting.ts'), {
  execArgv: ['--require', join(__dirname, '..', '..', 'scripts', 'register.cjs')],
});

afterAll(() => {
  connecting.kill();
  rmSync(scratch, { recursive: true, force: true });
});

interface Changes {
  readonly current?: string;
  readonly context?: object;
  readonly cluster?: object;
  readonly user?: object;
}

const SERVER = 'https://127.0.0.1:1';

const config = ({ current = 'here', context, cluster, user }: Changes = {}): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    ...(current !== '' && { 'current-context': current }),
    contexts: [{ name: 'here', context: { cluster: 'c', user: 'u', ...context } }],
    clusters: [{ name: 'c', cluster: { server: SERVER, ...cluster } }],
    users: [{ name: 'u', user: user ?? { token: 'hunter2' } }],
  });

const plugin = (command: string, ...args: readonly string[]): string =>
  config({ user: { exec: { apiVersion: 'client.authentication.k8s.io/v1', command, args } } });

/** The whole of what a command would say. */
async function told(text: string, question: Partial<Question> = {}): Promise<string> {
  writeFileSync(file, text);
  connecting.send({ KUBECONFIG: file, HOME: scratch, ...question });
  const [answer] = (await once(connecting, 'message')) as [string];
  return answer;
}

test.each<readonly [string, string, string]>([
  ['is empty', '\n', 'must be a kubeconfig, got nothing in it; correct it, or set KUBECONFIG to another'],
  [
    'is no YAML',
    'apiVersion: v1\n  foo: [\n',
    'must be a kubeconfig, got bad indentation of a mapping entry (2:6); correct it, or set KUBECONFIG to another',
  ],
  ['is something else', 'hello', "must have a context, got none; set KUBECONFIG to the cluster's"],
  [
    'has no current-context',
    config({ current: '' }),
    'current-context must name a context, got none; choose one with --context, there are here',
  ],
  [
    'has a current-context that is gone',
    config({ current: 'gone' }),
    'current-context must name a context, got gone; choose one with --context, there are here',
  ],
  [
    'does not list the cluster',
    config({ context: { cluster: 'd' } }),
    'context "here": its cluster must be listed, got d; there are c',
  ],
  [
    'does not list the user',
    config({ context: { user: 'v' } }),
    'context "here": its user must be listed, got v; there are u',
  ],
  [
    'has a server that is no URL',
    config({ cluster: { server: 'prod' } }),
    'context "here": server of cluster c must be a URL with https, got prod; correct it',
  ],
  [
    'would send credentials in the clear',
    config({ cluster: { server: 'http://127.0.0.1:1' } }),
    'context "here": server of cluster c must be a URL with https, got http://127.0.0.1:1; correct it',
  ],
])('fails when the kubeconfig %s', async (_, text, message) => {
  expect(await told(text)).toBe(`kubeconfig ${file}: ${message}`);
});

test('fails with a line for each file of KUBECONFIG that cannot be read', async () => {
  const KUBECONFIG = [join(scratch, 'none'), file, scratch].join(delimiter);

  const lines = (await told(config(), { KUBECONFIG })).split('\n');

  expect(lines).toEqual([
    `kubeconfig ${join(scratch, 'none')}: must be a kubeconfig, got no such file; correct it, or set KUBECONFIG to another`,
    `kubeconfig ${scratch}: must be a kubeconfig, got a folder; correct it, or set KUBECONFIG to another`,
  ]);
});

test('fails when there is no kubeconfig at all', async () => {
  expect(await told('', { KUBECONFIG: '' })).toBe(
    'kubeconfig: must be named by KUBECONFIG or be ~/.kube/config, got neither; set one',
  );
});

test('fails when there is no such context', async () => {
  expect(await told(config(), { context: 'there' })).toBe(
    `--context must be one of kubeconfig ${file}, got there; there are here`,
  );
});

test.each<readonly [string, string, string]>([
  [
    'whose plugin is missing',
    plugin('no-such-plugin'),
    'got no program no-such-plugin; install this plugin, or put it on PATH',
  ],
  [
    'whose plugin fails',
    plugin(process.execPath, '-e', 'console.error("please sign in"); process.exit(1)'),
    'got please sign in; log in again, or check its user and its cluster in the kubeconfig',
  ],
  [
    'whose certificate is missing',
    config({ user: { 'client-certificate': '/nowhere.crt', 'client-key': '/nowhere.key' } }),
    'got no such file /nowhere.crt; log in again, or check its user and its cluster in the kubeconfig',
  ],
])('fails for a user %s', async (_, text, message) => {
  expect(await told(text)).toBe(
    `context "here": its credentials and certificates must be usable, ${message}`,
  );
});

test('fails when the server refuses connections', async () => {
  expect(await told(config())).toBe(
    `context "here": the cluster at ${SERVER} must answer, got connection refused; start the cluster, or choose another with --context`,
  );
});

describe('a server that is no API server', () => {
  const server = createServer((_, response) => response.end('<html>Sign\nin</html>'));
  const port = (): number => (server.address() as AddressInfo).port;
  beforeAll(() => new Promise<void>((done) => server.listen(0, '127.0.0.1', done)));
  afterAll(() => server.close());

  test('fails when it answers something else', async () => {
    const url = `http://127.0.0.1:${port()}`;

    const said = await told(config({ cluster: { server: url, 'insecure-skip-tls-verify': true } }));

    expect(said).toBe(
      `context "here": ${url} must be a Kubernetes API server, got the answer <html>Sign in</html>; check server in the kubeconfig, and proxies`,
    );
  });

  test('fails when it speaks no TLS', async () => {
    const url = `https://127.0.0.1:${port()}`;

    expect(await told(config({ cluster: { server: url } }))).toBe(
      `context "here": the cluster at ${url} must answer, got no TLS that fits; check that server in the kubeconfig has the right port`,
    );
  });
});

/** Codes as Node 20 gave them for real servers with such certificates. */
test.each([
  [
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    "that is not of the kubeconfig's certificate-authority; make the kubeconfig anew",
  ],
  [
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    "that is not of the kubeconfig's certificate-authority; make the kubeconfig",
  ],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'for other names; give server a name that the certificate has'],
  ['CERT_HAS_EXPIRED', 'that is not valid now; check the clock here'],
])('fails for a certificate with %s', (code, said) => {
  const error = Object.assign(new Error('secret words of OpenSSL'), { code });

  const { message } = unreachable({ context: 'here', server: SERVER }, error);

  expect(message).toContain(
    `context "here": the cluster at ${SERVER} must answer, got a certificate ${said}`,
  );
});
