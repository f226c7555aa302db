/** Defects in workers, beat, web, Flower and migrations. */
import { inFile } from './defect';
import type { Room } from './defect';

export const celery: Room = {
  name: 'celery',
  tests: ['laws/laws.test.ts', 'celery', 'charts', 'redis/users.test.ts'],
  defects: [
    ...inFile(
      'lib/celery/app-pod.ts',
      [
        'the loader is not mounted',
        "readOnly('stalk-loader', LOADER_DIR),",
        '',
        /every file of Stalk that a container names lies in a folder that it mounts/,
      ],
      [
        'the password is not mounted',
        "readOnly('redis-password', PASSWORD_DIR),",
        '',
        /every file of Stalk that a container names lies in a folder that it mounts/,
      ],
      [
        'the certificates are not mounted',
        '...(broker.redis.tls ? [readOnly(TLS_VOLUME, CLIENT_TLS_DIR)] : []),',
        '',
        /verifies it, with files that the container mounts/,
      ],
      [
        'the folder of the probes’ files is not mounted',
        "{ name: 'stalk-run', mountPath: RUN_DIR },",
        '',
        /every file of Stalk that a container names lies in a folder that it mounts/,
      ],
      [
        'the volume of the password is left out',
        "{ name: 'redis-password', secret: { secretName: broker.secret, items, defaultMode: 0o440 } },",
        '',
        /every mount has a volume/,
      ],
      [
        'everybody in a pod may read the password',
        'defaultMode: 0o440 } },\n    ...tlsVolumes',
        'defaultMode: 0o444 } },\n    ...tlsVolumes',
        /passwords and keys are files that only .* may read/,
      ],
      [
        'pods are not labelled as clients of the broker',
        '...CLIENT_OF.broker,',
        '',
        /every pod of an app reaches the broker/,
      ],
      [
        'the port of a server is not declared',
        "...(port !== undefined && { port: { name: 'http', number: port } }),",
        '',
        /a Service finds the pods that it is for, and their port/,
      ],
      [
        'a pod with a Redis URL is not rolled in a rotation',
        '...(holdsPassword(tenant, env) && {',
        '...(env.length > 999 && {',
        /holds a Redis URL in its environment is rolled in a rotation/,
      ],
    ),
    ...inFile(
      'lib/celery/beat.ts',
      ['beat runs twice', 'replicas: 1,', 'replicas: 2,', /at most one beat/],
      [
        'a new beat starts before the old one ends',
        "strategy: { type: 'Recreate' }, // two",
        "strategy: { type: 'RollingUpdate' }, // two",
        /at most one beat, never two at a time/,
      ],
    ),
    ...inFile(
      'lib/celery/settings.ts',
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
        "fanout_prefix: '/0.',",
        "fanout_prefix: '/{db}.',",
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
      'lib/celery/worker-pool.ts',
      [
        'the autoscaler takes pods whose tasks are running',
        "return [...waiting, { name: 'inflight', list: `${broker.prefix}${unacked}` }];",
        'return waiting.slice(unacked.length * 0);',
        /tasks in flight among them/,
      ],
      [
        'Git and the autoscaler fight over the number of pods',
        '...(pool.scaling === undefined && { replicas: pool.replicas }),',
        'replicas: pool.replicas,',
        /a scaled Deployment is there and has no replicas of its own/,
      ],
      ['workers gossip', "'--without-gossip',", '', /without gossip and mingle/],
      [
        'KEDA’s last pod goes before its task is done',
        'cooldown: scaling.cooldownSeconds,',
        'cooldown: 30,',
        /the last pod is not taken before its longest task is done/,
      ],
    ),
    ...inFile('lib/celery/migrations.ts', [
      'a Job vanishes, and Argo CD runs it again',
      'spec: { backoffLimit: 3,',
      'spec: { ttlSecondsAfterFinished: 60, backoffLimit: 3,',
      /a Job is called by its content, runs once and stays/,
    ]),
    ...inFile('lib/celery/web.ts', [
      'web has the rights of a worker',
      "role: 'web',",
      "role: 'worker',",
      /web and migration pods get the producer’s Redis user/,
    ]),
    ...inFile(
      'lib/celery/policies.ts',
      [
        'pods do not reach the sentinels',
        'egress: [broker, ...(broker.sentinels ? [broker.sentinels] : [])].map(',
        'egress: [broker].map(',
        /every pod of an app reaches the broker/,
      ],
      [
        'the ingress does not reach web',
        'ingress: [{ from: [peer(ingress)], ports: tcp(server.port) }],',
        'ingress: [],',
        /the ingress web and Flower/,
      ],
      [
        'everybody reaches the metrics',
        "ingress: [{ from: [peer(prometheus)], ports: tcpNamed('metrics') }],",
        "ingress: [{ ports: tcpNamed('metrics') }],",
        /prometheus reaches the manifests/,
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
