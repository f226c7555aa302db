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
    ['image', 'module', 'dialect', 'djangoSettings', 'entrypoint', 'pythonPath', 'volumes', 'writable'],
  ],
  ['web: { %: … }', ['expose']],
  ['beat: { %: … }', ['schedule', 'scheduler']],
  ['broker: { %: … }', ['shared', 'topology', 'isolation', 'group']],
];

/** By prop, in lower case and without `_` and `-`. */
const HINTS: Readonly<Record<string, string>> = {
  autoscaling: 'write scaling',
  hpa: 'write scaling: { min, max, utilization }',
  args: 'write command, a list of words',
  entrypoint: 'write app.entrypoint, words that stand before every command',
  cluster: "write topology: 'replicated' or 'sentinel'; Celery cannot follow the slots of a cluster",
  cidr: 'write to: { cidr: … }',
  configmaps: 'write configMap, the name of one',
  cpu: 'write utilization: 70, a percentage of the request',
  cpulimit: 'write cpu: { request, limit }',
  cpurequest: 'write cpu: { request, limit }',
  environment: 'write env for variables, environments for where the tenant lives',
  envfrom: 'write env: { NAME: { secret, key } } for each variable',
  healthcheck: 'write health, a path, or probes for the timing',
  host: EXPOSED,
  hostname: EXPOSED,
  hosts: EXPOSED,
  httproute: 'say expose: { host: … } in web or flower',
  ingress: 'say expose: { host: … } in web or flower',
  livenessprobe: 'write probes: { liveness: … }',
  maxmemory: 'write memory: Redis gets 70 % of its limit',
  memorylimit: 'write memory: { request, limit }',
  memoryrequest: 'write memory: { request, limit }',
  namespace: 'remove it: the namespace has the name of the tenant',
  nodes: 'write replicas',
  password: PASSWORDS,
  passwords: PASSWORDS,
  readinessprobe: 'write probes: { readiness: … }',
  resources: 'write cpu, memory and disk beside it: { request, limit } or one value for both',
  slaves: 'write replicas',
  startupprobe: 'write probes: { startup: … }',
  targetcpuutilizationpercentage: 'write utilization',
  tag: 'put it into image, after the colon',
  tasktimelimit: 'write timeLimit',
  uri: 'write topology, host, port and username; the password comes from a Secret',
  url: 'write topology, host, port and username; the password comes from a Secret',
  variables: 'write env',
  version: 'put it into image, after the colon',
  volumemounts: 'write app.volumes: { name: { path, size } }',
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
