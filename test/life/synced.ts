// One tenant on a cluster, changed as Argo CD does: wave by wave, each when the one before is well, and pruned at the end.

import { platforms } from '../../lib';
import type { Environment, Tenant } from '../../lib';
import type { WantedSecret } from '../../lib/plan/secrets/wanted';
import { applied } from '../e2e/cluster';
import { asked } from '../e2e/kubectl';
import { environments, tenants } from '../e2e/render';
import { leafManifests, leafOf } from '../support/synth';
import type { Manifest } from '../support/synth';

/** Of the suites on a cluster: its app writes into their book, and its Redis is its own. */
export const NAME = 'elastic';

/** The shared broker of the environment. */
export const SHARED = 'shared';

export type Broker = NonNullable<Tenant['broker']>;

/** A small tenant with two workers; limits are short, so that somebody can wait for redelivery. */
export function tenantOn(broker: Broker, called = NAME): Tenant {
  const found = tenants.find(({ name }) => name === called);
  if (!found) throw new Error(`no tenant ${called}`);
  const workers = {
    default: { queues: ['celery'], replicas: 2, cpu: { request: '50m', limit: '1' } },
  } as const;
  return { ...found, workers, patches: {}, broker };
}

export interface Tree {
  readonly platform: readonly Manifest[];
  /** The environment's shared broker; nothing where the tenant has no place there. */
  readonly shared: readonly Manifest[];
  readonly tenant: readonly Manifest[];
  /** Secrets that its pods read, where somebody else puts them there. */
  readonly wanted: readonly WantedSecret[];
}

/** `secrets`: where passwords come from, if not from the tree itself. */
export function treeOf(broker: Broker, secrets?: Environment['secrets'], name = NAME): Tree {
  const where = environments.map((one) => (secrets ? { ...one, secrets } : one));
  const [platform] = platforms({ environments: where, tenants: [tenantOn(broker, name)] });
  if (!platform) throw new Error('nothing was rendered');
  const leaf = leafOf(platform, `tenants/${name}`);
  const of = (folder: string): readonly Manifest[] => leafManifests(leafOf(platform, folder));
  return {
    platform: of('platform'),
    shared: of(`brokers/${SHARED}`),
    tenant: leafManifests(leaf),
    wanted: leaf.wanted(),
  };
}

const ROLLED = new Set(['StatefulSet', 'Deployment']);

const waveOf = ({ metadata }: Manifest): number =>
  Number(metadata.annotations?.['argocd.argoproj.io/sync-wave'] ?? 0);

/** Seconds. */
const ROLLOUT = 240;

const placeOf = ({ metadata }: Manifest): readonly string[] => ['-n', metadata.namespace ?? NAME];

export async function synced(objects: readonly Manifest[], before: readonly Manifest[] = []): Promise<void> {
  const waves = [...new Set(objects.map(waveOf))].sort((a, b) => a - b);
  for (const wave of waves) {
    const items = objects.filter((one) => waveOf(one) === wave);
    await applied({ apiVersion: 'v1', kind: 'List', items });
    for (const one of items.filter(({ kind }) => ROLLED.has(kind))) {
      const name = `${one.kind}/${one.metadata.name}`;
      await asked('rollout', 'status', ...placeOf(one), name, `--timeout=${ROLLOUT}s`);
    }
  }
  const there = new Set(objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`));
  const gone = before
    .map(({ kind, metadata }) => `${kind}/${metadata.name}`)
    .filter((one) => !there.has(one));
  // It asks before it prunes these
  const pruned = gone.filter((one) => !one.startsWith('StatefulSet/'));
  const [place = NAME] = before.flatMap(({ metadata }) => metadata.namespace ?? []);
  if (pruned.length > 0) await asked('delete', '-n', place, ...pruned);
}

interface Left {
  readonly messages: number;
}

/** Messages on the broker that the tenant leaves, as `stalk move` asks. */
export async function leftOnOldSide(namespace = NAME): Promise<number> {
  const deployment = 'deploy/worker-default-draining';
  const command = ['python3', '/opt/stalk/stalk_celery.py', 'left', '--json'];
  const said = await asked(
    'exec',
    '-n',
    namespace,
    deployment,
    '-c',
    'worker-default-draining',
    '--',
    ...command,
  );
  return (JSON.parse(said) as Left).messages;
}
