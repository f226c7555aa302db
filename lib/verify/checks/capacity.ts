// Checks: memory and connections of each Redis, against its limits and what its clients were computed to hold.

import { askRedis, connectedClients, containerOf, infoOf, isReady, isRunning } from '../../cluster';
import type { Pod } from '../../cluster';
import { connectionsOf } from '../../spec/rules/connections';
import { memoryText } from '../../spec/units';
import { guarded, judged } from '../section';
import type { CheckOutcome, SectionOfChecks } from '../section';
import { podsOf } from '../world';
import type { ServerHere, World } from '../world';
import { podName, REDIS } from './redis';

export const capacity: SectionOfChecks = {
  id: 'capacity',
  title: 'Memory and connections of Redis',
  async *run(world) {
    for (const server of world.servers) {
      for (const pod of await redisPods(world, server)) {
        const about = { id: 'capacity', subject: podName(pod), expected: 'within its limits' };
        yield* guarded(about, () => look(world, server, pod));
      }
    }
  },
};

/** All pods of a server in which Redis runs, the primary and its replicas: one with a full volume is not ready. */
export async function redisPods(world: World, { sets }: ServerHere): Promise<readonly Pod[]> {
  const pods = (await Promise.all(sets.map((set) => podsOf(world, set)))).flat();
  return pods.filter((pod) => isReady(pod) || isRunning(pod, containerOf(pod, REDIS).container));
}

async function look(world: World, server: ServerHere, pod: Pod): Promise<CheckOutcome[]> {
  const [info = '', clients = ''] = await askRedis(world, containerOf(pod, REDIS), ['INFO', 'CLIENT LIST']);
  const facts = infoOf(info);
  const subject = podName(pod);
  return [
    memoryOf({ subject, server }, facts),
    ...(server.use === 'broker' ? [evictions(subject, facts)] : []),
    ...connectionsCheck(
      { subject, server },
      facts,
      connectedClients(clients).map((client) => client.get('user') ?? ''),
    ),
  ];
}

interface Subject {
  readonly subject: string;
  readonly server: Pick<ServerHere, 'redis' | 'clients' | 'use'>;
}

/** Share of maxmemory; the first reference system raises its alarm there. A cache is meant to be full. */
const FULL = 0.8;

export function memoryOf({ subject, server }: Subject, info: ReadonlyMap<string, string>): CheckOutcome {
  const [used, max] = [Number(info.get('used_memory')), Number(info.get('maxmemory'))];
  const about = {
    id: 'capacity.memory',
    subject,
    expected:
      server.use === 'cache' ? `up to ${memoryText(max)}` : `below ${FULL * 100} % of ${memoryText(max)}`,
  };
  const peak = memoryText(Number(info.get('used_memory_peak')));
  const share = Math.round((used / max) * 1000) / 10;
  return judged(
    about,
    server.use === 'cache' ? used <= max : used < max * FULL,
    `${memoryText(used)} used (${share} %), ${peak} at most so far`,
    'at maxmemory a broker refuses new tasks: drain its queues, shorten result_expires, or raise broker.memory',
  );
}

const evictions = (subject: string, info: ReadonlyMap<string, string>): CheckOutcome =>
  judged(
    { id: 'capacity.evicted', subject, expected: '0 keys evicted' },
    info.get('evicted_keys') === '0',
    `${info.get('evicted_keys')} keys evicted since its start`,
    'tasks were deleted: maxmemory-policy was not noeviction at some time; restart Redis once it is',
  );

/** What is not an app's: the sidecar's, the probes', an autoscaler's, this program's own; one more for each replica, three for each sentinel. */
const OWN = 8;

export function connectionsCheck(
  { subject, server }: Subject,
  info: ReadonlyMap<string, string>,
  users: readonly string[],
): CheckOutcome[] {
  const now = Number(info.get('connected_clients'));
  const max = server.redis.maxClients;
  const refused = info.get('rejected_connections') ?? '0';
  const total = judged(
    { id: 'capacity.connections', subject, expected: `up to ${max}, none refused` },
    now <= max && refused === '0',
    `${now} connected, ${refused} refused since its start`,
    'raise maxClients, or lower replicas and concurrency',
  );
  const computed =
    server.use === 'cache' ? [] : groupsOf(server.clients).map((group) => ofGroup(subject, group, users));
  const others = users.filter(
    (user) => !server.clients.some(({ broker }) => namesOf(broker.users).includes(user)),
  );
  const strangers = judged(
    {
      id: 'capacity.strangers',
      subject,
      expected: `up to ${OWN + server.redis.replicas + 3 * server.redis.sentinels} that are no app's`,
    },
    others.length <= OWN + server.redis.replicas + 3 * server.redis.sentinels,
    `${others.length} (${[...new Set(others)].sort().join(', ')})`,
    'see who they are: CLIENT LIST',
  );
  return [total, ...computed, ...(server.use === 'cache' ? [] : [strangers])];
}

const namesOf = (users: object): readonly string[] => Object.values(users) as string[];

/** Tenants of a group share their users, so their connections can only be counted together. */
function groupsOf(clients: ServerHere['clients']): readonly ServerHere['clients'][] {
  const groups = new Map<string, ServerHere['clients'][number][]>();
  for (const tenant of clients) {
    const { worker } = tenant.broker.users;
    groups.set(worker, [...(groups.get(worker) ?? []), tenant]);
  }
  return [...groups.values()];
}

/** What is computed is Celery's. Seen above it: 2 more for a worker or a beat that was asked by remote control. */
const OVER = 2;

function ofGroup(subject: string, group: ServerHere['clients'], users: readonly string[]): CheckOutcome {
  const parts = group.flatMap((tenant) => [...connectionsOf(tenant)]);
  const most = parts.reduce((sum, [, part]) => sum + part, 0);
  // Django's cache opens a connection for each request that comes to an async server, and closes it some minutes later
  const caches = group.some(({ broker }) => broker.alsoCache);
  const own = group.flatMap(({ broker: { users: names } }) => (caches ? [names.worker] : namesOf(names)));
  const now = users.filter((user) => own.includes(user)).length;
  const names = group.map(({ name }) => name).join(', ');
  return judged(
    {
      id: 'capacity.computed',
      subject: `${subject}, clients of ${names}`,
      expected: `about ${most} as computed, up to ${most * OVER}${caches ? ', its web side, which caches here, not counted' : ''}`,
    },
    now <= most * OVER,
    `${now} connected`,
    `computed: ${parts.map(([name, count]) => `${name} ${count}`).join(', ')}; the app may open clients of its own`,
  );
}
