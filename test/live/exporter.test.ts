/** redis_exporter beside a real Redis, cache and sentinel, all as rendered: what it says, and what it may not see. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tenant } from '../../lib';
import { METRICS_CATALOGUE } from '../../lib/observe/metrics';
import { type Synth, lookup, synth, tenantOf } from '../support/synth';
import { type Exporter, type Series, exporterOf, exporterPrograms } from './exporter/exporter';
import { type LiveRedis, liveRedis } from './isolation/redis';
import { place } from './place';
import { type Connection, type Reply, connect } from './redis-connection';
import { eventually, missing, shells } from './redis-server';
import { type Broker, type Pod, brokerOf } from './sentinel/pods';
import { type Authority, authority } from './tls/certificates';
import { type SealedRedis, sealedRedis } from './tls/sealed-redis';

const watched = {
  ...place,
  monitoring: { kind: 'operator', namespace: 'monitoring' },
  peers: { prometheus: { namespace: { name: 'monitoring' }, pods: { app: 'prometheus' } } },
} as const;

const rendered = (tenant: Partial<Tenant>): Synth => synth(tenantOf(tenant), watched);

const lacks = [
  ...(missing === '' ? [] : [missing]),
  ...(exporterPrograms.length > 0 ? [] : ['prometheus-redis-exporter is not on PATH']),
];
if (lacks.length > 0) console.warn(`redis_exporter is NOT proven here: ${lacks.join(', ')}`);
const proven = lacks.length > 0 ? describe.skip : describe;

const hasOpenssl = spawnSync('openssl', ['version'], { stdio: 'ignore' }).status === 0;
if (!hasOpenssl) console.warn('redis_exporter is NOT proven with TLS here: openssl is not on PATH');

/** Metrics of the catalogue that this version does not have yet. */
const newerThan = (version: string): string[] => (Number(version) < 1.68 ? ['redis_max_clients'] : []);

/** What lets it be seen in Redis that somebody was refused, since Redis has started. */
async function refusals(as: { send: Connection['send'] }): Promise<{ log: unknown; errors: string }> {
  const errors = String(await as.send('INFO', 'errorstats'));
  return {
    log: await as.send('ACL', 'LOG'),
    errors: /errorstat_(NOPERM|WRONGPASS)\S*/.exec(errors)?.[0] ?? '',
  };
}

const NONE = { log: [], errors: '' };

/** A broker with sentinels, of which one replica and the sentinels that elect are started. */
const guarded = rendered({ broker: { topology: 'sentinel', replicas: 1 } });
let broker: Broker;

beforeAll(async () => {
  if (lacks.length > 0) return;
  broker = await brokerOf(guarded);
  await Promise.all([...broker.redis, ...broker.sentinels].map((pod) => pod.start()));
  await eventually('a replica has its primary', async () =>
    (await Promise.all(broker.redis.map((pod) => pod.info()))).some(
      ({ master_link_status: up }) => up === 'up',
    ),
  );
}, 60_000);

afterAll(() => broker?.remove());

/** CONFIG GET shows the password of replicas, who may copy everything. */
const FORBIDDEN = [
  'CONFIG GET *',
  'CONFIG GET masterauth',
  'CONFIG SET maxmemory 1',
  'ACL LIST',
  'CLIENT LIST',
  'CLIENT KILL USER admin',
  'GET x',
  'SCAN 0',
  'KEYS *',
  'DBSIZE',
  'LRANGE x 0 -1',
  'MONITOR',
  'SUBSCRIBE x',
  'PSYNC ? -1',
  'SLOWLOG RESET',
  'LATENCY RESET',
  'SHUTDOWN',
  'PING',
];

proven.each(exporterPrograms)('redis_exporter $version', (program) => {
  const running: Exporter[] = [];
  const started = async (...asked: Parameters<typeof exporterOf>): Promise<Exporter> => {
    const exporter = await exporterOf(...asked);
    running.push(exporter);
    return exporter;
  };
  const thrice = async (exporter: Exporter): Promise<Series> => {
    await exporter.scrape();
    await exporter.scrape();
    return exporter.scrape();
  };

  afterEach(() => running.splice(0).forEach((one) => one.remove()));

  describe.each(['redis', 'cache'] as const)('beside a %s', (set) => {
    const objects = rendered({ broker: { topology: 'standalone' }, cache: {} });
    let redis: LiveRedis;
    const here = () => ({ port: redis.port, shared: join(redis.folder, 'exporter') });

    beforeEach(async () => {
      redis = await liveRedis(objects, set === 'cache' ? { server: 'cache' } : undefined);
    });

    afterEach(() => redis.remove());

    it('says how it is, and is refused nothing', async () => {
      const said = await thrice(await started(objects, set, program, here()));

      expect(said.value('redis_up')).toBe(1);
      expect(said.value('redis_memory_used_bytes')).toBeGreaterThan(100_000);
      expect(said.value('redis_memory_max_bytes')).toBeGreaterThan(100_000_000);
      expect(said.value('redis_connected_clients')).toBeGreaterThan(0);
      expect(said.value('redis_instance_info', 'role="master"')).toBe(1);
      expect(said.value('redis_exporter_last_scrape_error')).toBe(0);
      expect(await refusals(await redis.admin())).toEqual(NONE);
    });

    it('shows a client that is refused', async () => {
      const exporter = await started(objects, set, program, here());
      const tenant = await redis.as('acme');

      await tenant.send('SHUTDOWN');

      const said = await exporter.scrape();
      expect(said.value('redis_errors_total', 'err="NOPERM"')).toBe(1);
    });

    it('says that it is down when its password is another one, or Redis is away', async () => {
      const stranger = await started(objects, set, program, { ...here(), change: { REDIS_USER: 'probe' } });
      const exporter = await started(objects, set, program, here());

      expect((await stranger.scrape()).value('redis_up')).toBe(0);
      expect((await exporter.scrape()).value('redis_up')).toBe(1);
      await redis.stop();
      expect((await exporter.scrape()).value('redis_up')).toBe(0);
    });

    it('says nothing of its own process, and no name of a key', async () => {
      await (await redis.as('acme')).send('SET', 'tenant-acme-secret', '1');

      const said = await thrice(await started(objects, set, program, here()));

      expect([...said.names].filter((name) => /^(go|process|promhttp)_/.test(name))).toEqual([]);
      expect(said.text).not.toContain('tenant-acme');
    });
  });

  (hasOpenssl ? describe : describe.skip)('beside a Redis with certificates', () => {
    const objects = rendered({ broker: { topology: 'standalone', tls: { secret: 'certificates' } } });
    const run = shells.find((shell) => shell.run !== undefined)?.run;
    let ours: Authority;
    let redis: SealedRedis;

    beforeAll(async () => {
      ours = authority('ours');
      const files = ours.sign('localhost');
      const secret = {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'certificates' },
        stringData: files,
      };
      if (run === undefined) throw new Error('no shell');
      redis = await sealedRedis(lookup([...objects.all, secret]), run, files);
    });

    afterAll(async () => {
      await redis.remove();
      ours.remove();
    });

    it('asks at its socket, where the probes and whoever looks into the pod ask as well', async () => {
      const place = { port: redis.port, shared: join(redis.folder, 'exporter') };

      const said = await thrice(await started(objects, 'redis', program, place));

      expect(said.value('redis_up')).toBe(1);
      expect(said.value('redis_memory_max_bytes')).toBeGreaterThan(100_000_000);
      expect((await redis.probe('live')).code).toBe(0);
      expect(await redis.asked('cli admin info errorstats')).not.toMatch(/NOPERM|WRONGPASS/);
      expect(await redis.asked('cli admin acl log')).toBe('');
    });
  });

  describe('beside the pods of a broker with sentinels', () => {
    const scraped = async (pod: Pod, set: string): Promise<Series> =>
      thrice(await started(guarded, set, program, { port: pod.port, shared: pod.path('/run/exporter') }));
    const primaryAndReplica = async (): Promise<readonly [Pod, Pod]> => {
      const primary = await broker.primary();
      const replica = broker.redis.find((pod) => pod !== primary);
      if (primary === undefined || replica === undefined) throw new Error('no primary with a replica');
      return [primary, replica];
    };

    it('says who is the primary, how far a replica is behind, and how many sentinels agree', async () => {
      const [primary, replica] = await primaryAndReplica();

      const [first, second] = [await scraped(primary, 'redis'), await scraped(replica, 'redis')];
      const sentinels = await Promise.all(broker.sentinels.map((pod) => scraped(pod, 'sentinel')));

      expect(first.value('redis_instance_info', 'role="master"')).toBe(1);
      expect(first.value('redis_connected_slaves')).toBe(1);
      expect(first.value('redis_connected_slave_lag_seconds')).toBeLessThan(5);
      expect(second.value('redis_instance_info', 'role="slave"')).toBe(1);
      expect(second.value('redis_master_link_up')).toBe(1);
      for (const said of sentinels) {
        expect(said.value('redis_up')).toBe(1);
        expect(said.value('redis_sentinel_master_sentinels', 'master_name="primary"')).toBe(3);
        expect(said.value('redis_sentinel_master_ok_sentinels', 'master_name="primary"')).toBe(3);
      }
    });

    it('is refused nothing', async () => {
      const pods = [...broker.redis, ...broker.sentinels];

      for (const pod of pods) await scraped(pod, pod.name.replace(/-\d+$/, ''));

      for (const pod of pods) expect(await refusals({ send: pod.ask })).toEqual(NONE);
    });

    it('gives every metric of the catalogue', async () => {
      const [primary, replica] = await primaryAndReplica();
      const said = [await scraped(primary, 'redis'), await scraped(replica, 'redis')];
      for (const pod of broker.sentinels.slice(0, 1)) said.push(await scraped(pod, 'sentinel'));
      const names = new Set(said.flatMap((one) => [...one.names]));

      const lost = Object.entries(METRICS_CATALOGUE)
        .filter(([name, { from }]) => from === 'redis_exporter' && !names.has(name))
        .map(([name]) => name);

      // its series come with the first error
      expect(lost.filter((name) => name !== 'redis_errors_total')).toEqual(newerThan(program.version));
    });

    it('may see no password, no key and no message', async () => {
      const [primary] = await primaryAndReplica();
      const file = readFileSync(primary.path('/run/exporter/passwords'), 'utf8');
      const [password = ''] = Object.values(JSON.parse(file) as Record<string, string>);
      const exporter = await connect(primary.port, 'exporter', password);

      const replies: Reply[] = [];
      for (const command of FORBIDDEN) replies.push(await exporter.send(...command.split(' ')));
      exporter.close();
      await primary.ask('ACL', 'LOG', 'RESET');
      await primary.ask('CONFIG', 'RESETSTAT');

      expect(String(await primary.ask('CONFIG', 'GET', 'masterauth'))).toMatch(/^masterauth,\S{32,}/);
      expect(replies.map((reply) => String(reply).split(' ')[0])).toEqual(FORBIDDEN.map(() => '-NOPERM'));
    });
  });
});
