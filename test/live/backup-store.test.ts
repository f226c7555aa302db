/** Stores of backups that refuse, hang or are not there, and those behind an authority of one's own: what a run says. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type Server as HttpServer, createServer as http, request } from 'node:http';
import { type Server as NetServer, createConnection, createServer as tcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as tls } from 'node:tls';
import type { Environment } from '../../lib';
import { type Json, type Synth, broker as rendered, tenantOf } from '../support/synth';
import { BUCKET, type Bucket, bucket, lackingBucket } from './backup/bucket';
import { jobPod } from './backup/pods';
import { type Recorded, recordedIn } from './backup/recorded';
import { lackingForBackups } from './backup/store';
import { place } from './place';
import { finished, freePort, isOnPath } from './redis-server';
import { type Authority, authority } from './tls/certificates';

const lacking = [
  ...lackingForBackups,
  ...['openssl'].filter((program) => !isOnPath(program)),
  ...(lackingBucket === '' ? [] : [lackingBucket]),
].join(' and ');
if (lacking !== '') console.warn(`stores that do not answer are NOT proven here: no ${lacking}`);

const environmentOf = (endpoint: string): Environment => ({
  ...place,
  brokers: {
    main: {
      topology: 'standalone',
      backup: { to: { kind: 's3', endpoint, bucket: BUCKET, egress: { cidr: '127.0.0.1/32' } } },
    },
  },
});
const objectsAt = (endpoint: string): Synth =>
  rendered('main', environmentOf(endpoint), [tenantOf({ broker: { shared: 'main' } })]);

/** Seconds instead of a minute: enough for restic to try twice. */
const OPENING = '6';

const DUMP = Buffer.concat([Buffer.from('REDIS0011'), randomBytes(100_000)]);

type Env = Readonly<Record<string, string>>;
type Program = 'store' | 'fetch' | 'list';

(lacking === '' ? describe : describe.skip)('a store of backups', () => {
  let folder: string;
  let images: Recorded;
  let ours: Authority;
  let theirs: Authority;
  let store: Bucket;
  const servers: (HttpServer | NetServer)[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'stores-'));
    images = recordedIn(folder);
    [ours, theirs] = [authority('ours'), authority('theirs')];
    store = await bucket();
  });

  afterAll(() => {
    servers.forEach((server) => server.close());
    store?.remove();
    [ours, theirs].forEach((one) => one?.remove());
    rmSync(folder, { recursive: true, force: true });
  });

  /** One container with restic, and what it leaves as its message. */
  const said = async (
    program: Program,
    endpoint: string,
    ca?: string,
    env: Env = { OPENING },
  ): Promise<string> => {
    const pod = jobPod(program === 'store' ? 'redis-backup' : 'redis-drill', {
      ...{ folder, images, objects: objectsAt(endpoint), names: [] },
    });
    writeFileSync(pod.path('scratch/dump.rdb'), DUMP);
    const sum = createHash('sha256').update(DUMP).digest('hex');
    writeFileSync(
      pod.path('scratch/facts'),
      `redis 7.0.0\nkeys 1\nbytes ${DUMP.length}\nsha256 ${sum}\nseconds 1\n`,
    );
    if (ca !== undefined) writeFileSync(pod.path('etc/stalk/store/ca.crt'), ca);
    const child =
      program === 'list'
        ? pod.exec('fetch', ['restore.sh', 'list'], '', env)
        : finished(pod.begin(program, env));
    const { code } = await child;
    const message = code === 0 && program !== 'store' ? '' : readFileSync(pod.path('message'), 'utf8');
    return `${code} ${message}`;
  };

  const listening = async (server: HttpServer | NetServer): Promise<number> => {
    servers.push(server);
    const port = await freePort();
    await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
    return port;
  };
  const answering = (status: number, code: string): HttpServer =>
    http((_, response) => {
      response.writeHead(status, { 'content-type': 'application/xml' });
      response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`);
    });

  const programs: readonly Program[] = ['store', 'fetch', 'list'];
  const all = (endpoint: string, ca?: string): Promise<readonly string[]> =>
    Promise.all(
      // each has a folder of the same name
      [programs.slice(0, 1), programs.slice(1)].map(async (some) => {
        const lines = [];
        for (const program of some) lines.push(await said(program, endpoint, ca));
        return lines;
      }),
    ).then((lines) => lines.flat());

  it.each([
    ['that nobody listens at', () => freePort(), /does not open( within 6 s)?: .*connection refused/],
    ['that accepts and never answers', () => listening(tcp(() => undefined)), /does not open within 6 s: /],
    [
      'that refuses the keys',
      () => listening(answering(403, 'AccessDenied')),
      /does not open: .*(Access ?Denied|refused)/,
    ],
    [
      'that is out of order',
      () => listening(answering(503, 'ServiceUnavailable')),
      /does not open( within 6 s)?: .*(503|[Uu]navailable|refused)/,
    ],
  ])('%s is said so by each program, soon', async (_, at, wanted) => {
    const endpoint = `http://127.0.0.1:${await at()}`;

    const messages = await all(endpoint);

    for (const message of messages) expect(message).toMatch(/^1 /);
    for (const message of messages) expect(message).toMatch(wanted);
    expect(JSON.parse(String(messages[0]?.slice(2)))).toMatchObject({ ok: false });
  });

  it('that goes away in the middle of an upload is given up, and has no snapshot of it', async () => {
    const port = await listening(
      http((asked, response) => {
        const { method, url = '', headers } = asked;
        if (method === 'PUT' && url.includes('/data/')) return; // it never answers
        const options = { host: '127.0.0.1', port: store.port, method, path: url, headers };
        asked.pipe(
          request(options, (answer) => {
            response.writeHead(answer.statusCode ?? 500, answer.headers);
            answer.pipe(response);
          }),
        );
      }),
    );

    const given = await said('store', `http://127.0.0.1:${port}`, undefined, {
      OPENING: '60',
      UPLOADING: '10',
    });
    const listed = await said('fetch', `http://127.0.0.1:${port}`, undefined, { OPENING: '60' });

    expect(given).toMatch(/^1 \{"ok":false,"why":"store: the upload has not ended within 10 s: /);
    expect(listed).toMatch(/^1 .*snapshot/);
  });

  describe('behind an authority of its own', () => {
    let endpoint: string;

    beforeAll(async () => {
      const { 'tls.crt': cert, 'tls.key': key } = ours.sign('127.0.0.1');
      const port = await listening(
        tls({ cert, key }, (socket) => {
          const inside = createConnection(store.port, '127.0.0.1');
          [socket, inside].forEach((end) =>
            end.on('error', () => [socket, inside].forEach((one) => one.destroy())),
          );
          socket.pipe(inside).pipe(socket);
        }),
      );
      endpoint = `https://127.0.0.1:${port}`;
    });

    it('takes backups and gives them back, with the ca.crt of the Secret', async () => {
      const { 'ca.crt': ca } = ours.sign();

      const stored = await said('store', endpoint, ca);
      const later = [await said('fetch', endpoint, ca), await said('list', endpoint, ca)];

      expect(stored).toMatch(/^0 \{"ok":true/);
      expect(later).toEqual(['0 ', '0 ']);
    });

    it.each([
      ['another', () => theirs.sign()['ca.crt']],
      ['no', () => undefined],
    ])('is refused with %s ca.crt, in words', async (_, ca) => {
      const messages = await all(endpoint, ca());

      for (const message of messages) expect(message).toMatch(/^1 .*does not open.*x509: certificate/);
    });
  });

  it('that another key has written is said so, and left as it is', async () => {
    const objects = objectsAt(store.endpoint);
    const first = await said('store', store.endpoint);
    const secret: Json = objects.byKind('Secret', 'redis-backup');
    const pod = jobPod('redis-backup', { folder, images, objects, names: [] });
    expect(secret.stringData['encryption-key']).toBeDefined();
    writeFileSync(pod.path('etc/stalk/store/encryption-key'), 'another-key');
    writeFileSync(pod.path('scratch/dump.rdb'), DUMP);
    writeFileSync(
      pod.path('scratch/facts'),
      `bytes ${DUMP.length}\nsha256 ${createHash('sha256').update(DUMP).digest('hex')}\n`,
    );

    const { code } = await finished(pod.begin('store', { OPENING: '60' }));

    expect(first).toMatch(/^0 /);
    expect(code).toBe(1);
    expect(readFileSync(pod.path('message'), 'utf8')).toMatch(
      /"why":"store: the store does not open: .*wrong password/,
    );
  });
});
