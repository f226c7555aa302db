// `stalk restore`: what it will do in words, then a whole broker or one tenant, and what came back, counted.

import { livingRedis } from './broker';
import type { Living } from './broker';
import { holdsWork } from './counted';
import type { CountedWork } from './counted';
import { copyTenant } from './one-tenant';
import { heldIn } from './snapshot';
import type { Asking, HeldSnapshot } from './snapshot';
import { BackupError } from './target';
import type { RestoreTarget } from './target';
import { amounts, beforeLines, countedLines, headline } from './text';
import { refill } from './volumes';

export interface Restore extends Asking {
  readonly target: RestoreTarget;
  readonly from: string;
  readonly dryRun: boolean;
  readonly overLiveData: boolean;
  readonly now: () => Date;
  /** Results, line by line. */
  readonly tell: (line: string) => void;
}

/** @returns whether all that was in the snapshot came back */
export async function restore(props: Restore): Promise<boolean> {
  const { target, from } = props;
  const held = await heldIn(props, from);
  const living = await livingRedis(props.cluster, target.of);
  const mine = scoped(target, held.counted);
  const there = living && scoped(target, living.counted);
  for (const line of [
    headline(target.of.broker, held, props.now()),
    ...countedLines(mine, props.now()),
    '',
    ...beforeLines({ ...held, counted: mine }, there, props.now()),
  ])
    props.tell(line);
  if (props.dryRun) return true;
  refuseLiveData(props, there);
  return target.tenant ? copied(props, { ...held, counted: mine }, living) : refilled(props, held);
}

const scoped = ({ tenant }: RestoreTarget, all: readonly CountedWork[]): readonly CountedWork[] =>
  tenant ? all.filter((one) => one.tenant === tenant.name) : all;

/** A Redis that does not answer, as it loads or its pod has no node, may have work on its volume. */
function refuseLiveData({ overLiveData, target }: Restore, there: readonly CountedWork[] | undefined): void {
  if (overLiveData || (there && !there.some(holdsWork))) return;
  const whose = target.tenant ? `tenant ${target.tenant.name}` : `broker ${target.of.broker}`;
  const got = there ? amounts(there) : 'no answer of Redis, whose volume may hold some';
  throw new BackupError(
    `${whose} must hold no work for a restore, got ${got}; all of that is deleted with --over-live-data`,
  );
}

async function refilled(props: Restore, held: HeldSnapshot): Promise<boolean> {
  const { loaded, expired } = await refill(props, held);
  const [before, after] = [held.loaded + held.expired, loaded + expired];
  props.tell('');
  props.tell(`Came back: ${after} of ${before} keys; in the snapshot were ${amounts(held.counted)}`);
  const living = await livingRedis(props.cluster, props.target.of).catch(() => undefined);
  if (living) props.tell(`The broker holds now: ${amounts(living.counted)}; workers take from it already`);
  return after === before;
}

async function copied(props: Restore, held: HeldSnapshot, living: Living | undefined): Promise<boolean> {
  const { target } = props;
  if (target.tenant === undefined) throw new Error('a tenant is restored');
  if (living === undefined)
    throw new BackupError(
      `the primary of broker ${target.of.broker} must answer for the restore of one tenant, got no answer`,
    );
  const { copied: keys, there, wanted } = await copyTenant(props, { tenant: target.tenant, living, held });
  props.tell('');
  props.tell(
    `Came back: ${keys} of ${wanted} keys${there > 0 ? `, ${there} bindings of queues were there already` : ''}; in the snapshot were ${amounts(held.counted)}`,
  );
  return keys + there === wanted;
}
