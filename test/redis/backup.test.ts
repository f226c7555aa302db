// Where each prop of a broker's backups ends up, and what the clock starts.

import type { Backup } from '../../lib/spec';
import { once, range, reaches, variable } from '../support/props';
import type { Places } from '../support/props';
import { synth, tenantOf } from '../support/synth';
import type { Json, Synth } from '../support/synth';

const store = { kind: 's3', endpoint: 'https://s3.example.com', bucket: 'backups' } as const;

const backedUp = (backup: Backup): (() => Synth) =>
  once(() => synth(tenantOf({ broker: { topology: 'standalone', backup } })));

const minimal = backedUp({ to: store });

const all: Required<Backup> = {
  to: { ...store, path: 'mine' },
  schedule: '5 3 * * *',
  keep: { last: 1, daily: 2, weekly: 0, monthly: 3 },
  drill: false,
  image: 'restic/restic:0.17.3',
  cpu: { request: '60m', limit: '2' },
  memory: { request: '70Mi', limit: '300Mi' },
};

const cronJob = (name: string, objects: Synth): Json => objects.byKind('CronJob', name).spec;
const podOf = (name: string, objects: Synth): Json => cronJob(name, objects).jobTemplate.spec.template.spec;
const storing = (objects: Synth): Json => podOf('redis-backup', objects).containers[0];

describe('a backup', () => {
  const places: Places<Required<Backup>> = {
    to: [
      (objects) => variable(storing(objects), 'RESTIC_REPOSITORY'),
      's3:https://s3.example.com/backups/mine',
      expect.stringMatching(/^s3:https:\/\/s3\.example\.com\/backups\/.+\/tenants\/acme$/),
    ],
    schedule: [
      (objects) => cronJob('redis-backup', objects).schedule,
      '5 3 * * *',
      expect.stringMatching(/^\d+ \*\/6 \* \* \*$/),
    ],
    keep: [
      (objects) => variable(storing(objects), 'KEEP'),
      '--keep-last 1 --keep-daily 2 --keep-monthly 3',
      '--keep-last 8 --keep-daily 7 --keep-weekly 4',
    ],
    drill: [(objects) => cronJob('redis-drill', objects).suspend, true, undefined],
    image: [
      (objects) => [storing(objects).image, podOf('redis-drill', objects).initContainers[0].image],
      ['restic/restic:0.17.3', 'restic/restic:0.17.3'],
      ['restic/restic:0.18.1', 'restic/restic:0.18.1'],
    ],
    cpu: [(objects) => range(storing(objects), 'cpu'), '60m/2', '50m/1'],
    memory: [(objects) => range(storing(objects), 'memory'), '70Mi/300Mi', '64Mi/256Mi'],
  };

  reaches(places, backedUp(all), minimal);
});

describe('a drill', () => {
  test('runs by a clock of its own', () => {
    const objects = backedUp({ to: store, drill: '0 4 * * 0' })();

    expect(cronJob('redis-drill', objects)).toMatchObject({ schedule: '0 4 * * 0' });
    expect(cronJob('redis-drill', objects)).not.toHaveProperty('suspend');
  });

  test('that is off stays as the template of the Jobs that list, show and restore make', () => {
    const off = backedUp({ to: store, drill: false })();

    expect(podOf('redis-drill', off)).toEqual(podOf('redis-drill', minimal()));
    expect(cronJob('redis-backup', off)).not.toHaveProperty('suspend');
  });
});

describe('beside certificates', () => {
  const sealed = once(() =>
    synth(tenantOf({ broker: { topology: 'standalone', backup: { to: store }, tls: { secret: 'certs' } } })),
  );

  test.each([
    ['redis-backup', 'dump', ['initContainers', 'containers']],
    ['redis-drill', 'drill', ['containers', 'initContainers']],
  ])('%s shows those of a client in %s alone', (job, name, [own = '', other = '']) => {
    const pod = podOf(job, sealed());
    const mounts = (of: string): readonly string[] =>
      pod[of].flatMap((one: Json) => one.volumeMounts.map(({ mountPath }: Json) => mountPath));

    expect(pod[own][0]).toMatchObject({
      name,
      env: expect.arrayContaining([{ name: 'REDIS_TLS', value: '/etc/stalk/tls' }]),
    });
    expect(mounts(own)).toContain('/etc/stalk/tls');
    expect(mounts(other)).not.toContain('/etc/stalk/tls');
  });
});
