// Celery's promises: tasks end before their pod does, run once, and are scheduled by one beat.

import {
  changeSettings,
  envOf,
  idOf,
  ofKind,
  option,
  services,
  settingsOf,
  unless,
  workloadsOf,
} from './law';
import type { Law, Workload } from './law';
import type { Json, Manifest, Synth } from '../synth';

/** Workers, with the arguments that they are started with. */
interface Pool extends Workload {
  readonly command: readonly string[];
  readonly grace: number;
}

const pools = (manifests: readonly Manifest[]): Pool[] =>
  services(manifests)
    .filter(({ labels }) => labels['app.kubernetes.io/component'] === 'worker')
    .map((w) => ({
      ...w,
      command: w.pod.containers[0].command,
      grace: w.pod.terminationGracePeriodSeconds,
    }));

/** The pools that have one: without processes nothing enforces a limit. */
const hardLimit = ({ command }: Pool): number => Number(option(command, 'time-limit') ?? 0);

const grace: Law = {
  name: 'a worker pod may take 30 s longer to end than its longest task',
  check: ({ manifests }) =>
    pools(manifests).flatMap((pool) =>
      unless(
        pool.grace >= hardLimit(pool) + 30,
        `${pool.id} has ${pool.grace} s for tasks of ${hardLimit(pool)} s`,
      ),
    ),
  breaches: [
    {
      when: 'the pod is killed before its task',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) =>
        (byKind('Deployment', 'worker-default').spec.template.spec.terminationGracePeriodSeconds = 1829),
      says: ['Deployment/worker-default has 1829 s for tasks of 1800 s'],
    },
  ],
};

const softLimit: Law = {
  name: 'a task is warned before it is killed',
  check: ({ manifests }) =>
    pools(manifests).flatMap((pool) => {
      const soft = Number(option(pool.command, 'soft-time-limit') ?? 0);
      return unless(
        hardLimit(pool) === 0 || (soft > 0 && soft < hardLimit(pool)),
        `${pool.id} warns after ${soft} s`,
      );
    }),
  breaches: [
    {
      when: 'the warning comes with the end',
      leaf: 'production/tenants/typesafe',
      spoil: ({ byKind }) => {
        const { command } = byKind('Deployment', 'worker-default').spec.template.spec.containers[0];
        command[command.indexOf('--soft-time-limit=55')] = '--soft-time-limit=60';
      },
      says: ['Deployment/worker-default warns after 60 s'],
    },
  ],
};

const visibility: Law = {
  name: 'a message is not given to a second worker while the first may still have it',
  check: ({ manifests }) => {
    const timeout = settingsOf(manifests)?.broker_transport_options.visibility_timeout;
    return pools(manifests).flatMap((pool) => {
      const prefetch = Number(option(pool.command, 'prefetch-multiplier'));
      const longest = prefetch * hardLimit(pool) + pool.grace;
      return unless(
        timeout > longest,
        `${pool.id} may hold a message for ${longest} s, and the broker waits ${timeout} s`,
      );
    });
  },
  breaches: [
    {
      when: 'the visibility timeout is Celery’s own',
      leaf: 'production/tenants/paless',
      spoil: (objects) =>
        changeSettings(objects, (s) => (s.broker_transport_options.visibility_timeout = 3600)),
      says: ['Deployment/worker-default may hold a message for 3630 s, and the broker waits 3600 s'],
    },
  ],
};

const commands: Law = {
  name: 'workers and beat run in exec form, without gossip and mingle, on the node’s signal',
  check: ({ manifests }) =>
    workloadsOf(manifests).flatMap(({ id, pod, labels }) => {
      const { command } = pod.containers[0];
      const component = labels['app.kubernetes.io/component'];
      if (component !== 'worker' && component !== 'beat') return [];
      const wanted = component === 'worker' ? ['--without-gossip', '--without-mingle'] : ['--pidfile='];
      return [
        ...unless(command[0] === 'celery', `${id} is started by ${command[0]}`),
        ...wanted.flatMap((flag) => unless(command.includes(flag), `${id} runs without ${flag}`)),
      ];
    }),
  breaches: [
    {
      when: 'a shell stands between',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) =>
        byKind('Deployment', 'beat').spec.template.spec.containers[0].command.unshift('sh'),
      says: ['Deployment/beat is started by sh'],
    },
    {
      when: 'workers gossip',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => {
        const [worker] = byKind('Deployment', 'worker-default').spec.template.spec.containers;
        worker.command = worker.command.filter((word: string) => word !== '--without-gossip');
      },
      says: ['Deployment/worker-default runs without --without-gossip'],
    },
  ],
};

const oneBeat: Law = {
  name: 'there is at most one beat, never two at a time',
  check: ({ manifests }) => {
    const beats = services(manifests).filter(
      ({ labels }) => labels['app.kubernetes.io/component'] === 'beat',
    );
    const scaled = ofKind(manifests, 'HorizontalPodAutoscaler', 'ScaledObject').map(
      (s) => s['spec'].scaleTargetRef.name,
    );
    return [
      ...unless(beats.length <= 1, `there are ${beats.length} beats`),
      ...beats.flatMap(({ id, manifest, pod }) => [
        ...unless(manifest['spec'].replicas === 1, `${id} has ${manifest['spec'].replicas} pods`),
        ...unless(manifest['spec'].strategy.type === 'Recreate', `${id} is doubled in a rollout`),
        ...unless(!scaled.includes(manifest.metadata.name), `${id} is scaled`),
        ...unless(
          !pod.containers[0].command.some((w: string) => w.startsWith('--schedule=')) ||
            JSON.stringify(
              ofKind(manifests, 'PersistentVolumeClaim').find((c) => idOf(c).endsWith('/beat-schedule'))?.[
                'spec'
              ].accessModes,
            ) === '["ReadWriteOnce"]',
          `${id} has no volume of its own for its schedule`,
        ),
      ]),
    ];
  },
  breaches: [
    {
      when: 'beat has two pods',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('Deployment', 'beat').spec.replicas = 2),
      says: ['Deployment/beat has 2 pods'],
    },
    {
      when: 'a new beat starts before the old one ends',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('Deployment', 'beat').spec.strategy = { type: 'RollingUpdate' }),
      says: ['Deployment/beat is doubled in a rollout'],
    },
    {
      when: 'a pool calls itself beat',
      leaf: 'production/tenants/jewelry-shop',
      spoil: ({ byKind }) =>
        (byKind('Deployment', 'worker-default').spec.template.metadata.labels['app.kubernetes.io/component'] =
          'beat'),
      says: [
        'there are 2 beats',
        'Deployment/worker-default has 3 pods',
        'Deployment/worker-default is doubled in a rollout',
      ],
    },
    {
      when: 'something scales beat',
      leaf: 'production/tenants/redline',
      spoil: ({ byKind }) => {
        const pool = byKind('Deployment', 'worker-default');
        pool.spec.template.metadata.labels['app.kubernetes.io/component'] = 'beat';
        Object.assign(pool.spec, { replicas: 1, strategy: { type: 'Recreate' } });
      },
      says: ['Deployment/worker-default is scaled'],
    },
    {
      when: 'the schedule lies on a shared volume',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) =>
        (byKind('PersistentVolumeClaim', 'beat-schedule').spec.accessModes = ['ReadWriteMany']),
      says: ['Deployment/beat has no volume of its own for its schedule'],
    },
  ],
};

/** The migration Job, under a name that does not change with every version. */
function jobOf({ byKind }: Synth): Json {
  const job = byKind('Job', 'migrate');
  job.metadata.name = 'migrate-0123456789';
  return job;
}

const jobs: Law = {
  name: 'a Job is called by its content, runs once and stays',
  check: ({ manifests }) =>
    ofKind(manifests, 'Job').flatMap((job) => [
      ...unless(/-[0-9a-f]{10}$/.test(job.metadata.name), `${idOf(job)} has no hash in its name`),
      ...unless(
        job['spec'].ttlSecondsAfterFinished === undefined,
        `${idOf(job)} vanishes, and would run again`,
      ),
      ...unless(
        job['spec'].template.spec.restartPolicy === 'Never',
        `${idOf(job)} loses the logs of its failures`,
      ),
    ]),
  breaches: [
    {
      when: 'a Job has a fixed name',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('Job', 'migrate').metadata.name = 'migrate'),
      says: ['Job/migrate has no hash in its name'],
    },
    {
      when: 'a Job vanishes',
      leaf: 'production/tenants/jewelry-shop',
      spoil: (objects) => (jobOf(objects).spec.ttlSecondsAfterFinished = 60),
      says: ['Job/migrate-0123456789 vanishes, and would run again'],
    },
    {
      when: 'a failed container is started again in its pod',
      leaf: 'production/tenants/jewelry-shop',
      spoil: (objects) => (jobOf(objects).spec.template.spec.restartPolicy = 'OnFailure'),
      says: ['Job/migrate-0123456789 loses the logs of its failures'],
    },
  ],
};

const hashes: Law = {
  name: 'a pod that reads configuration carries its hash',
  check: ({ manifests }) =>
    workloadsOf(manifests).flatMap(({ id, template }) =>
      unless(
        /^[0-9a-f]{10,}$/.test(template.metadata.annotations?.['stalk.dev/config-hash'] ?? ''),
        `${id} is not rolled by new configuration`,
      ),
    ),
  breaches: [
    {
      when: 'the hash is missing',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) =>
        delete byKind('Deployment', 'beat').spec.template.metadata.annotations['stalk.dev/config-hash'],
      says: ['Deployment/beat is not rolled by new configuration'],
    },
  ],
};

/** Passwords in the environment are as old as the pod. */
const rotation: Law = {
  name: 'a pod that holds a Redis URL in its environment is rolled in a rotation, and no other is',
  check: ({ manifests }) => {
    const results: string = settingsOf(manifests)?.result_backend ?? '';
    return workloadsOf(manifests).flatMap(({ id, template, pod }) => {
      const [main] = pod.containers;
      const holds =
        (results.startsWith('sentinel:') && envOf(main, 'STALK_USER') !== undefined) ||
        (main.env ?? []).some((v: { value?: string }) => /\$\(STALK_\w+_PASSWORD\)/.test(v.value ?? '')) ||
        envOf(main, 'STALK_CREDENTIALS_IN') !== undefined;
      const stamped = template.metadata.annotations?.['stalk.dev/credentials-version'] !== undefined;
      return unless(
        holds === stamped,
        `${id} ${holds ? 'would keep an old password' : 'is rolled for nothing'}`,
      );
    });
  },
  breaches: [
    {
      when: 'a pod with a URL is not stamped',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) =>
        delete byKind('Deployment', 'beat').spec.template.metadata.annotations[
          'stalk.dev/credentials-version'
        ],
      says: ['Deployment/beat would keep an old password'],
    },
    {
      when: 'a pod without one is stamped',
      leaf: 'production/tenants/jewelry-shop',
      spoil: ({ byKind }) =>
        (byKind('Deployment', 'beat').spec.template.metadata.annotations['stalk.dev/credentials-version'] =
          '2'),
      says: ['Deployment/beat is rolled for nothing'],
    },
    {
      when: 'results come by sentinels, whose client reads the password once',
      leaf: 'lab/tenants/on-guarded',
      spoil: ({ byKind }) =>
        delete byKind('Deployment', 'web').spec.template.metadata.annotations[
          'stalk.dev/credentials-version'
        ],
      says: ['Deployment/web would keep an old password'],
    },
  ],
};

/** What is pinned to a volume gains nothing by moving; it is the Redises. */
const lostNodes: Law = {
  name: 'what can move leaves a node that is lost within half a minute, and a Redis waits for its own',
  check: ({ manifests }) =>
    services(manifests).flatMap(({ id, manifest, pod }) => {
      const stays: number[] = (pod.tolerations ?? [])
        .filter(({ key }: Json) => /^node\.kubernetes\.io\/(not-ready|unreachable)$/.test(key))
        .map((toleration: Json) => toleration.tolerationSeconds);
      return manifest.kind === 'StatefulSet'
        ? unless(stays.length === 0, `${id} is taken from its volume`)
        : unless(stays.length === 2 && stays.every((s) => s <= 30), `${id} stays on a lost node`);
    }),
  breaches: [
    {
      when: 'a worker keeps the 300 s of Kubernetes',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => delete byKind('Deployment', 'worker-default').spec.template.spec.tolerations,
      says: ['Deployment/worker-default stays on a lost node'],
    },
    {
      when: 'a Redis moves',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) =>
        (byKind('StatefulSet', 'redis').spec.template.spec.tolerations = [
          { key: 'node.kubernetes.io/not-ready', tolerationSeconds: 20 },
        ]),
      says: ['StatefulSet/redis is taken from its volume'],
    },
  ],
};

/** Beat writes its schedule at its end, which a kill takes from it. */
const noted: Law = {
  name: 'a beat that is killed sends nothing again',
  check: ({ manifests }) =>
    services(manifests)
      .filter(({ labels }) => labels['app.kubernetes.io/component'] === 'beat')
      .flatMap(({ id }) =>
        unless(
          settingsOf(manifests)?.beat_sync_every === 1,
          `${id} keeps what it has sent in memory for 3 minutes`,
        ),
      ),
  breaches: [
    {
      when: 'it is left to Celery',
      leaf: 'production/tenants/paless',
      spoil: (objects) => changeSettings(objects, (s) => delete s.beat_sync_every),
      says: ['Deployment/beat keeps what it has sent in memory for 3 minutes'],
    },
  ],
};

export const celeryLaws: readonly Law[] = [
  grace,
  softLimit,
  visibility,
  commands,
  oneBeat,
  jobs,
  hashes,
  rotation,
  lostNodes,
  noted,
];
