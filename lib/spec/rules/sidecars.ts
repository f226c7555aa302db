// Sidecars and init containers: names and ports that differ, folders that are there, and Jobs that end.

import { besideOf, pathOfBeside } from '../beside';
import { partsOf } from '../parts';
import type { Beside, ResolvedSidecar, ResolvedTenant } from '../resolved';
import type { Tenant } from '../tenant';
import { isRecord } from '../../kube/json';
import { show, unless } from './finding';
import type { Finding, Path, Rule } from './finding';
import { fixedTag } from './images';
import { limitsUnderRequests } from './sizes';

const KINDS = ['sidecars', 'initContainers'] as const;

/** Containers of Stalk's own, and the name of the port of each program. */
const TAKEN = new Set(['stagger', 'wait-for-redis', 'wait-for-migrations', 'http']);

/** What is wrong with a part of the tenant that has programs beside it; each path is told once. */
type OfPart = (path: Path, part: Part, tenant: ResolvedTenant) => readonly Finding[];
type Part = ReturnType<typeof partsOf>[number][1];

const eachPart =
  (rule: OfPart): Rule['of'] =>
  (tenant) => {
    const found = partsOf(tenant).flatMap(([path, part]) => rule(path, part, tenant));
    return [...new Map(found.map((one) => [JSON.stringify(one), one])).values()];
  };

const endsByItself = ([top]: Path, part: object): boolean => top === 'migrate' || 'cron' in part;

const plainInJobs: OfPart = (path, part, { environment }) =>
  environment.nativeSidecars || !endsByItself(path, part)
    ? []
    : part.sidecars.map((one) => ({
        path: pathOfBeside(path, 'sidecars', one),
        wanted: `not stand beside ${path.join('.')} where sidecars are plain containers: the Job would never end`,
        got: show(one.image),
        fix: `set nativeSidecars: true in the environment (Kubernetes 1.29 or newer), or write ${path.join('.')}.sidecars.${one.name}: false; docs/sidecars.md says what works before`,
      }));

const namesApart: OfPart = (path, part) => {
  const own = String(path.at(-1));
  const main = path[0] === 'workers' ? `worker-${own}` : own;
  const seen = new Set([...TAKEN, main]);
  return KINDS.flatMap((kind) =>
    part[kind].flatMap((one) => {
      const taken = seen.has(one.name);
      seen.add(one.name);
      return unless(!taken, () => ({
        path: pathOfBeside(path, kind, one),
        wanted: `have a name of its own among the containers of ${path.join('.')}`,
        got: show(one.name),
        fix: 'choose another name',
      }));
    }),
  );
};

const portOf = (part: object): number | undefined =>
  'port' in part && typeof part.port === 'number' ? part.port : undefined;

const portsApart: OfPart = (path, part) => {
  const seen = new Set<number | undefined>();
  return part.sidecars.flatMap((one) => {
    const { port, front } = one;
    if (port === undefined) return [];
    const taken = seen.has(port) || (port === portOf(part) && !front);
    seen.add(port);
    return unless(!taken, () => ({
      path: [...pathOfBeside(path, 'sidecars', one), 'port'],
      wanted: 'be a port of its own: all containers of a pod have one address',
      got: show(port),
      fix: 'use another port',
    }));
  });
};

const oneFront: OfPart = (path, part) =>
  part.sidecars
    .filter(({ front }) => front)
    .slice(1)
    .map((one) => ({
      path: [...pathOfBeside(path, 'sidecars', one), 'front'],
      wanted: 'be true of one sidecar only: requests go to one port',
      got: 'true',
      fix: 'remove it here',
    }));

const needsPort = (path: Path, { port, health, front }: ResolvedSidecar): readonly Finding[] =>
  unless(port !== undefined || (health === undefined && !front), () => ({
    path: [...path, 'port'],
    wanted: `be given, as ${front ? 'requests go to it' : 'its health is asked on it'}`,
    got: 'nothing',
    fix: 'write the port on which it listens',
  }));

/** Folders of the app that another image is shown. */
function mountsOf(
  { app: { volumes, writable } }: ResolvedTenant,
  path: Path,
  {
    mounts,
    writable: own = [],
  }: Pick<ResolvedSidecar, 'mounts'> & Partial<Pick<ResolvedSidecar, 'writable'>>,
): readonly Finding[] {
  const known = [...Object.keys(volumes), ...writable.map((folder) => folder.path)];
  const taken = new Set(['/tmp', ...own.map((folder) => folder.path)]);
  return Object.entries(mounts).flatMap(([of, to]) => {
    const again = taken.has(to);
    taken.add(to);
    return [
      ...unless(known.includes(of), () => ({
        path: [...path, 'mounts', of],
        wanted: 'name a volume of app.volumes or a folder of app.writable',
        got: show(of),
        fix: known.length === 0 ? 'add it to app.volumes or app.writable' : `use one of ${known.join(', ')}`,
      })),
      ...unless(!again, () => ({
        path: [...path, 'mounts', of],
        wanted: 'be a path of its own in that container',
        got: show(to),
        fix: 'use another path',
      })),
    ];
  });
}

/** `false` of a name that nobody says: an overlay may take away what is said in another place. */
function removals(asked: Tenant): readonly Finding[] {
  const all: readonly (readonly [Path, unknown])[] = [
    ...(['workers', 'processes'] as const).flatMap((top) =>
      Object.entries(asked[top] ?? {}).map(([name, one]) => [[top, name], one] as const),
    ),
    ...(['beat', 'web', 'flower', 'migrate'] as const).map((name) => [[name], asked[name]] as const),
  ];
  return all.flatMap(([path, workload]) =>
    KINDS.flatMap((kind) => {
      const own = isRecord(workload) ? workload[kind] : undefined;
      const names = Object.entries(isRecord(own) ? own : {}).flatMap(([name, one]) =>
        one === false ? [name] : [],
      );
      return names.flatMap((name) =>
        unless(isSaid(asked, kind, name), () => ({
          path: [...path, kind, name],
          wanted: `be the name of one of the tenant's ${kind}, to be removed here`,
          got: 'false',
          fix: `remove it, or use one of ${Object.keys(asked[kind] ?? {}).join(', ') || 'its names: there are none'}`,
        })),
      );
    }),
  );
}

const isSaid = (asked: Tenant, kind: keyof Beside, name: string): boolean =>
  asked[kind]?.[name] !== undefined || JSON.stringify(asked.overlays ?? {}).includes(`"${name}":`);

export const sidecarRules: readonly Rule[] = [
  { what: 'a Job ends, so it has no plain sidecar', of: eachPart(plainInJobs) },
  { what: 'containers of a pod have names of their own', of: eachPart(namesApart) },
  { what: 'containers of a pod have ports of their own', of: eachPart(portsApart) },
  { what: 'requests go to one sidecar at most', of: eachPart(oneFront) },
  {
    what: 'a sidecar that is asked has a port',
    of: (tenant) => besideOf(tenant, 'sidecars').flatMap(([path, one]) => needsPort(path, one)),
  },
  {
    what: 'a folder of the app that another image is shown is there',
    of: (tenant) =>
      KINDS.flatMap((kind) => besideOf(tenant, kind).flatMap(([path, one]) => mountsOf(tenant, path, one))),
  },
  {
    what: 'images beside the app have a fixed tag',
    of: (tenant) =>
      KINDS.flatMap((kind) =>
        besideOf(tenant, kind).flatMap(([path, { image }]) => fixedTag(image, tenant.environment, path)),
      ),
  },
  {
    what: 'a limit of a sidecar is at least its request',
    of: (tenant) =>
      besideOf(tenant, 'sidecars').flatMap(([path, { resources }]) => limitsUnderRequests(resources, path)),
  },
  { what: 'what is removed from a workload is there', of: (_, asked) => removals(asked) },
];
