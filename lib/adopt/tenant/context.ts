// What every part of the tenant is written from.

import type { Inventory } from '../facts';
import type { Sheet } from '../sheet';
import type { Unit } from '../units';

export interface SeenRedis {
  /** Host names that lead to it, in lower case. */
  readonly hosts: ReadonlySet<string>;
  readonly unit?: Unit;
}

export interface BrokerAndCache {
  readonly broker?: SeenRedis;
  readonly cache?: SeenRedis;
  /** Database of the broker. */
  readonly database: number;
}

export interface Writing {
  readonly sheet: Sheet;
  readonly inventory: Inventory;
  readonly units: readonly Unit[];
  readonly name: string;
  readonly servers: BrokerAndCache;
  /** What most programs of the app run from. */
  readonly origin: string | undefined;
  /** Image of the app, where the files name one. */
  readonly image?: string;
}

/** Whether a program is of the image that most of the app is of. */
export const isOfImage = ({ origin }: Pick<Writing, 'origin'>, program: Unit['program']): boolean =>
  program.origin === origin;

/** `Deployment/worker, container app (k8s.yaml)`. */
export function unitSource({ pod, program }: Pick<Unit, 'pod' | 'program'>): string {
  if (pod.programs.length < 2 || pod.kind === 'service') return pod.source;
  return pod.source.replace(/(?= \(|$)/, `, container ${program.name}`);
}
