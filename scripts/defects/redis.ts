/** Defects in Redis servers and sentinels. */
import { inFile } from './defect';
import type { Room } from './defect';

export const redis: Room = {
  name: 'redis',
  tests: ['laws/laws.test.ts', 'redis', 'charts'],
  defects: [
    ...inFile(
      'lib/plan/redis/topologies/servers.ts',
      [
        'Redis cannot read its users',
        "'run', 'data'],",
        "'data'],",
        /every file that redis.conf names lies in a folder that is mounted/,
      ],
      [
        'the scripts of the probes are not mounted',
        "folders: ['config', 'scripts',",
        "folders: ['config',",
        /every file of Stalk that a container names lies in a folder that it mounts/,
      ],
      [
        'a Service leads to copies while its broker gets sentinels',
        '...(of.role && { role: of.role })',
        '',
        /lead to no pod of another role/,
      ],
      ['Redis is killed while it saves', 'const GRACE = 120;', 'const GRACE = 10;', /Redis has time to save/],
      [
        'a broker is evicted like anything else',
        "evictedLast: component === 'redis',",
        'evictedLast: false,',
        /a broker is evicted last/,
      ],
      [
        'KEDA does not reach a broker',
        "...(component === 'redis' ? (['scaler'] as const) : []),",
        '',
        /KEDA reaches brokers/,
      ],
      [
        'replicas do not reach their primary',
        'to: replicas.map((group) => ({ pods: group, port })),',
        'to: [],',
        /a replica reaches its primary/,
      ],
    ),
    ...inFile(
      'lib/redis/server.ts',
      [
        'the sidecar sees no rules of users',
        "      'rules',\n",
        "      ...(verb === 'build' ? (['rules'] as const) : []),\n",
        /every script that a container starts is there, with the folders that it works in/,
      ],
      [
        'the sidecar sees no passwords',
        "      'passwords',\n",
        "      ...(verb === 'build' ? (['passwords'] as const) : []),\n",
        /every script that a container starts is there, with the folders that it works in/,
      ],
      [
        'everybody in a pod may read the passwords of all users',
        'optional: true, defaultMode: 0o440',
        'optional: true, defaultMode: 0o444',
        /passwords and keys are files that only .* may read/,
      ],
      [
        'Redis declares no port',
        "port: { name: 'redis', number: props.server.port },",
        '',
        /a Service finds the pods that it is for, and their port/,
      ],
      [
        'Redis has no volume',
        "...(data && 'claim' in data && { volumeClaimTemplates: [claim(data.claim, data.storageClass)] }),",
        '',
        /a broker always has one/,
      ],
    ),
    ...inFile(
      'lib/plan/redis/redis-conf.ts',
      [
        'sentinels may promote a read replica',
        "'replica-read-only yes', NEVER_PROMOTED]",
        "'replica-read-only yes']",
        /never becomes one/,
      ],
      [
        'redis.conf has no policy for a full memory',
        '`maxmemory-policy ${redis.eviction}`,',
        '',
        /a broker never evicts/,
      ],
      [
        'Redis saves nothing to disk but its log',
        "'save 900 1 300 10 60 10000',",
        '\'save ""\',',
        /Redis writes everything down where it has a volume/,
      ],
      [
        'Redis writes no log of what it does',
        "'appendonly yes',",
        "'appendonly no',",
        /Redis writes everything down where it has a volume/,
      ],
      [
        'Redis leaves the writing to the system’s cache',
        "'appendfsync everysec',",
        "'appendfsync no',",
        /Redis writes everything down where it has a volume/,
      ],
      [
        'Redis asks no client for a certificate',
        "'tls-auth-clients yes',",
        "'tls-auth-clients no',",
        /asks each client for one/,
      ],
    ),
    ...inFile('lib/plan/redis/topologies/servers.ts', [
      'a dead helper takes Redis from its clients',
      "unready: of.role === 'primary',",
      'unready: false,',
      /is found also when its pod is not ready/,
    ]),
    ...inFile(
      'lib/redis/services.ts',
      [
        'a Service finds every pod',
        'selector: podLabelsOf(pods),',
        "selector: { 'app.kubernetes.io/managed-by': 'stalk' },",
        /a Service finds the pods that it is for/,
      ],
      [
        'pods have no name before they are ready',
        '...(unready && { publishNotReadyAddresses: true }),',
        '',
        /tells of its pods before they are ready/,
      ],
      [
        'a Service leads to another port',
        "targetPort: k8s.IntOrString.fromString('redis')",
        "targetPort: k8s.IntOrString.fromString('http')",
        /their port by its name/,
      ],
    ),
    ...inFile('lib/plan/redis/topologies/sentinel/conf.ts', [
      'half of the sentinels replace a primary',
      'Math.floor(sentinels / 2) + 1',
      'Math.floor(sentinels / 2)',
      /more than half of the sentinels agree/,
    ]),
    ...inFile('lib/plan/redis/topologies/sentinel/nodes.ts', [
      'one Redis is unknown to the sentinels',
      '{ length: 1 + site.redis.replicas }',
      '{ length: site.redis.replicas }',
      /who elects a primary knows every Redis/,
    ]),
    ...inFile('lib/redis/tls.ts', [
      'everybody in a pod may read the private key',
      'defaultMode: 0o440',
      'defaultMode: 0o444',
      /passwords and keys are files that only .* may read/,
    ]),
    ...inFile('lib/redis/runtime/probe.sh', [
      'the probe reads a password that nobody mounts',
      '"${USERS_RUN:=/run/redis}"',
      '"${USERS_RUN:=/run/users}"',
      /every script that a container starts is there, with the folders that it works in/,
    ]),
    ...inFile('lib/spec/resolve-redis.ts', [
      'Redis may fill its container',
      'const MAXMEMORY_SHARE = 0.7;',
      'const MAXMEMORY_SHARE = 0.95;',
      /Redis may fill 70 % of its container/,
    ]),
  ],
};
