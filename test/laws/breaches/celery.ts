// How workers, beat and Jobs break their promises.

import { changeSettings } from '../../support/settings';
import type { Breaches } from '../breach';
import type { Json, Synth } from '../../support/synth';

/** The migration Job, under a name that does not change with every version. */
function jobOf({ byKind }: Synth): Json {
  const job = byKind('Job', 'migrate');
  job.metadata.name = 'migrate-0123456789';
  return job;
}

export const celeryBreaches: Breaches = {
  'a worker pod may take 30 s longer to end than its longest task': [
    {
      when: 'the pod is killed before its task',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) =>
        (byKind('Deployment', 'worker-default').spec.template.spec.terminationGracePeriodSeconds = 1829),
      says: [
        'Deployment/worker-default.spec.template.spec.terminationGracePeriodSeconds must be at least 1830, 30 s over the longest task, got 1829',
      ],
    },
  ],
  'a task is warned before it is killed': [
    {
      when: 'the warning comes with the end',
      leaf: 'production/tenants/typesafe',
      spoil: ({ byKind }) => {
        const { command } = byKind('Deployment', 'worker-default').spec.template.spec.containers[0];
        command[command.indexOf('--soft-time-limit=55')] = '--soft-time-limit=60';
      },
      says: [
        'Deployment/worker-default.spec.template.spec.containers[0].command must hold --soft-time-limit under 60, got 60',
      ],
    },
  ],
  'a message is not given to a second worker while the first may still have it': [
    {
      when: 'the visibility timeout is Celery’s own',
      leaf: 'production/tenants/paless',
      spoil: (objects) =>
        changeSettings(objects, (s) => (s.broker_transport_options.visibility_timeout = 3600)),
      says: [
        'Deployment/worker-default may hold a message for 3630 s: broker_transport_options.visibility_timeout must be more, got 3600',
      ],
    },
    {
      when: 'messages wait for a rate limit that nothing counts',
      leaf: 'production/tenants/paless',
      spoil: (objects) => changeSettings(objects, (s) => (s.task_default_rate_limit = '1/h')),
      says: [
        'Deployment/worker-default may hold a message for 10830 s: broker_transport_options.visibility_timeout must be more, got 7230',
      ],
    },
    {
      when: 'a pool without limits has longer to end than its message stays with it',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => {
        const pod = byKind('Deployment', 'worker-default').spec.template.spec;
        const [main] = pod.containers;
        main.command = main.command.filter((part: string) => !part.includes('time-limit'));
        pod.terminationGracePeriodSeconds = 9 * 3600;
      },
      says: [
        'Deployment/worker-default may hold a message for 64770 s: broker_transport_options.visibility_timeout must be more, got 7230',
      ],
    },
  ],
  'workers and beat run in exec form, without gossip and mingle, on the node’s signal': [
    {
      when: 'a shell stands between',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) =>
        byKind('Deployment', 'beat').spec.template.spec.containers[0].command.unshift('sh'),
      says: [`Deployment/beat.spec.template.spec.containers[0].command[0] must be "celery", got "sh"`],
    },
    {
      when: 'workers gossip',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => {
        const [worker] = byKind('Deployment', 'worker-default').spec.template.spec.containers;
        worker.command = worker.command.filter((word: string) => word !== '--without-gossip');
      },
      says: ['Deployment/worker-default.spec.template.spec.containers[0].command must hold --without-gossip'],
    },
  ],
  'there is at most one beat, never two at a time': [
    {
      when: 'beat has two pods',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('Deployment', 'beat').spec.replicas = 2),
      says: ['Deployment/beat.spec.replicas must be 1, got 2'],
    },
    {
      when: 'a new beat starts before the old one ends',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('Deployment', 'beat').spec.strategy = { type: 'RollingUpdate' }),
      says: [
        `Deployment/beat.spec.strategy.type must be "Recreate", got "RollingUpdate"; a rollout would run two`,
      ],
    },
    {
      when: 'a pool calls itself beat',
      leaf: 'production/tenants/jewelry-shop',
      spoil: ({ byKind }) =>
        (byKind('Deployment', 'worker-default').spec.template.metadata.labels['app.kubernetes.io/component'] =
          'beat'),
      says: [
        'Deployment/beat must be the only beat, got Deployment/beat and Deployment/worker-default',
        'Deployment/worker-default.spec.replicas must be 1, got 3',
        `Deployment/worker-default.spec.strategy.type must be "Recreate", got "RollingUpdate"; a rollout would run two`,
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
      says: ['Deployment/worker-default must be scaled by nothing, got ScaledObject/worker-default'],
    },
    {
      when: 'the schedule lies on a shared volume',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) =>
        (byKind('PersistentVolumeClaim', 'beat-schedule').spec.accessModes = ['ReadWriteMany']),
      says: [
        `Deployment/beat must keep its schedule on a claim beat-schedule of its own: accessModes must be ["ReadWriteOnce"], got ["ReadWriteMany"]`,
      ],
    },
  ],
  'what the clock starts never runs twice at a time, ends by itself, and is due in UTC': [
    {
      when: 'a slow run would meet the next',
      leaf: 'lab/tenants/many',
      spoil: ({ byKind }) => (byKind('CronJob', 'nightly').spec.concurrencyPolicy = 'Allow'),
      says: [
        'CronJob/nightly.spec.concurrencyPolicy must be "Forbid", got "Allow"; a slow run would meet the next',
      ],
    },
    {
      when: 'the node says which time it is',
      leaf: 'lab/tenants/many',
      spoil: ({ byKind }) => delete byKind('CronJob', 'nightly').spec.timeZone,
      says: [
        `CronJob/nightly.spec.timeZone must be "Etc/UTC", got nothing; the controller's own is nobody's promise`,
      ],
    },
    {
      when: 'nothing ends it, and its tries leave no logs',
      leaf: 'lab/tenants/many',
      spoil: ({ byKind }) => {
        const { spec } = byKind('CronJob', 'nightly').spec.jobTemplate;
        delete spec.activeDeadlineSeconds;
        delete spec.backoffLimit;
        spec.template.spec.restartPolicy = 'OnFailure';
      },
      says: [
        'CronJob/nightly.spec.jobTemplate.spec.activeDeadlineSeconds must be given, got nothing; a run that hangs would hold off all others',
        'CronJob/nightly.spec.jobTemplate.spec.backoffLimit must be given, got nothing',
        'CronJob/nightly.spec.jobTemplate.spec.template.spec.restartPolicy must be "Never", got "OnFailure"; the logs of its failures would be lost',
      ],
    },
  ],
  'a Job is called by its content, runs once and stays': [
    {
      when: 'a Job has a fixed name',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('Job', 'migrate').metadata.name = 'migrate'),
      says: [`Job/migrate.metadata.name must end in a hash of its content, got "migrate"`],
    },
    {
      when: 'a Job vanishes',
      leaf: 'production/tenants/jewelry-shop',
      spoil: (objects) => (jobOf(objects).spec.ttlSecondsAfterFinished = 60),
      says: [
        'Job/migrate-0123456789.spec.ttlSecondsAfterFinished must be left out, got 60; a Job that vanishes runs again',
      ],
    },
    {
      when: 'a failed container is started again in its pod',
      leaf: 'production/tenants/jewelry-shop',
      spoil: (objects) => (jobOf(objects).spec.template.spec.restartPolicy = 'OnFailure'),
      says: [
        `Job/migrate-0123456789.spec.template.spec.restartPolicy must be "Never", got "OnFailure"; the logs of its failures would be lost`,
      ],
    },
  ],
  'a pod that reads configuration carries its hash': [
    {
      when: 'the hash is missing',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) =>
        delete byKind('Deployment', 'beat').spec.template.metadata.annotations['stalk.dev/config-hash'],
      says: [
        `Deployment/beat: the pods' annotation stalk.dev/config-hash must be a hash, got nothing; new configuration would not roll them`,
      ],
    },
  ],
  'a pod that holds a Redis URL or password in its environment is rolled in a rotation, and no other is': [
    {
      when: 'a pod with a URL is not stamped',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) =>
        delete byKind('Deployment', 'beat').spec.template.metadata.annotations[
          'stalk.dev/credentials-version'
        ],
      says: [
        `Deployment/beat: the pods' annotation stalk.dev/credentials-version must be there, as they keep a password in their environment, got nothing`,
      ],
    },
    {
      when: 'a pod without one is stamped',
      leaf: 'production/tenants/jewelry-shop',
      spoil: ({ byKind }) =>
        (byKind('Deployment', 'beat').spec.template.metadata.annotations['stalk.dev/credentials-version'] =
          '2'),
      says: [
        `Deployment/beat: the pods' annotation stalk.dev/credentials-version must be left out, as they read new passwords by themselves, got "2"`,
      ],
    },
    {
      when: 'results come by sentinels, whose client reads the password once',
      leaf: 'lab/tenants/on-guarded',
      spoil: ({ byKind }) =>
        delete byKind('Deployment', 'web').spec.template.metadata.annotations[
          'stalk.dev/credentials-version'
        ],
      says: [
        `Deployment/web: the pods' annotation stalk.dev/credentials-version must be there, as they keep a password in their environment, got nothing`,
      ],
    },
  ],
  'what can move leaves a node that is lost within half a minute, and a Redis waits for its own': [
    {
      when: 'a worker keeps the 300 s of Kubernetes',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => delete byKind('Deployment', 'worker-default').spec.template.spec.tolerations,
      says: [
        'Deployment/worker-default.spec.template.spec.tolerations must hold not-ready and unreachable for at most 30 s, got []',
      ],
    },
    {
      when: 'a Redis moves',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) =>
        (byKind('StatefulSet', 'redis').spec.template.spec.tolerations = [
          { key: 'node.kubernetes.io/not-ready', tolerationSeconds: 20 },
        ]),
      says: [
        'StatefulSet/redis.spec.template.spec.tolerations must leave lost nodes alone, as its volume stays there, got [20]',
      ],
    },
  ],
  'a log is JSON or text, and JSON names its process': [
    {
      when: 'the banner stands before it',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) =>
        byKind('Deployment', 'beat').spec.template.spec.containers[0].env.push({
          name: 'STALK_LOGS',
          value: '{"process":"beat"}',
        }),
      says: [
        'Deployment/beat.spec.template.spec.containers[0].command must hold --quiet: a banner is no JSON',
      ],
    },
    {
      when: 'it names another process, or cannot be read',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) =>
        [['beat', '{"process":"worker-default"}'] as const, ['worker-default', '{'] as const].forEach(
          ([name, value]) => {
            const [container] = byKind('Deployment', name).spec.template.spec.containers;
            container.command.push('--quiet');
            container.env.push({ name: 'STALK_LOGS', value });
          },
        ),
      says: [
        `Deployment/beat.spec.template.spec.containers[0].env: STALK_LOGS must name the process "beat", got "{\\"process\\":\\"worker-default\\"}"`,
        `Deployment/worker-default.spec.template.spec.containers[0].env: STALK_LOGS must name the process "worker-default", got "{"`,
      ],
    },
    {
      when: 'it is text that leaves something out',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) =>
        byKind('Deployment', 'beat').spec.template.spec.containers[0].command.push('--quiet'),
      says: [
        'Deployment/beat.spec.template.spec.containers[0].command must not hold --quiet, as its log is text',
      ],
    },
  ],
  'a beat that is killed sends nothing again': [
    {
      when: 'it is left to Celery',
      leaf: 'production/tenants/paless',
      spoil: (objects) => changeSettings(objects, (s) => delete s.beat_sync_every),
      says: [
        'Deployment/beat must write down what it has sent at once: beat_sync_every must be 1, got nothing',
      ],
    },
  ],
};
