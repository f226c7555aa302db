/** Defects in workers, beat, web, Flower and migrations. */
import { inFile } from './defect';
import type { Room } from './defect';

export const celery: Room = {
  name: 'celery',
  tests: ['laws/laws.test.ts', 'celery', 'plan', 'charts', 'redis/users.test.ts'],
  defects: [
    ...inFile(
      'lib/plan/celery/folders.ts',
      [
        'the loader is not mounted',
        "{ name: 'stalk-loader', path: LOADER_DIR, config: LOADER_CONFIG },",
        '',
        /every file of Stalk that a container names lies in a folder that it mounts/,
      ],
      [
        'the password is not mounted',
        "{ name: 'redis-password', path: PASSWORD_DIR, secret, files: { [users[role]]: 'password' } },",
        '',
        /every file of Stalk that a container names lies in a folder that it mounts/,
      ],
      [
        'the certificates are not mounted',
        "certificates('redis-tls', CLIENT_TLS_DIR, broker.tls)",
        "certificates('redis-tls', '/certificates', broker.tls)",
        /verifies it, with files that the container mounts/,
      ],
      [
        'the folder of the probes’ files is not mounted',
        '  RUN_FOLDER,\n',
        '',
        /every file of Stalk that a container names lies in a folder that it mounts/,
      ],
    ),
    ...inFile('lib/plan/celery/app-process.ts', [
      'a process with a Redis URL is not restarted in a rotation',
      'inPod.flatMap(({ variables: own }) => own),',
      'inPod.flatMap(() => []),',
      /holds a Redis URL or password in its environment is rolled in a rotation/,
    ]),
    ...inFile(
      'lib/celery/pod.ts',
      ['volumes are left out', 'volumes: foldersOf(process).map(volume),', '', /every mount has a volume/],
      [
        'everybody in a pod may read the password',
        'defaultMode: 0o440',
        'defaultMode: 0o444',
        /passwords and keys are files that only .* may read/,
      ],
      [
        'pods are not labelled as clients of the broker',
        '...clientLabels(process), ...ofBroker',
        '...clientLabels({ ...process, talksTo: [] }), ...ofBroker',
        /every pod of an app reaches the broker/,
      ],
      [
        'the port of a server is not declared',
        '...(port !== undefined && listens && { port: { name: HTTP, number: port } }),',
        '',
        /a Service finds the pods that it is for, and their port/,
      ],
    ),
    ...inFile(
      'lib/celery/workload.ts',
      [
        'beat runs twice',
        "if (lifetime.kind === 'singleton') return { replicas: lifetime.replicas };",
        "if (lifetime.kind === 'singleton') return { replicas: 2 };",
        /at most one beat/,
      ],
      [
        'a new beat starts before the old one ends',
        "return { type: 'Recreate' };",
        "return { type: 'RollingUpdate' };",
        /at most one beat, never two at a time/,
      ],
      [
        'Git and the autoscaler fight over the number of pods',
        'return lifetime.scaling === undefined ? { replicas: lifetime.replicas } : {};',
        'return { replicas: lifetime.replicas };',
        /a scaled Deployment is there and has no replicas of its own/,
      ],
    ),
    ...inFile(
      'lib/plan/celery/settings.ts',
      [
        'beat forgets what it has sent',
        'beat_sync_every: 1,',
        'beat_sync_every: 0,',
        /a beat that is killed sends nothing again/,
      ],
      [
        'a task whose process is killed is lost',
        'task_reject_on_worker_lost: late',
        'task_reject_on_worker_lost: false',
        /a tenant delivery has its default/,
      ],
      [
        'control messages go out on channels that no user may use',
        "`/${database}.` : '/0.'",
        "`/${database}.` : '/{db}.'",
        /hear remote control on the channels that its settings name/,
      ],
      [
        'the visibility timeout does not reach Celery',
        'visibility_timeout: visibilityTimeout,',
        '',
        /not given to a second worker while the first may still have it/,
      ],
    ),
    ...inFile(
      'lib/plan/celery/workers.ts',
      [
        'the autoscaler takes pods whose tasks are running',
        "[...waiting, { name: 'inflight', list: due }, {",
        "[...waiting, ...(due === '' ? [] : []), {",
        /tasks in flight among them/,
      ],
      ['workers gossip', "'--without-gossip',", '', /without gossip and mingle/],
      [
        'KEDA’s last pod goes before its task is done',
        'cooldown: cooldownSeconds,',
        'cooldown: 30,',
        /the last pod is not taken before its longest task is done/,
      ],
    ),
    ...inFile('lib/plan/celery/migrations.ts', [
      'a Job vanishes, and Argo CD runs it again',
      "lifetime: { kind: 'job', timeLimit, retries: 3 },",
      "lifetime: { kind: 'job', timeLimit, retries: 3, remains: 60 },",
      /a Job is called by its content, runs once and stays/,
    ]),
    ...inFile('lib/plan/celery/own.ts', [
      'web has the rights of a worker',
      "producer: 'web',",
      "producer: 'worker',",
      /web and migration pods get the producer’s Redis user/,
    ]),
    ...inFile(
      'lib/celery/policies.ts',
      [
        'pods do not reach the sentinels',
        '[one, ...(one.sentinels ? [one.sentinels] : [])]',
        '[one]',
        /every pod of an app reaches the broker/,
      ],
      [
        'the ingress does not reach web',
        '...(ingress ? [ingressPeers(ingress)] : []),',
        '',
        /the ingress web and Flower/,
      ],
      [
        'programs of an app do not reach its servers',
        '...(isCalled(server) ? [[local(PROGRAMS)]] : []),',
        '',
        /programs of an app|call/,
      ],
    ),
    ...inFile('lib/celery/scaler.ts', [
      'KEDA is given another user’s password',
      'key: broker.users.scaler }',
      'key: broker.users.worker }',
      /ScaledObject has credentials whose user and password/,
    ]),
  ],
};
