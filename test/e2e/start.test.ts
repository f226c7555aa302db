// All tenants and their brokers have come up from one apply: they work.

import { asked, lines } from './kubectl';
import {
  book,
  BROKERS,
  HAS_CLUSTER,
  NAMES,
  NAMESPACES,
  probe,
  python,
  redis,
  subject,
  until,
} from './cluster';
import { podsOf, restarted } from './pods';
import { atOnce } from './lanes';
import type { Told } from './lanes';

const PAGES: Readonly<Record<string, readonly [method: string, path: string, answer: string]>> = {
  typesafe: ['GET', '8000/ask/why', '{"answer":"why? 42"}'],
  redline: ['POST', '8080/process/a.csv', '{"output":"a.parquet"}'],
  acme: ['GET', '8000/sum', '42'],
};

/** What a tenant's own parts do for each other. */
function works(tenant: string): Readonly<Record<string, () => Promise<Told>>> {
  const asked = PAGES[tenant];
  return {
    'executes a task that its web side sends': () => executes(tenant),
    ...(asked && { 'serves a page, which asks its workers': () => servesPage(tenant, asked) }),
    ...(subject(tenant).beat !== undefined && {
      'executes what its beat sends, again and again': () => executesBeat(tenant),
    }),
  };
}

async function executes(tenant: string): Promise<Told> {
  expect(await probe(tenant)).toMatchObject({
    pod: expect.stringMatching(/^worker-default-/),
    queue: subject(tenant).queue,
    received: 0,
  });
  return {};
}

async function servesPage(
  tenant: string,
  [method, path, answer]: readonly [string, string, string],
): Promise<Told> {
  expect(await page(tenant, method, path)).toBe(`200 ${answer}`);
  return {};
}

async function executesBeat(tenant: string): Promise<Told> {
  const before = await ticks(tenant);
  await until('two ticks', async () => (await ticks(tenant)) >= before + 2);
  return {};
}

const ticks = async (tenant: string): Promise<number> => {
  const where = `tenant = '${subject(tenant).beat}' AND number IS NULL`;
  return Number((await book(`SELECT count(*) FROM executions WHERE ${where}`))[0]);
};

atOnce('each tenant in a cluster', Object.fromEntries(NAMES.map((name) => [name, works(name)])));

(HAS_CLUSTER ? describe : describe.skip)('the reference tenants in a cluster', () => {
  it.each(NAMESPACES)('starts every pod of %s at the first try', async (namespace) => {
    const pods = await podsOf(namespace);

    expect(pods).not.toEqual([]);
    expect(restarted(pods)).toEqual([]);
  });

  it('runs every namespace under the restricted standard, enforced', async () => {
    const enforced = await asked(
      ...['get', 'namespace', ...NAMESPACES, '-o'],
      'jsonpath={range .items[*]}{.metadata.labels.pod-security\\.kubernetes\\.io/enforce}{"\\n"}{end}',
    );

    expect(lines(enforced)).toEqual(NAMESPACES.map(() => 'restricted'));
  });

  it('counts requests in the cache of redline, and refuses the fourth in a minute', async () => {
    // Three in each of two minutes may pass, where one ends meanwhile
    const pages = Array.from({ length: 7 }, () => page('redline', 'POST', '8080/process/b.csv'));
    const answers = (await Promise.all(pages)).map((text) => text.slice(0, 3));

    expect(answers).toContain('429');
    expect(await redis('redline', 'dbsize', 'cache-0')).not.toBe('0');
  });

  it.each(BROKERS)('needs no right that the users of the Redis in %s do not have', async (namespace) => {
    expect(await redis(namespace, 'acl log')).toBe('');
    expect(await redis(namespace, 'info clients')).toMatch(/^connected_clients:([3-9]|\d\d)/m);
  });

  it('has the read replica of jewelry-shop follow its primary', async () => {
    expect(await redis('jewelry-shop', 'info replication', 'redis-replica-0')).toMatch(
      /^master_link_status:up/m,
    );
  });
});

/** Status and body of a page, asked for from the web pod itself. */
const page = (tenant: string, method: string, path: string): Promise<string> =>
  python(
    tenant,
    `import urllib.error, urllib.request
request = urllib.request.Request("http://localhost:${path}", method="${method}")
try:
    with urllib.request.urlopen(request) as answer: print(answer.status, answer.read().decode().strip())
except urllib.error.HTTPError as error: print(error.code)`,
  );
