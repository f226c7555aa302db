/** Which room of the house may import which: design floors as one table, checked import by import. */
import { posix } from 'node:path';

/** Lowest first; rooms of one row stand beside each other and must say below what they may share. */
const FLOORS: readonly (readonly string[])[] = [
  ['kube'],
  ['spec'],
  ['plan'],
  ['traits'],
  ['redis', 'celery'],
  ['observe'],
  ['charts'],
  ['platform'],
  ['output'],
  ['laws'],
  ['check'],
  ['index'],
  ['cluster', 'report'],
  ['verify', 'loadtest', 'status'],
  ['scaffold', 'diff', 'adopt', 'compose', 'backups', 'move'],
  ['cli', 'stacks'],
];

/** Folders that use the product and are no part of it: nothing in the house may lean on them. */
const OUTSIDE = ['test', 'bench', 'scripts'];

export interface Import {
  /** File that imports, from the repository's root, with `/`. */
  readonly file: string;
  /** What stands between the quotes. */
  readonly source: string;
  readonly typeOnly: boolean;
}

/** One sentence with the reason when an import breaks a floor; nothing when it is fine. */
export function refusal(found: Import): string | undefined {
  const from = roomOf(found.file);
  if (from === undefined) return undefined;
  if (!found.source.startsWith('.')) return refusedPackage(found, from);
  const target = posix.join(posix.dirname(found.file), found.source);
  const to = roomOf(target) ?? outsideOf(target);
  if (to === undefined || to === from) return undefined;
  return refusedFolder(from, to, found) ?? refusedNeighbour(from, target) ?? refusedFloor(from, to);
}

/** Packages that belong to some files alone, with the reason. */
const PACKAGES: readonly { readonly source: RegExp; readonly allowed: RegExp; readonly reason: string }[] = [
  {
    source: /^(node:)?fs(\/promises)?$/,
    allowed:
      /^(lib\/output\/|lib\/check\/|lib\/scaffold\/|lib\/cli\/|stacks\/|lib\/(traits|cluster|verify|loadtest|status|backups)\/runtime\.ts$|lib\/laws\/kubernetes\.ts$)/,
    reason:
      'belongs to lib/output, lib/check, lib/scaffold, lib/cli, stacks, the runtime.ts files and lib/laws/kubernetes.ts: what a tenant becomes depends on its spec alone, not on the disk',
  },
  {
    source: /^(node:)?process$/,
    allowed: /^(lib\/output\/|stacks\/)/,
    reason: 'belongs to lib/output and stacks: the same spec gives the same bytes on every machine',
  },
  {
    source: /^@pulumi\//,
    allowed: /^lib\/output\/pulumi\/.+$/,
    reason: 'belongs to lib/output/pulumi: it costs 0.5 s and 90 MB at start',
  },
  {
    source: /^(cdk8s|constructs|@kubernetes)/,
    allowed: /^(?!lib\/plan\/)/,
    reason:
      'belongs to the rooms above lib/plan: a plan says what runs and where, and other outputs than Kubernetes read it',
  },
];

function refusedPackage({ file, source, typeOnly }: Import, from: string): string | undefined {
  const found = PACKAGES.find((one) => one.source.test(source) && !one.allowed.test(file));
  if (found) return `'${source}' ${found.reason}`;
  if (from === 'tenants' && !typeOnly) return `tenants are data: they import types from lib and nothing else`;
  return undefined;
}

function refusedFolder(from: string, to: string, { typeOnly }: Import): string | undefined {
  if (OUTSIDE.includes(to)) return `${from} may not import ${to}: the product does not lean on what uses it`;
  if (from === 'tenants')
    return to === 'index' && typeOnly
      ? undefined
      : `tenants are data: they import types from '../lib' (import type) and nothing else`;
  if (to === 'tenants' && from !== 'stacks')
    return `${from} may not import tenants: the list is handed in by stacks`;
  return undefined;
}

/** Rooms of one row with nothing in common. */
const APART = [
  ['cluster', 'report'],
  ['verify', 'loadtest'],
  ['verify', 'status'],
  ['loadtest', 'status'],
] as const;

function refusedNeighbour(from: string, target: string): string | undefined {
  const file = target.replace(/\.ts$/, '');
  if (from === 'celery' && file.startsWith('lib/redis'))
    return `celery knows a broker only through its plan in lib/plan/redis: any topology must fit it`;
  if (from === 'redis' && file.startsWith('lib/celery'))
    return `redis may not import celery: a broker does not know who uses it`;
  if (APART.some(([a, b]) => file.startsWith(`lib/${from === a ? b : a}`) && (from === a || from === b)))
    return `${from} may not import its neighbour: cluster and report know nothing of each other, nor do verify, loadtest and status`;
  if (from === 'index' && file.startsWith('lib/output/pulumi'))
    return `index may not export lib/output/pulumi: everyone who opens lib would pay 0.5 s and 90 MB at start`;
  return undefined;
}

function refusedFloor(from: string, to: string): string | undefined {
  if (from === 'tenants' || to === 'tenants') return undefined;
  const [lower, upper] = [floorOf(from), floorOf(to)];
  if (lower < 0) return `lib/${from} has no floor: give it one in scripts/lint/floors.ts`;
  if (upper < 0) return `lib/${to} has no floor: give it one in scripts/lint/floors.ts`;
  return upper > lower
    ? `${from} may not import ${to}: a lower floor never imports a higher one (${FLOORS.map((row) => row.join(', ')).join(' < ')})`
    : undefined;
}

function floorOf(room: string): number {
  return FLOORS.findIndex((row) => row.includes(room));
}

/** Room of a file or of an import's target, which may be a folder and has no extension. */
function roomOf(path: string): string | undefined {
  const [top, next] = path.split('/');
  if (top === 'lib') return next === undefined || next === '' ? 'index' : next.replace(/\.ts$/, '');
  return top === 'stacks' || top === 'tenants' || top === 'cli' ? top : undefined;
}

function outsideOf(path: string): string | undefined {
  return OUTSIDE.find((folder) => path === folder || path.startsWith(`${folder}/`));
}
