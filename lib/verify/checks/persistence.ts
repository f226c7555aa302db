// Checks: what Redis accepted is on a disk, and its log has no errors.

import { askRedis, containerOf, infoOf, isReady, isRunning, lastLineOf } from '../../cluster';
import type { Pod } from '../../cluster';
import { FOLDERS } from '../../plan/redis/server';
import { memoryText } from '../../spec/units';
import { MARGIN } from '../ask';
import { guarded, judged, skipped } from '../section';
import type { CheckOutcome, SectionOfChecks } from '../section';
import { podsOf } from '../world';
import type { ServerHere, World } from '../world';
import { redisPods } from './capacity';
import { podName, REDIS } from './redis';

export const persistence: SectionOfChecks = {
  id: 'persistence',
  title: 'Persistence of Redis',
  async *run(world) {
    for (const server of world.servers) {
      for (const pod of await redisPods(world, server)) {
        const about = {
          id: 'persistence',
          subject: podName(pod),
          expected: 'AOF on, last write and save ok',
        };
        yield* guarded(about, async () => [await onDisk(world, server, pod)]);
        const volume = { id: 'persistence.volume', subject: podName(pod), expected: ROOM };
        if (server.redis.storage !== undefined)
          yield* guarded(volume, async () => [roomOn(volume, await diskUse(world, pod))]);
      }
    }
  },
};

async function onDisk(world: World, { redis }: ServerHere, pod: Pod): Promise<CheckOutcome> {
  const about = { id: 'persistence', subject: podName(pod), expected: 'AOF on, last write and save ok' };
  if (redis.storage === undefined) return skipped(about, 'its data is in memory only, as rendered');
  const [info = ''] = await askRedis(world, containerOf(pod, REDIS), ['INFO persistence']);
  return saved(about, infoOf(info));
}

/** Share of a volume in use: a rewrite of the AOF takes as much again. */
const FULL = 0.9;
const ROOM = `below ${FULL * 100} % of its volume`;

async function diskUse({ cluster }: World, pod: Pod): Promise<string> {
  const argv = ['df', '-Pk', FOLDERS.data];
  return (await cluster.exec(containerOf(pod, REDIS), { argv, timeoutSeconds: MARGIN })).stdout;
}

/** Of `df -Pk`: a head, and a line with the KiB in use and those left. */
export function roomOn(about: Parameters<typeof judged>[0], text: string): CheckOutcome {
  const [used = Number.NaN, left = Number.NaN] = lastLineOf(text).split(/\s+/).slice(2, 4).map(Number);
  const share = used / (used + left);
  return judged(
    about,
    share < FULL,
    `${Math.round(share * 100)} % of ${memoryText((used + left) * 1024)}`,
    `when it is full, Redis refuses all work: ${VOLUME_IS_FULL}`,
  );
}

const VOLUME_IS_FULL = 'docs/operating.md, "The volume of Redis is full"';

const GOOD = ['aof_last_write_status', 'aof_last_bgrewrite_status', 'rdb_last_bgsave_status'] as const;

export function saved(about: Parameters<typeof judged>[0], info: ReadonlyMap<string, string>): CheckOutcome {
  const on = info.get('aof_enabled') === '1';
  const text = GOOD.map((name) => `${name} ${info.get(name)}`).join(', ');
  const since = `${info.get('rdb_changes_since_last_save')} changes since the last save`;
  return judged(
    about,
    on && GOOD.every((name) => info.get(name) === 'ok'),
    `AOF ${on ? 'on' : 'off'}, ${text}, ${since}`,
    wrongWith(info),
  );
}

function wrongWith(info: ReadonlyMap<string, string>): string {
  return info.get('aof_last_write_status') === 'ok'
    ? `it works, but a save failed, so that its append-only file only grows: ${VOLUME_IS_FULL}, or its log says why`
    : `its volume is full or broken; it refuses work until it can write. Do not restart it, what it took last is in memory alone: ${VOLUME_IS_FULL}`;
}

export const logs: SectionOfChecks = {
  id: 'logs',
  title: "Errors in Redis' log",
  async *run(world) {
    for (const server of world.servers) {
      for (const pod of (await Promise.all(server.sets.map((set) => podsOf(world, set)))).flat()) {
        if (!hasStarted(pod)) continue;
        const about = {
          id: 'logs.redis',
          subject: podName(pod),
          expected: 'no warnings and no errors in the last hour',
        };
        yield* guarded(about, async () => {
          const text = await world.cluster.logs(containerOf(pod, REDIS), { tail: TAIL, seconds: RECENT });
          return [clean(about, text)];
        });
      }
    }
  },
};

/** One that cannot read its data ends at each start, and says why. */
const hasStarted = (pod: Pod): boolean => {
  const { container } = containerOf(pod, REDIS);
  const own = pod.status.containerStatuses?.find(({ name }) => name === container);
  return isReady(pod) || isRunning(pod, container) || (own?.restartCount ?? 0) > 0;
};

/** Lines at most; what a Redis says in its worst hour. */
const TAIL = 2000;

/** Seconds: what goes on is said again, and what was over an hour ago is for the log's archive. */
const RECENT = 3600;

/** Redis marks warnings with `#`; these it says at every start, of the machine and not of itself. */
const HARMLESS = [
  /oO0OoO0OoO0Oo|Redis is starting/,
  /Redis version=|Configuration loaded|Server initialized/,
  /overcommit_memory|Transparent Huge Pages|somaxconn|TCP backlog/,
  /Diskless rdb transfer, done reading from pipe/, // a replica got its copy
  /Setting secondary replication ID/, // it became the primary
  /Could not create tmp config file|CONFIG REWRITE failed: Read-only/, // sentinels ask for it; its file is rendered
  /User requested shutdown|Redis is now ready to exit|Received SIGTERM|SIGTERM handler/,
];

/** A replica without its primary complains until it has its copy, or is the primary itself; a primary, of its replicas. */
const UNCONNECTED =
  /Unable to connect to MASTER|Failed to resolve hostname|Error condition on socket for SYNC|Connection with (master|replica .*) lost|MASTER timeout|Timeout (connecting to|receiving bulk data from) (the )?MASTER|Failed trying to load the MASTER|I\/O error (reading|trying to sync with|writing to) (.* )?MASTER|Master replied to PING|Disconnecting timedout replica/;
const SYNCED =
  /MASTER <-> REPLICA sync: Finished with success|Successful partial resynchronization|MASTER MODE enabled|Synchronization with replica .* succeeded|Partial resynchronization request from .* accepted/;

/** Of Redis' own words, and those of data.sh before it; an app's lines do not come here. */
const BAD = /^\d+:[A-Z] .{20,30} # |^data: |\b(error|fail(ed|ure)?|OOM|MISCONF|crash|corrupt)/i;

export function clean(about: Parameters<typeof judged>[0], text: string): CheckOutcome {
  const lines = text.split('\n').filter((line) => line !== '');
  const synced = lines.map((line) => SYNCED.test(line)).lastIndexOf(true);
  const bad = lines.filter(
    (line, i) =>
      BAD.test(line) && !HARMLESS.some((form) => form.test(line)) && !(i < synced && UNCONNECTED.test(line)),
  );
  return judged(
    about,
    bad.length === 0,
    bad.length === 0 ? `none in ${lines.length} lines` : `${bad.length} in ${lines.length} lines`,
    [...distinct(bad).slice(-SHOWN), ...advice(bad)].join('\n'),
  );
}

const CANNOT_READ = 'docs/operating.md, "Redis cannot read its data"';
const CANNOT_WRITE = 'docs/operating.md, "The volume takes no writes"';
const SAVES = 'docs/operating.md, "A save needs memory"';

/** Lines of Redis' log for which there is a way out. */
const KNOWN = [
  [
    /Can't handle RDB format version/,
    'its data was written by a newer Redis: give it that image again (docs/upgrades.md, "Another version of Redis")',
  ],
  [
    /^data: |Bad file format reading the append only file|Error reading the append only file|Unexpected EOF reading RDB|Internal error in RDB reading|Short read or OOM loading DB|Unable to obtain the AOF file|AOF manifest|REDIS BUG REPORT|crashed by signal/,
    `it cannot read its data, which lies there untouched: ${CANNOT_READ}`,
  ],
  [
    /Truncating the AOF/,
    'its append-only file ended within a command: what was written last is gone, as after a node that died',
  ],
  [
    /Read-only file system|Permission denied|Input\/output error/,
    `its volume takes no writes: ${CANNOT_WRITE}`,
  ],
  [
    /Can't save in background: fork|Background (saving|AOF rewrite) terminated by signal 9/,
    `a save ran out of memory: ${SAVES}`,
  ],
  [/No space left on device/, `its volume is full: ${VOLUME_IS_FULL}`],
] as const;

const advice = (lines: readonly string[]): readonly string[] =>
  KNOWN.filter(([form]) => lines.some((line) => form.test(line))).map(([, way]) => way);

/** Different complaints; Redis may say one a thousand times. */
const SHOWN = 5;

/** The last of each kind: what follows the time. */
const distinct = (lines: readonly string[]): readonly string[] => [
  ...new Map(lines.map((line) => [line.replace(/^.{0,40}? [#*] /, ''), line])).values(),
];
