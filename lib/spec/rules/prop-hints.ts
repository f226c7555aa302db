// Props that people look for under another name, and where this contract has them.

const EXPOSED = 'write expose: { host: … }';

const PASSWORDS = 'remove it: passwords come from Secrets, as secrets of the environment says';

/** Props of each pool, where the tenant itself has none of that name. */
const OF_A_POOL = [
  'concurrency',
  'maxTasksPerChild',
  'prefetch',
  'queues',
  'replicas',
  'scaling',
  'stagger',
  'timeLimit',
  'antiAffinity',
];

/** Props of the app and of the schedule, which stand a level deeper. */
const DEEPER: readonly (readonly [where: string, props: readonly string[]])[] = [
  ['workers: { default: { %: … } }', OF_A_POOL],
  [
    'app: { %: … }',
    [
      'image',
      'module',
      'dialect',
      'djangoSettings',
      'entrypoint',
      'pythonPath',
      'volumes',
      'workingDir',
      'writable',
    ],
  ],
  ['web: { %: … }', ['expose']],
  ['beat: { %: … }', ['schedule', 'scheduler']],
  [
    'pods: { %: … }',
    [
      'serviceAccount',
      'nodeSelector',
      'tolerations',
      'nodeAffinity',
      'priorityClass',
      'runtimeClass',
      'sharedMemory',
    ],
  ],
  ['broker: { %: … }', ['shared', 'topology', 'isolation', 'group', 'movingFrom']],
];

/** Programs of an app, as charts and Compose files call them. */
const A_PROCESS =
  'write processes: { name: { command: […] } }, with port for a server, with cron for a CronJob';

/** By prop, in lower case and without `_` and `-`. */
const HINTS: Readonly<Record<string, string>> = {
  affinity:
    'write pods: { nodeAffinity: { required: { … } } }; pods of one workload keep apart by themselves',
  autoscaling: 'write scaling',
  hpa: 'write scaling: { min, max, utilization }',
  backup:
    'say it of a broker that Stalk runs: brokers.<name> of the environment, broker of a tenant with a topology, or defaults.redis',
  backups: 'write backup: { to: … }',
  retention: 'write keep: { last, daily, weekly, monthly }',
  enabled: 'remove it; false in place of the whole record takes it away',
  encryptionkey: 'remove it: it is a key of the Secret redis-backup',
  prefix: 'write path',
  movingfrom:
    'remove it: a tenant moves from one broker at a time, so the first move ends before another begins',
  args: 'write command, a list of words',
  entrypoint: 'write app.entrypoint, words that stand before every command',
  cluster: "write topology: 'replicated' or 'sentinel'; Celery cannot follow the slots of a cluster",
  cidr: 'write to: { cidr: … }',
  configmaps: 'write configMap, the name of one',
  cpu: 'write utilization: 70, a percentage of the request',
  cpulimit: 'write cpu: { request, limit }',
  cpurequest: 'write cpu: { request, limit }',
  cronjob: A_PROCESS,
  cronjobs: A_PROCESS,
  deployments: A_PROCESS,
  environment: 'write env for variables, environments for where the tenant lives',
  envfrom:
    'write envFrom: [{ secret }] of the tenant or of a workload, or env: { NAME: { secret, key } } for one key',
  gpu: "write devices: { 'nvidia.com/gpu': 1 }",
  gpus: "write devices: { 'nvidia.com/gpu': 1 }",
  workdir: 'write app.workingDir',
  healthcheck: 'write health, a path, or probes for the timing',
  host: EXPOSED,
  hostname: EXPOSED,
  hosts: EXPOSED,
  httproute: 'say expose: { host: … } in web or flower',
  ingress: 'say expose: { host: … } in web or flower',
  jobs: A_PROCESS,
  livenessprobe: 'write probes: { liveness: … }',
  maxmemory: 'write memory: Redis gets 70 % of its limit',
  memorylimit: 'write memory: { request, limit }',
  memoryrequest: 'write memory: { request, limit }',
  namespace: 'remove it: the namespace has the name of the tenant',
  nodes: 'write replicas',
  podannotations: 'write pods: { annotations: { … } }',
  podlabels: 'write pods: { labels: { … } }',
  pods: 'say it of a tenant or a workload (pods), of all (defaults.pods of the environment), or of a Redis that Stalk runs',
  priorityclassname: 'write pods: { priorityClass }, the name of one',
  runtimeclassname: 'write pods: { runtimeClass }, the name of one',
  password: PASSWORDS,
  passwords: PASSWORDS,
  readinessprobe: 'write probes: { readiness: … }',
  programs: A_PROCESS,
  resources: 'write cpu, memory and disk beside it: { request, limit } or one value for both',
  schedule: 'write cron, five fields',
  services: A_PROCESS,
  singleton: 'write atMostOne: true',
  serviceaccountname: 'write pods: { serviceAccount: { name } }',
  shmsize: 'write pods: { sharedMemory }, a size',
  slaves: 'write replicas',
  operator: 'remove it: a toleration without a value takes every value',
  tolerationseconds: 'write for, such as "5m"',
  startupprobe: 'write probes: { startup: … }',
  targetcpuutilizationpercentage: 'write utilization',
  tag: 'put it into image, after the colon',
  tasktimelimit: 'write timeLimit',
  uri: 'write topology, host, port and username; the password comes from a Secret',
  url: 'write topology, host, port and username; the password comes from a Secret',
  variables: 'write env',
  version: 'put it into image, after the colon',
  volumemounts: 'write app.volumes: { name: { path, size } }, or files: { path: { secret } } for a Secret',
};

/** A hint that names a prop counts where there is such a prop. */
export function propHint(key: string, known: readonly string[]): string | undefined {
  const name = key.toLowerCase().replace(/[-_]/g, '');
  const deeper = deeperHint(name, known);
  if (deeper !== undefined) return deeper;
  const hint = Object.hasOwn(HINTS, name) ? HINTS[name] : undefined;
  const [, named] = /^write (\w+)(?![\w.])/.exec(hint ?? '') ?? [];
  return named === undefined || known.includes(named) ? hint : undefined;
}

/** Of a prop that the tenant has no room for, as one of its parts has it. */
function deeperHint(name: string, known: readonly string[]): string | undefined {
  for (const [where, props] of DEEPER) {
    const prop = props.find((one) => one.toLowerCase() === name);
    if (prop !== undefined && known.includes(String(where.split(':')[0])))
      return `write ${where.replace('%', prop)}`;
  }
  return undefined;
}
