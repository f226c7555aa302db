// All tenants and their brokers have come up from one apply: they work.

import { setTimeout as sleep } from 'node:timers/promises';
import { asked, lines } from '../api/kubectl';
import {
  book,
  BROKERS,
  HAS_CLUSTER,
  NAMES,
  NAMESPACES,
  PATIENCE,
  probe,
  python,
  redis,
  subject,
} from './cluster';
import { podsOf, restarted } from './pods';
import { story } from './stories';

const WITH_BEAT = NAMES.filter((name) => subject(name).beat !== undefined);

const ticks = (tenant: string): number =>
  Number(
    book(`SELECT count(*) FROM executions WHERE tenant = '${subject(tenant).beat}' AND number IS NULL`)[0],
  );

(HAS_CLUSTER ? describe : describe.skip)('the reference tenants in a cluster', () => {
  it.each(NAMESPACES)('starts every pod of %s at the first try', (namespace) => {
    const pods = podsOf(namespace);

    expect(pods).not.toEqual([]);
    expect(restarted(pods)).toEqual([]);
  });

  it('runs every namespace under the restricted standard, enforced', () => {
    const enforced = asked(
      ...['get', 'namespace', ...NAMESPACES, '-o'],
      'jsonpath={range .items[*]}{.metadata.labels.pod-security\\.kubernetes\\.io/enforce}{"\\n"}{end}',
    );

    expect(lines(enforced)).toEqual(NAMESPACES.map(() => 'restricted'));
  });

  it.each(NAMES)('executes a task that the web side of %s sends', (tenant) => {
    const sent = Date.now();

    const answer = probe(tenant);
    const seconds = (Date.now() - sent) / 1000;

    expect(answer).toMatchObject({
      pod: expect.stringMatching(/^worker-default-/),
      queue: subject(tenant).queue,
      received: 0,
    });
    story(`${tenant} executes a task`, { result: 'ok', note: `answered in ${seconds} s` });
  });

  it.each([
    ['typesafe', 'GET', '8000/ask/why', '{"answer":"why? 42"}'],
    ['redline', 'POST', '8080/process/a.csv', '{"output":"a.parquet"}'],
    ['acme', 'GET', '8000/sum', '42'],
  ])('serves the app of %s, which asks its workers', (tenant, method, path, answer) => {
    expect(page(tenant, method, path)).toBe(`200 ${answer}`);
  });

  it('counts requests in the cache of redline, and refuses the fourth in a minute', () => {
    const answers = [1, 2, 3, 4].map(() => page('redline', 'POST', '8080/process/b.csv').slice(0, 3));

    expect(answers).toContain('429');
    expect(redis('redline', 'dbsize', 'cache-0')).not.toBe('0');
  });

  it.each(WITH_BEAT)('executes what the beat of %s sends, again and again', async (tenant) => {
    const before = ticks(tenant);

    const end = Date.now() + PATIENCE * 1000;
    while (ticks(tenant) < before + 2 && Date.now() < end) await sleep(1000);

    expect(ticks(tenant)).toBeGreaterThanOrEqual(before + 2);
  });

  it.each(BROKERS)('needs no right that the users of the Redis in %s do not have', (namespace) => {
    expect(redis(namespace, 'acl log')).toBe('');
    expect(redis(namespace, 'info clients')).toMatch(/^connected_clients:([3-9]|\d\d)/m);
  });

  it('has the read replica of jewelry-shop follow its primary', () => {
    expect(redis('jewelry-shop', 'info replication', 'redis-replica-0')).toMatch(/^master_link_status:up/m);
  });
});

/** Status and body of a page, asked for from the web pod itself. */
const page = (tenant: string, method: string, path: string): string =>
  python(
    tenant,
    `import urllib.error, urllib.request
request = urllib.request.Request("http://localhost:${path}", method="${method}")
try:
    with urllib.request.urlopen(request) as answer: print(answer.status, answer.read().decode().strip())
except urllib.error.HTTPError as error: print(error.code)`,
  );
