// What `stalk backup` and `stalk restore` do to a cluster, and what they say.

import {
  backUpNow,
  countedLines,
  heldIn,
  restore,
  snapshotLines,
  snapshotsOf,
  targetNamed,
} from '../../lib/backups';
import type { Asking } from '../../lib/backups';
import { countedIn } from '../../lib/backups/counted';
import { patternsOf } from '../../lib/backups/one-tenant';
import type { Restore } from '../../lib/backups/restore';
import type { Environment, Tenant } from '../../lib';
import { platformOf } from '../support/synth';
import { COUNTED, fakeCluster, NOW } from './fake';
import type { Here } from './fake';

const tenant = (name: string, different: Partial<Tenant> = {}): Tenant => ({
  name,
  app: { dialect: 'celery', image: 'jobs:1', module: 'jobs' },
  workers: { default: { queues: ['celery', 'reports'] } },
  ...different,
});

const backup = {
  to: { kind: 's3', endpoint: 'https://s3.example.com', bucket: 'backups' },
} as const;

const environment = {
  name: 'live',
  disposable: true,
  storageClass: 'standard',
  secrets: { strategy: 'literal' },
  brokers: {
    main: { topology: 'standalone', backup },
    sealed: { topology: 'standalone', backup, tls: { secret: 'certs' } },
    bare: { topology: 'standalone' },
  },
} as const satisfies Environment;

const platform = platformOf(environment, [
  tenant('acme', { broker: { shared: 'main' } }),
  tenant('globex', { broker: { shared: 'main', isolation: 'queue' } }),
  tenant('initech', { broker: { topology: 'standalone', backup } }),
  tenant('umbrella', { broker: { shared: 'bare' } }),
  tenant('hooli', { broker: { shared: 'sealed' } }),
]);

function asked(here: Here, name = 'main') {
  const fake = fakeCluster(here);
  const said: string[] = [];
  const target = targetNamed(platform, name);
  const asking: Asking = {
    ...{ cluster: fake.cluster, of: target.of, patience: 5, every: 1 },
    say: (text) => said.push(text),
  };
  const wish = (more: Partial<Restore> = {}): Restore => ({
    ...{ ...asking, target, from: 'latest', dryRun: false, overLiveData: false },
    now: () => NOW,
    tell: (line) => said.push(line),
    ...more,
  });
  return { ...fake, asking, wish, said };
}

/** Bindings alone, as workers make them when they connect. */
const EMPTY = '0 other tenant:acme: 3 - -';

describe('a broker is named', () => {
  test('by its own name, or by that of the tenant that has it alone', () => {
    expect(targetNamed(platform, 'main').of.tenants.map(({ name }) => name)).toEqual(['acme', 'globex']);
    expect(targetNamed(platform, 'initech')).toMatchObject({
      of: { broker: 'initech', namespace: 'initech' },
    });
    expect(targetNamed(platform, 'initech').tenant).toBeUndefined();
    expect(targetNamed(platform, 'acme')).toMatchObject({ of: { broker: 'main' }, tenant: { name: 'acme' } });
  });

  test.each([
    [
      'umbrella',
      'the broker of "umbrella" must have backups in environment "live", got none; set backup, see docs/backup.md',
    ],
    ['mian', 'a broker with backups must be named in environment "live", got "mian"; did you mean "main"'],
  ])('fails for %s', (name, message) => {
    expect(() => targetNamed(platform, name)).toThrow(message);
  });
});

describe('backups', () => {
  test('are listed, newest first', async () => {
    const { asking, done, made } = asked({});

    expect(snapshotLines(await snapshotsOf(asking), NOW)).toEqual([
      'SNAPSHOT  TAKEN                      AGO  KEYS',
      '745c1db2  2026-11-29 18:00:00 UTC  2h00m   142',
      'aaaa1111  2026-11-29 12:00:00 UTC  8h00m    90',
    ]);
    expect(done).toEqual(['make Job redis-list', 'delete Job redis-list']);
    expect(JSON.stringify(made[0])).toContain('"/opt/redis/restore.sh","list"');
  });

  test('are counted by tenant and queue, with ages, in a Job of the CronJob’s template', async () => {
    const { asking, done, made } = asked({});

    const { counted } = await heldIn(asking, '745c1db2');

    expect(countedLines(counted, new Date(1764446700 * 1000))).toEqual([
      'TENANT                   QUEUE                MESSAGES  OLDEST',
      'acme                     tenant-acme                40   5m00s',
      '                         tenant-acme.reports         3       -',
      '    4 in hand (1 with a time of their own, the latest due 2026-11-30T08:00:00+00:00), 2 dead letters, 77 results',
      'globex                   tenant-globex               7  28m20s',
      '(no tenant of the list)  -                           0       -',
      '    7 keys left:behind:…',
    ]);
    expect(done).toEqual(['make Job redis-show', 'delete Job redis-show']);
    expect(made[0]).toMatchObject({
      metadata: { namespace: 'broker-main', labels: { 'app.kubernetes.io/component': 'redis-drill' } },
      spec: {
        backoffLimit: 0,
        template: {
          metadata: { labels: { 'app.kubernetes.io/component': 'redis-drill' } },
          spec: {
            initContainers: [
              {
                env: [
                  { name: 'RESTIC_REPOSITORY', value: 's3:https://s3.example.com/backups/live' },
                  { name: 'SNAPSHOT', value: '745c1db2' },
                ],
              },
            ],
          },
        },
      },
    });
  });

  test('of a broker without work are told in one line', () => {
    expect(countedLines(countedIn(EMPTY, platform.tenants), NOW)).toEqual([
      'TENANT  QUEUE  MESSAGES  OLDEST',
    ]);
  });

  test('that cannot be looked into say why, and leave no Job', async () => {
    const { asking, done } = asked({ failure: 'there is no snapshot abad1dea in the store' });

    await expect(heldIn(asking, 'abad1dea')).rejects.toThrow(
      /Job redis-show-\w+ must succeed, got drill: there is no snapshot abad1dea in the store/,
    );
    expect(done.at(-1)).toBe('delete Job redis-show');
  });

  test('are taken out of turn as the CronJob takes them', async () => {
    const { asking, done } = asked({});

    expect(await backUpNow(asking)).toEqual(['{"ok":true}']);
    expect(done).toEqual(['make Job redis-backup', 'delete Job redis-backup']);
  });
});

describe('a restore of a whole broker', () => {
  test('says before it starts what runs again and what is lost, and a dry run ends there', async () => {
    const { wish, said, done } = asked({ living: '0 queue tenant:acme:tenant-acme 9 - -' });

    expect(await restore(wish({ dryRun: true }))).toBe(true);
    expect(said).toEqual(
      expect.arrayContaining([
        'Snapshot 745c1db2 of broker main, taken 2026-11-29 18:00:00 UTC, 2h00m ago: 140 keys, and 2 whose time is over',
        'Runs (again): 54 messages, 50 that waited and 4 that were in hand. Of these, all that were finished since run once more.',
        'Is lost: what was accepted in the 2h00m since then, and the results of these tasks.',
        'The broker holds now: 9 messages, 0 dead letters, 0 results.',
      ]),
    );
    expect(done).toEqual(['make Job redis-show', 'delete Job redis-show']);
  });

  test('is refused over work that is there', async () => {
    const { wish, done } = asked({ living: COUNTED });

    await expect(restore(wish())).rejects.toThrow(
      'broker main must hold no work for a restore, got 50 waiting, 4 in hand, 2 dead letters, 77 results, 0 RedBeat entries; all of that is deleted with --over-live-data',
    );
    expect(done).toEqual(['make Job redis-show', 'delete Job redis-show']);
  });

  test('has the StatefulSet make claim and pod anew, and counts what Redis has loaded', async () => {
    const { wish, done, made, said } = asked({ living: EMPTY });

    expect(await restore(wish())).toBe(true);
    expect(done.slice(2)).toEqual([
      'delete ConfigMap redis-restore',
      'make ConfigMap redis-restore',
      'delete PersistentVolumeClaim redis-data-redis-0',
      'delete Pod redis-0',
      'delete ConfigMap redis-restore',
    ]);
    expect(made[1]).toMatchObject({ data: { snapshot: '745c1db2', pod: 'redis-0' } });
    expect(said).toContain(
      'Came back: 142 of 142 keys; in the snapshot were 50 waiting, 4 in hand, 2 dead letters, 77 results, 0 RedBeat entries',
    );
  });

  test('is refused where no Redis answers, as its volume may hold work', async () => {
    const { wish, done } = asked({});

    await expect(restore(wish())).rejects.toThrow(
      'broker main must hold no work for a restore, got no answer of Redis, whose volume may hold some; all of that is deleted with --over-live-data',
    );
    expect(done).toEqual(['make Job redis-show', 'delete Job redis-show']);
  });

  test('goes on over work, and where no Redis answers, when it is told to', async () => {
    const [silent, told] = [asked({}), asked({ living: COUNTED })];

    expect(await restore(silent.wish({ overLiveData: true }))).toBe(true);
    expect(await restore(told.wish({ overLiveData: true }))).toBe(true);
    expect(silent.said).toContain('No Redis answers: what it would hold now is not known.');
  });

  test('empties all pods of a broker with sentinels, which forget the old primary', async () => {
    const { wish, done } = asked({
      living: EMPTY,
      redis: ['redis-0', 'redis-1', 'redis-2'],
      sentinels: ['sentinel-0', 'sentinel-1', 'sentinel-2'],
    });

    await restore(wish());

    expect(done).toEqual(
      expect.arrayContaining(
        [0, 1, 2].flatMap((number) => [
          `delete PersistentVolumeClaim redis-data-redis-${number}`,
          `delete Pod redis-${number}`,
          `delete Pod sentinel-${number}`,
        ]),
      ),
    );
  });

  test('leaves the read replicas of a fixed primary their claims, as they copy by themselves', async () => {
    const { wish, done } = asked({ living: EMPTY, redis: ['redis-0', 'redis-replica-0'] });

    await restore(wish());

    expect(done.filter((one) => one.includes('replica'))).toEqual([]);
  });

  test('says what the new pod says when it fails, and waits for its next attempt', async () => {
    const { wish, said } = asked({ living: EMPTY, failures: 2 });

    expect(await restore(wish())).toBe(true);
    expect(said).toContain(
      'redis-0 has failed, and tries again: restore: the store does not answer: no route',
    );
  });

  test('that brought less back is not whole', async () => {
    const { wish, said } = asked({ living: EMPTY, loaded: 100 });

    expect(await restore(wish())).toBe(false);
    expect(said.some((line) => line.startsWith('Came back: 101 of 142 keys'))).toBe(true);
  });
});

describe('a restore of one tenant', () => {
  test('copies its keys as a user that is there for that time alone, whose password is no argument', async () => {
    const { wish, done, inputs, said } = asked({ living: '0 queue tenant-globex 5 - -' }, 'acme');

    expect(await restore(wish())).toBe(true);
    const [add, copy, remove] = done.slice(3, 6);
    expect(add).toMatch(
      /^run add 5 on #[0-9a-f]{64} resetkeys resetchannels ~tenant:acme:\* -@all \+restore \+select \+ping in redis-0$/,
    );
    expect(copy).toBe('run sh /opt/redis/copy.sh 10.1.2.3 6379 restore 0 tenant:acme:* in redis-copy');
    expect(remove).toBe('run remove in redis-0');
    expect(inputs).toEqual([expect.stringMatching(/^[0-9a-f]{48}\n$/)]);
    expect(done.join()).not.toContain(inputs[0]?.trim());
    expect(done.at(-1)).toBe('delete Job redis-copy');
    expect(done.join()).not.toMatch(/ConfigMap|Claim|delete Pod/);
    expect(said).toContain(
      'Came back: 12 of 12 keys; in the snapshot were 43 waiting, 4 in hand, 2 dead letters, 77 results, 0 RedBeat entries',
    );
  });

  test('takes the user away also where it fails', async () => {
    const { wish, done } = asked({ living: EMPTY, copies: { code: 1, stderr: 'copy: NOPERM' } }, 'acme');

    await expect(restore(wish())).rejects.toThrow('the keys of acme must be copied, got copy: NOPERM');
    expect(done.slice(-2)).toEqual(['run remove in redis-0', 'delete Job redis-copy']);
  });

  test('is refused over its own work, and not over that of its neighbours', async () => {
    const { wish } = asked({ living: COUNTED }, 'acme');

    await expect(restore(wish())).rejects.toThrow(
      'tenant acme must hold no work for a restore, got 43 waiting',
    );
  });

  test('deletes its keys alone when it is told to', async () => {
    const { wish, done } = asked({ living: COUNTED }, 'acme');

    expect(await restore(wish({ overLiveData: true }))).toBe(true);
    expect(done[3]).toBe('run 0 tenant:acme:* in redis-0');
  });

  test('goes to the port of TLS where the broker has one', async () => {
    const { wish, done } = asked({ living: EMPTY }, 'hooli');

    expect(await restore(wish())).toBe(true);
    expect(done).toContainEqual(
      expect.stringMatching(/copy\.sh 10\.1\.2\.3 6380 restore 0 tenant:hooli:\* in redis-copy$/),
    );
  });

  test('reaches the keys that its own users reach', () => {
    const [, globex] = platform.tenants;

    expect(patternsOf(globex as (typeof platform.tenants)[number])).toEqual(
      expect.arrayContaining(['tenant-globex', 'tenant-globex.*', '_kombu.binding.tenant-globex.*']),
    );
  });
});
