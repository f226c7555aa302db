// What a full volume does to tasks on a cluster: counted, and mended as docs/operating.md says.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Check, Report } from '../../lib/report';
import { HAS_CLUSTER, START, redis, until } from '../e2e/cluster';
import { ROOT, stalk } from '../e2e/cli';
import { killed, podOf } from '../e2e/faults';
import { asked } from '../e2e/kubectl';
import { load, producer, settled } from '../e2e/load';
import type { Load } from '../e2e/load';
import { allReady, restarted } from '../e2e/pods';
import { REDELIVERED } from './changes';
import { CLASS, broker } from './small-volume';
import { NAME, synced, treeOf } from './synced';
import { commandsOf, consequencesOf, run } from './told';
import { smallVolume } from './volume';
import type { SmallVolume } from './volume';

if (!HAS_CLUSTER) console.warn('full volumes are NOT proven here: KUBECONFIG names no cluster');

const LIST = join('test', 'life', 'small-volume.ts');
const REPORTS = join(ROOT, 'build', 'verify', 'disks');

/** 133 kB in Redis, and twice that in the append-only file; two workers do more. */
const LARGE = { rate: 5, count: 4000, task: { seconds: 0.2, kilobytes: 100 } } as const;

const small = treeOf(broker);
const larger = treeOf({ ...broker, storage: '2Gi' });

/** A command of docs/operating.md, with its placeholder filled in. */
function documented(begins: string): string {
  const page = readFileSync(join(ROOT, 'docs', 'operating.md'), 'utf8');
  const [command] = page.split('`').filter((text) => text.startsWith(begins));
  if (command === undefined) throw new Error(`docs/operating.md has no \`${begins}\``);
  return command.replace('<namespace>', NAME);
}

/** 8 MB that cannot be compressed. */
const RANDOM = 'local all = {} for i = 1, 200000 do all[i] = redis.sha1hex(i) end';

const refuses = (sending: Load): Promise<void> =>
  until('sends are refused', () => sending.refused.length > 0, 180);

const info = (section: string): Promise<string> => redis(NAME, `info ${section}`);

const sizeOfFile = async (): Promise<number> =>
  Number(/aof_current_size:(\d+)/.exec(await info('persistence'))?.[1]);

const writes = (): Promise<void> =>
  until('Redis writes again', async () => (await info('persistence')).includes('aof_last_write_status:ok'));

async function verified(): Promise<(id: string) => Check | undefined> {
  const { code } = await stalk(LIST, 'verify', NAME, '--out', REPORTS, '--max-wait', '10s');
  expect(code).toBe(1);
  const report = JSON.parse(readFileSync(join(REPORTS, 'report.json'), 'utf8')) as Report;
  const checks = report.sections.flatMap((section) => section.checks);
  return (id) => checks.find((check) => check.id === id);
}

/** Names of alerts that `stalk status` gives for the broker. */
async function troubles(): Promise<readonly (string | undefined)[]> {
  const { output } = await stalk(LIST, 'status', NAME, '--json');
  const { brokers } = JSON.parse(output) as {
    readonly brokers: readonly { readonly troubles: readonly { readonly alert?: string }[] }[];
  };
  return brokers.flatMap((one) => one.troubles.map(({ alert }) => alert));
}

(HAS_CLUSTER ? describe : describe.skip)('a Redis whose volume is full', () => {
  let volume: SmallVolume;

  beforeAll(async () => {
    for (const file of ['postgres.yaml', 'tools.yaml'])
      await asked('apply', '-f', join(__dirname, '../e2e', file));
    await allReady(['stalk-e2e-tools'], START);
    volume = await smallVolume(CLASS);
    await synced(small.platform);
    await synced(small.tenant);
    await allReady(['postgres', NAME], START);
    await producer(NAME);
  });

  afterAll(async () => {
    await asked('delete', 'namespace', NAME, 'postgres', '--ignore-not-found');
    await volume.remove();
    await asked('delete', 'namespace', 'stalk-e2e-tools', '--ignore-not-found');
    await asked('delete', 'priorityclass', 'stalk-broker', '--ignore-not-found');
  });

  it('refuses all work, says so, and goes on by itself when its claim has grown: nothing is lost', async () => {
    const { metadata } = await podOf(NAME, 'redis');
    await volume.fill(20);
    const sending = await load(NAME, LARGE);
    await refuses(sending);
    const [check, alerts] = [await verified(), await troubles()];
    const steps = consequencesOf(small, larger).filter(({ type }) => type === 'cannot-apply');
    const commands = commandsOf(steps.flatMap((one) => one.steps));
    commands.slice(0, -1).forEach(run);
    await volume.hasRoom(); // as the driver of a volume does
    await writes();
    await asked('wait', '-n', NAME, '--for=condition=Ready', 'pod/redis-0', '--timeout=60s');
    run(String(commands.at(-1))); // the StatefulSet, without its pods
    await synced(larger.tenant, small.tenant);
    const after = await podOf(NAME, 'redis');
    sending.stop();
    const count = await settled(sending, REDELIVERED);
    console.info(JSON.stringify({ ...count, refusals: [...new Set(sending.refused)].slice(0, 3) }));

    expect(check('persistence')).toMatchObject({
      verdict: 'failed',
      detail: expect.stringContaining('Do not restart it'),
    });
    expect(check('persistence.volume')).toMatchObject({ verdict: 'failed' });
    expect(alerts).toContain('BrokerCannotPersist');
    expect([after.metadata.uid, restarted([after])]).toEqual([metadata.uid, []]);
    expect(count).toMatchObject({ lost: [] });
  });

  it('has room again when its snapshot is deleted, and shortens its file: nothing is lost', async () => {
    await redis(NAME, `eval "${RANDOM} redis.call('set', 'ballast', table.concat(all))" 0`);
    await redis(NAME, 'save');
    await redis(NAME, 'del ballast');
    await volume.fill(1);
    const sending = await load(NAME, LARGE);
    await refuses(sending);
    sending.stop();
    run(documented("kubectl -n <namespace> exec redis-0 -c redis -- sh -c 'rm"));
    await writes();
    const count = await settled(sending, REDELIVERED);
    const before = await sizeOfFile();
    await redis(NAME, 'bgrewriteaof');
    await until('its file is shorter', async () => (await sizeOfFile()) < before / 2);
    await volume.hasRoom();
    console.info(JSON.stringify({ ...count, before, after: await sizeOfFile() }));

    expect(await info('persistence')).toContain('aof_last_bgrewrite_status:ok');
    expect(count).toMatchObject({ lost: [] });
  });

  it('refuses again after a restart, and has lost one command of each connection at most', async () => {
    await volume.fill(1);
    const sending = await load(NAME, LARGE);
    await refuses(sending);
    const connections = Number(/connected_clients:(\d+)/.exec(await info('clients'))?.[1]);
    await killed(await podOf(NAME, 'redis'), 'redis-server');
    await until('it is back, and refuses', async () =>
      (await info('persistence').catch(() => '')).includes('aof_last_write_status:err'),
    );
    await volume.hasRoom();
    await writes();
    sending.stop();
    const count = await settled(sending, REDELIVERED);
    console.info(JSON.stringify({ ...count, connections }));

    expect(count.lost.length).toBeLessThanOrEqual(connections);
  });
});
