/** What a broken disk does to the files of Redis: how it starts on them, who says what, the ways out; all counted. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { clean } from '../../lib/verify/checks/persistence';
import { synth, tenantOf } from '../support/synth';
import { type Counted, type Volume, kinds, volumeOf } from './disks/volume';
import { eventually } from './redis-server';

const ABOUT = { id: 'logs.redis', subject: 'main', expected: 'none' };

/** The lines of a rendered redis.conf that decide what is written. */
const CONFIG: readonly string[] = synth(tenantOf({ broker: { topology: 'standalone' } }))
  .byKind('ConfigMap', 'redis-config')
  .data['redis.conf'].split('\n')
  .filter((line: string) => /^(append|save|stop-writes)/.test(line));

const MESSAGE = 'x'.repeat(500);
const PART = 100;
const ALL: Counted = { waiting: 2 * PART, inHand: PART };

/** So many in the base, as many in the commands behind it: each in one transaction, as a worker takes it. */
async function fill(volume: Volume): Promise<void> {
  const admin = await volume.admin();
  await admin.send('RPUSH', 'celery', ...Array(PART).fill(MESSAGE));
  await admin.send('BGREWRITEAOF');
  await eventually('the base is written', () => /\.2\.base\.rdb$/.test(volume.part('.base.rdb')));
  await eventually('it is all', () => readdirSync(volume.path('appendonlydir')).length === 3);
  for (let i = 0; i < PART; i += 1) {
    await admin.send('MULTI');
    await admin.send('HSET', 'unacked', String(i), MESSAGE);
    await admin.send('RPUSH', 'celery', `${i}:${MESSAGE}`);
    await admin.send('EXEC');
  }
}

const shorten = (file: string, bytes: number): void => truncateSync(file, statSync(file).size - bytes);
const zero = (file: string, bytes: number): void => appendFileSync(file, Buffer.alloc(bytes));
const spoil = (file: string): void => {
  const bytes = readFileSync(file);
  const at = bytes.indexOf('*4\r\n', bytes.length / 2);
  writeFileSync(file, bytes.fill(0, at, at + 20));
};

/** When the last of its files was written, as start.sh has it; the snapshot's where that is all there is. */
const newest = (volume: Volume): number => {
  const folder = volume.path('appendonlydir');
  const files = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  return Math.max(...[...files, volume.path('dump.rdb')].filter(existsSync).map((f) => statSync(f).mtimeMs));
};

interface Damage {
  readonly of: string;
  readonly done: (volume: Volume) => void;
  /** Before any way out; nothing where Redis does not start. */
  readonly starts?: Counted;
  readonly says: RegExp;
  readonly way?: string;
  readonly mends?: RegExp;
  readonly after?: Counted;
}

const NOT_BEGUN = /data: there is data, and no manifest names it: Redis would begin empty/;

const damages: readonly Damage[] = [
  {
    of: 'a last command that is cut',
    done: (v) => shorten(v.part('.incr.aof'), 3),
    starts: { waiting: 199, inHand: 99 },
    says: /Truncating the AOF/,
  },
  {
    of: 'a last transaction without its end',
    done: (v) => shorten(v.part('.incr.aof'), 14),
    starts: { waiting: 199, inHand: 99 },
    says: /Revert incomplete MULTI\/EXEC transaction/,
  },
  {
    of: 'zeros behind the last command',
    done: (v) => zero(v.part('.incr.aof'), 4096),
    says: /Bad file format reading the append only file/,
    way: 'cut',
    mends: /lost: what these 4096 bytes held, at most 0 commands/,
    after: ALL,
  },
  {
    of: 'zeros in the place of the last commands',
    done: (v) => {
      shorten(v.part('.incr.aof'), 3000);
      zero(v.part('.incr.aof'), 3000);
    },
    says: /Bad file format reading the append only file/,
    way: 'cut',
    mends: /lost: what these \d+ bytes held/,
    after: { waiting: 197, inHand: 97 },
  },
  {
    of: 'a broken block in the middle',
    done: (v) => spoil(v.part('.incr.aof')),
    says: /Bad file format|crashed by signal|Error reading the append only file/,
    way: 'cut',
    mends: /lost: what these \d+ bytes held, at most (19|20)\d commands/,
    after: { waiting: 150, inHand: 50 },
  },
  {
    of: 'no manifest',
    done: (v) => rmSync(v.part('.manifest')),
    says: NOT_BEGUN,
    way: 'manifest',
    after: ALL,
  },
  {
    of: 'an empty manifest',
    done: (v) => truncateSync(v.part('.manifest')),
    says: NOT_BEGUN,
    way: 'manifest',
    after: ALL,
  },
  {
    of: 'an empty base',
    done: (v) => truncateSync(v.part('.base.rdb')),
    says: /data: \S+\.base\.rdb is empty: Redis would begin without what was in it/,
    way: 'manifest',
    mends: /cannot be read: lost what it held/,
    after: { waiting: PART, inHand: PART },
  },
  {
    of: 'half a base',
    done: (v) => shorten(v.part('.base.rdb'), 60),
    says: /Short read or OOM loading DB|Unexpected EOF reading RDB file/,
    way: 'manifest',
    mends: /no base is left: lost what was written before/,
    after: { waiting: PART, inHand: PART },
  },
  {
    of: 'half a base, and a snapshot',
    done: (v) => shorten(v.part('.base.rdb'), 60),
    says: /Short read or OOM loading DB|Unexpected EOF reading RDB file/,
    way: 'snapshot',
    mends: /the data is that of .*: lost what came after/,
    after: ALL,
  },
  {
    of: 'a base that is gone',
    done: (v) => rmSync(v.part('.base.rdb')),
    says: /Unable to obtain the AOF file/,
    way: 'manifest',
    after: { waiting: PART, inHand: PART },
  },
  {
    of: 'commands that are gone',
    done: (v) => rmSync(v.part('.incr.aof')),
    says: /Unable to obtain the AOF file/,
    way: 'manifest',
    after: { waiting: PART, inHand: 0 },
  },
  {
    of: 'a snapshot alone, put there by hand',
    done: (v) => rmSync(v.path('appendonlydir'), { recursive: true }),
    says: NOT_BEGUN,
    way: 'snapshot',
    after: ALL,
  },
];

(kinds.length === 0 ? describe.skip : describe).each(kinds)(
  'the data of Redis on a broken disk, $title',
  (kind) => {
    let volume: Volume;
    const entries = (): readonly string[] =>
      readdirSync(volume.path()).map((name) => name.replace(/-\d.*/, ''));

    beforeEach(async () => {
      volume = await volumeOf(kind, CONFIG);
      await volume.start();
      await fill(volume);
    });

    afterEach(() => volume.remove());

    it.each(damages)('is counted, and none is overwritten: $of', async (damage) => {
      if (damage.of.includes('snapshot')) await (await volume.admin()).send('SAVE');
      await volume.stop();
      damage.done(volume);

      const starts = (await volume.start()) ? await volume.count() : undefined;
      const told = volume.log();
      await volume.stop();
      const old = newest(volume);
      const mended = damage.way === undefined ? undefined : await volume.mend(damage.way);
      expect(mended === undefined || newest(volume) <= old).toBe(true); // or sentinels would take it for newer than it is
      const after = damage.way !== undefined && (await volume.start()) ? await volume.count() : undefined;

      expect({ starts, after, mended: mended?.code, told, said: mended?.output }).toEqual({
        starts: damage.starts,
        after: damage.after,
        mended: damage.way === undefined ? undefined : 0,
        told: expect.stringMatching(damage.says),
        said: mended && expect.stringMatching(damage.mends ?? /./),
      });
      expect(clean(ABOUT, told)).toMatchObject({
        verdict: 'failed',
        detail: expect.stringMatching(
          /docs\/operating\.md, "Redis cannot read its data"|is gone, as after a node/,
        ),
      });
    });

    it('begins on an empty volume, also where its first start was cut off', async () => {
      await volume.stop();
      rmSync(volume.path('appendonlydir'), { recursive: true });
      const first = await volume.start();
      await volume.stop();
      rmSync(volume.part('.manifest'));

      expect([first, await volume.start(), await volume.count()]).toEqual([
        true,
        true,
        { waiting: 0, inHand: 0 },
      ]);
    });

    it('loses what killed saves have left, which would fill the volume', async () => {
      await volume.stop();
      const names = [
        'temp-99.rdb',
        'temp-rewriteaof-bg-77.aof',
        'appendonlydir/temp-appendonly.aof.manifest',
      ];
      names.forEach((name) => writeFileSync(volume.path(name), 'x'));

      expect([await volume.start(), await volume.count()]).toEqual([true, ALL]);
      expect(entries().filter((name) => name.startsWith('temp'))).toEqual([]);
    });

    it('is put aside for a replica, which copies it again; nothing is deleted', async () => {
      await volume.stop();
      const { output } = await volume.mend('empty');

      expect([await volume.start(), await volume.count()]).toEqual([true, { waiting: 0, inHand: 0 }]);
      expect(readdirSync(`${/what was here is in (\S+)/.exec(output)?.[1]}/appendonlydir`)).toHaveLength(3);
    });

    it('is mended by nobody while Redis runs, and Redis starts on nothing that is being mended', async () => {
      const refused = await volume.mend('empty');
      const looked = await volume.mend('look');

      expect([refused.code, refused.output]).toEqual([1, expect.stringContaining('Redis runs here')]);
      expect(await volume.count()).toEqual(ALL);
      expect([looked.code, looked.output]).toEqual([
        0,
        expect.stringContaining('All AOF files and manifest are valid'),
      ]);
    });

    it('takes work while no snapshot can be written, as its append-only file has it all', async () => {
      const admin = await volume.admin();
      mkdirSync(volume.path('dump.rdb', 'not a file'), { recursive: true });
      await admin.send('BGSAVE');
      const info = async (): Promise<string> => String(await admin.send('INFO', 'persistence'));
      await eventually('it has failed', async () => (await info()).includes('rdb_last_bgsave_status:err'));

      expect(await admin.send('RPUSH', 'celery', MESSAGE)).toBe(ALL.waiting + 1);
    });
  },
);
