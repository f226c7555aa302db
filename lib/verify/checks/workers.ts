// Checks: all workers answer, one beat ticks and has its schedule, and everyone is connected to the primary.

import { askRedis, connectedClients, containerOf, infoOf, isReady, POD } from '../../cluster';
import type { Pod } from '../../cluster';
import { scheduleFile } from '../../plan/celery/paths';
import { askTenant } from '../ask';
import { guarded, judged, skipped } from '../section';
import type { CheckOutcome, SectionOfChecks } from '../section';
import { podsOf, sideName, sidesIn } from '../world';
import type { ServerHere, TenantHere, World } from '../world';
import { runsTheApp } from './apps';
import { redisPods } from './capacity';
import { REDIS } from './redis';
import { restingPools } from './rest';

export const workerChecks: SectionOfChecks = {
  id: 'workers',
  title: 'Workers, beat, and the primary that they address',
  async *run(world) {
    for (const here of sidesIn(world)) {
      const subject = sideName(here.tenant);
      yield* guarded({ id: 'workers.answer', subject, expected: 'every ready worker answers' }, () =>
        answering(world, here),
      );
      // Beat is where the tenant is
      if (here.tenant.beat && here.tenant.broker.isLeft !== true) {
        yield* guarded({ id: 'beat.ticks', subject, expected: 'one beat that ticks' }, () =>
          ticking(world, here),
        );
        yield* guarded({ id: 'beat.schedule', subject, expected: 'the schedule is there' }, () =>
          scheduled(world, here),
        );
      }
    }
    for (const server of world.servers.filter(({ use }) => use === 'broker')) {
      const about = { id: 'redis.primary', subject: server.of, expected: 'clients on the primary only' };
      yield* guarded(about, async () => [await addressed(world, server)]);
    }
  },
};

/** Seconds: a worker that is busy in `solo` answers when its task is done. */
const PATIENCE = 20;

async function answering(world: World, here: TenantHere): Promise<CheckOutcome[]> {
  const pools = here.workloads.filter(({ component }) => component === 'worker');
  if (pools.length === 0) return []; // it only produces, or a pool of its group works for it
  const resting = await restingPools(world, here);
  if (resting.length === pools.length) return [atRest(sideName(here.tenant), resting)];
  const names: string[] = [];
  for (const pool of pools) {
    const pods = (await podsOf(world, pool)).filter(isReady);
    names.push(...pods.map(({ metadata }) => `${pool.name.replace(/^worker-/, '')}@${metadata.name}`));
  }
  const question = {
    from: ['worker'],
    question: 'workers',
    argument: { names, seconds: PATIENCE },
    seconds: PATIENCE,
  };
  const got = await askTenant<readonly string[]>(world, here, question);
  return [workersAnswer(sideName(here.tenant), names, got)];
}

export const atRest = (subject: string, pools: readonly string[]): CheckOutcome =>
  judged(
    { id: 'workers.answer', subject, expected: 'every ready worker answers' },
    true,
    `at rest: no task waits, so ${pools.join(' and ')} ${pools.length === 1 ? 'has' : 'have'} no pods`,
  );

export function workersAnswer(
  subject: string,
  names: readonly string[],
  got: readonly string[],
): CheckOutcome {
  const silent = names.filter((name) => !got.includes(name));
  const strangers = got.filter((name) => !names.includes(name));
  const text = [
    `${names.length - silent.length} of ${names.length} answer`,
    ...(silent.length > 0 ? [`silent: ${silent.join(', ')}`] : []),
    ...(strangers.length > 0 ? [`not of a ready pod: ${strangers.join(', ')}`] : []),
  ].join('; ');
  const about = {
    id: 'workers.answer',
    subject,
    expected: `${names.length} ready workers answer a ping, and no other`,
  };
  return judged(
    about,
    names.length > 0 && silent.length === 0 && strangers.length === 0,
    text,
    'read the log of the silent one; a solo pool answers when its task is done; a stranger takes this tenant’s tasks',
  );
}

async function ticking(world: World, { tenant, workloads }: TenantHere): Promise<CheckOutcome[]> {
  const all = (await world.cluster.list<Pod>(POD, tenant.namespace)).filter(isReady);
  const beats = all.filter(runsBeat);
  const interval = Number(tenant.beat?.maxInterval);
  const about = {
    id: 'beat.ticks',
    subject: tenant.name,
    expected: `exactly 1 beat, its last tick up to ${tick(interval)} s ago`,
  };
  const [pod] = beats;
  const beat = workloads.find(({ component }) => component === 'beat');
  if (beats.length !== 1 || pod === undefined || beat === undefined)
    return [
      judged(
        about,
        false,
        `${beats.length} ready`,
        'none: nothing is scheduled; two: everything is sent twice',
      ),
    ];
  const { stdout, stderr, code } = await world.cluster.exec(containerOf(pod, beat.name), {
    argv: ['sh', '-c', 'echo $(($(date +%s) - $(stat -c %Y "$STALK_RUN/ticking")))'],
    timeoutSeconds: PATIENCE,
  });
  if (code !== 0) return [judged(about, false, `it has not ticked: ${stderr.trim()}`, 'read its log')];
  return [
    judged(about, Number(stdout) <= tick(interval), `1, last tick ${stdout.trim()} s ago`, 'read its log'),
  ];
}

/** Seconds: twice its longest sleep, and a slow node's pause. */
const tick = (interval: number): number => 2 * interval + 10;

const runsBeat = ({ spec }: Pod): boolean =>
  spec.containers.some(
    ({ command = [] }) => command.includes('beat') && command.some((part) => part.endsWith('celery')),
  );

async function scheduled(world: World, here: TenantHere): Promise<CheckOutcome[]> {
  const scheduler = here.tenant.beat?.scheduler;
  const rendered = Object.keys(here.tenant.beat?.schedule ?? {}).length;
  const answer = await askTenant<Schedule>(world, here, {
    from: ['beat'],
    question: 'schedule',
    argument: { scheduler, file: scheduleFile(here.tenant.app) },
    seconds: PATIENCE,
  });
  return [scheduleIsKept({ subject: here.tenant.name, scheduler: String(scheduler), rendered }, answer)];
}

interface Schedule {
  readonly kept: number;
  readonly runs: number;
  readonly lacks: readonly string[];
}

export function scheduleIsKept(
  {
    subject,
    scheduler,
    rendered,
  }: { readonly subject: string; readonly scheduler: string; readonly rendered: number },
  answer: Schedule,
): CheckOutcome {
  const about = {
    id: 'beat.schedule',
    subject,
    expected: `every entry of the configuration (${rendered} rendered, and the app's own) kept in its ${scheduler}`,
  };
  const { kept: count, runs, lacks } = answer;
  const text = `${count} entries, sent ${runs} times${lacks.length > 0 ? `; it lacks ${lacks.join(', ')}` : ''}`;
  return judged(
    about,
    count > 0 && lacks.length === 0,
    text,
    'read the log of beat; a database needs its migrations',
  );
}

/** Who is connected where: the only proof of what an address led to. */
async function addressed(world: World, server: ServerHere): Promise<CheckOutcome> {
  const about = { id: 'redis.primary', subject: server.of, expected: 'one primary, and every client on it' };
  const pods = await redisPods(world, server);
  const seen = await Promise.all(pods.map((pod) => roleOf(world, pod)));
  return onPrimary(about, seen, await clientPods(world, server));
}

export interface Role {
  readonly pod: string;
  readonly role: string;
  /** Addresses of its clients. */
  readonly clients: readonly string[];
}

async function roleOf(world: World, pod: Pod): Promise<Role> {
  const [info = '', list = ''] = await askRedis(world, containerOf(pod, REDIS), [
    'INFO replication',
    'CLIENT LIST',
  ]);
  const addresses = connectedClients(list).map((client) => (client.get('addr') ?? '').replace(/:\d+$/, ''));
  return { pod: pod.metadata.name, role: infoOf(info).get('role') ?? 'unknown', clients: addresses };
}

interface ClientPod {
  readonly name: string;
  readonly address: string;
  /** Holds connections at all times; a web pod connects when it sends. */
  readonly always: boolean;
}

async function clientPods(world: World, server: ServerHere): Promise<readonly ClientPod[]> {
  const here = sidesIn(world).filter(({ tenant }) => server.clients.includes(tenant));
  const workloads = here.flatMap((one) => one.workloads).filter(runsTheApp);
  const found = await Promise.all(
    workloads.map(async (workload) =>
      (await podsOf(world, workload)).filter(isReady).map((pod) => ({
        name: `${workload.namespace}/${pod.metadata.name}`,
        address: String(pod.status.podIP),
        always: workload.component === 'worker',
      })),
    ),
  );
  return found.flat();
}

export function onPrimary(
  about: Parameters<typeof judged>[0],
  roles: readonly Role[],
  pods: readonly ClientPod[],
): CheckOutcome {
  const primaries = roles.filter(({ role }) => role === 'master');
  const astray = roles
    .filter(({ role }) => role !== 'master')
    .flatMap(({ pod, clients }) =>
      pods
        .filter(({ address }) => clients.includes(address))
        .map(({ name }) => `${name} is connected to ${pod}, a replica`),
    );
  const away = pods.filter(
    ({ address, always }) => always && !primaries.some(({ clients }) => clients.includes(address)),
  );
  if (pods.length === 0) return skipped(about, 'no pod of its tenants is ready');
  const text = [
    `${primaries.map(({ pod }) => pod).join(', ') || 'none'} of ${roles.length} is primary`,
    ...astray,
    ...(away.length > 0 ? [`not connected: ${away.map(({ name }) => name).join(', ')}`] : []),
  ];
  const good = primaries.length === 1 && astray.length === 0 && away.length === 0;
  return judged(
    about,
    good,
    text.join('; '),
    'workers must be given the primary: a replica answers writes with errors',
  );
}
