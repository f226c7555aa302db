// What stands beside the program of each workload: the tenant's by name, and its own in their place or after them.

import type { Defaults } from './defaults';
import { filled } from './layers';
import type { Beside, ResolvedSidecar } from './resolved';
import { writtenFolders } from './resolve-pods';
import { resources } from './compute-range';
import { initContainer, sidecar } from './sidecars';
import type { InitContainer, Sidecar, WebSidecar } from './sidecars';

type ByName<T> = Readonly<Record<string, T | false>>;

export interface AskedBeside {
  readonly sidecars?: ByName<WebSidecar>;
  readonly initContainers?: ByName<InitContainer>;
}

/** Of one workload; without one, the tenant's. */
export function resolveBeside(
  tenant: Required<AskedBeside>,
  defaults: Defaults['sidecar'],
  own: AskedBeside = {},
): Beside {
  return {
    sidecars: chosen(tenant.sidecars, own.sidecars).map(([name, one]) => ({
      ...resolveSidecar(one, defaults),
      name,
      isOwn: own.sidecars?.[name] !== undefined,
    })),
    initContainers: chosen(tenant.initContainers, own.initContainers).map(([name, one]) => ({
      ...initContainer.defaults,
      ...one,
      name,
      isOwn: own.initContainers?.[name] !== undefined,
    })),
  };
}

/** The nearer one of each name, in the order in which the names are first said. */
const chosen = <T>(tenant: ByName<T>, own: ByName<T> = {}): readonly (readonly [string, T])[] =>
  Object.entries({ ...tenant, ...own }).flatMap(([name, one]) =>
    one === false ? [] : [[name, one] as const],
  );

function resolveSidecar(
  asked: Sidecar & Pick<WebSidecar, 'front'>,
  defaults: Defaults['sidecar'],
): Omit<ResolvedSidecar, 'name' | 'isOwn'> {
  const { cpu, memory, disk, front = false, writable, ...full } = filled(defaults, asked, sidecar);
  return {
    envFrom: [],
    files: {},
    ...full,
    front,
    writable: writtenFolders(writable),
    resources: resources({ cpu, memory, disk }),
  };
}
