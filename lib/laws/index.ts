// The laws, and a judge that holds them against everything that is rendered: patches, sidecars and a user's own objects.

import { agreementLaws } from './agreement';
import { backupLaws } from './backups';
import { beatLaws } from './beat';
import { boundsLaws } from './bounds';
import { certificateLaws } from './certificates';
import { deviceLaws } from './devices';
import { exporterLaws } from './exporters';
import { formLaws, types } from './form';
import { hardeningLaws } from './hardening';
import type { ClusterBreach, ClusterLaw, ClusterView, Law } from './law';
import { viewOf } from './leaf';
import type { LeafView, JudgedLeaf } from './leaf';
import { logLaws } from './logs';
import { monitoringClusterLaws, monitoringLaws } from './monitoring';
import { movingLaws } from './moving';
import { mountLaws } from './mounts';
import { nameLaws } from './names';
import { namedFileLaws } from './named-files';
import { namespaceLaws } from './namespaces';
import { neighbourLaws } from './neighbours';
import { networkLaws } from './network';
import { orderLaws } from './order';
import { pathLaws } from './paths';
import { podSecurityLaws } from './pod-security';
import { redisAccessLaws } from './redis-access';
import { redisServerLaws } from './redis-servers';
import { redisUserLaws } from './redis-users';
import { rolloutLaws } from './rollouts';
import { scalingLaws } from './scaling';
import { scriptLaws } from './scripts';
import { secretFileLaws } from './secret-files';
import { secretLaws } from './secrets';
import { selectorLaws } from './selectors';
import { sentinelLaws } from './sentinels';
import { sidecarLaws } from './sidecars';
import { tlsLaws } from './tls';
import { tlsSentinelLaws } from './tls-sentinels';
import { triggerLaws } from './triggers';
import { wayInClusterLaws, wayInLaws } from './ways-in';
import { workerLaws } from './workers';

export { renderedLeaf, renderedLeaves, viewOf } from './leaf';
export type { LeafView, JudgedLeaf } from './leaf';
export type { ClusterBreach, ClusterLaw, ClusterView, Breach, Law } from './law';

/** About every leaf for itself. */
export const laws: readonly Law[] = [
  ...formLaws,
  ...nameLaws,
  ...namespaceLaws,
  ...podSecurityLaws,
  ...hardeningLaws,
  ...secretLaws,
  ...secretFileLaws,
  ...boundsLaws,
  ...deviceLaws,
  ...selectorLaws,
  ...sidecarLaws,
  ...mountLaws,
  ...pathLaws,
  ...scriptLaws,
  ...workerLaws,
  ...movingLaws,
  ...beatLaws,
  ...logLaws,
  ...rolloutLaws,
  ...scalingLaws,
  ...triggerLaws,
  ...redisServerLaws,
  ...redisUserLaws,
  ...redisAccessLaws,
  ...exporterLaws,
  ...backupLaws,
  ...sentinelLaws,
  ...tlsLaws,
  ...tlsSentinelLaws,
  ...namedFileLaws,
  ...orderLaws,
  ...wayInLaws,
  ...monitoringLaws,
];

/** About all leaves of an environment together. */
export const clusterLaws: readonly ClusterLaw[] = [
  ...networkLaws,
  ...neighbourLaws,
  ...agreementLaws,
  ...certificateLaws,
  ...wayInClusterLaws,
  ...monitoringClusterLaws,
];

/** One broken law. */
export interface BrokenLaw {
  readonly environment: string;
  /** Folder of the leaf: `tenants/acme`. */
  readonly folder: string;
  readonly law: string;
  /** `Deployment/worker-default`. */
  readonly object: string;
  /** The object and the path in it, what is wanted, what is there, and how to mend it where that is known. */
  readonly text: string;
}

/** Everything that breaks a law in these leaves, of one environment or of many. */
export function judge(leaves: readonly JudgedLeaf[]): readonly BrokenLaw[] {
  const environments = [...new Set(leaves.map(({ environment }) => environment))];
  return environments.flatMap((environment) =>
    judgeCluster(leaves.filter((leaf) => leaf.environment === environment).map(viewOf)),
  );
}

/** The leaves of one environment as a cluster law sees them. */
export function clusterOf(views: readonly LeafView[]): ClusterView | undefined {
  const [first] = views;
  return first && { environment: first.environment, peers: first.peers, leaves: views };
}

function judgeCluster(views: readonly LeafView[]): BrokenLaw[] {
  const cluster = clusterOf(views);
  if (cluster === undefined) return [];
  const verdictOf =
    (law: string) =>
    ({ folder, object, text }: ClusterBreach): BrokenLaw => ({
      environment: cluster.environment,
      folder,
      law,
      object,
      text,
    });
  const found = [
    ...views.flatMap((view) =>
      laws.flatMap(({ name, check }) =>
        check(view)
          .map((finding) => ({ ...finding, folder: view.folder }))
          .map(verdictOf(name)),
      ),
    ),
    ...clusterLaws.flatMap(({ name, check }) => check(cluster).map(verdictOf(name))),
  ];
  return withoutFollowUps(found);
}

/** Of an object that cannot be read, only that is told: the rest would follow from it. */
function withoutFollowUps(found: readonly BrokenLaw[]): BrokenLaw[] {
  const placeOf = ({ folder, object }: BrokenLaw): string => `${folder} ${object}`;
  const unreadable = new Map(found.filter(({ law }) => law === types.name).map((v) => [placeOf(v), v]));
  const waits = (v: BrokenLaw): boolean =>
    !v.text.includes(' must be a field ') && v.law !== types.name && unreadable.has(placeOf(v));
  const held = found.filter((v) => !waits(v));
  const unreadableOnes = [...unreadable].flatMap(([place, verdict]) => {
    const count = found.filter((v) => waits(v) && placeOf(v) === place).length;
    const text = `${verdict.object} must be mended before ${count} more ${count === 1 ? 'finding' : 'findings'} about it can be told`;
    return count === 0 ? [] : [{ ...verdict, text }];
  });
  return [...held, ...unreadableOnes];
}
