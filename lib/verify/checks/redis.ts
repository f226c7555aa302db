// Check: each Redis is the StatefulSet that was rendered: resources, storage, its pods, and what it runs with.

import { askRedis, configOf, containerOf, isReady } from '../../cluster';
import type { Pod } from '../../cluster';
import { differences, differencesInWords } from '../compare';
import { externalServersHere } from './external';
import { guarded, judged, skipped } from '../section';
import type { CheckOutcome, SectionOfChecks } from '../section';
import { nameOf, podsOf } from '../world';
import type { ServerHere, WorkloadHere, World } from '../world';

export const redisChecks: SectionOfChecks = {
  id: 'redis',
  title: 'Redis as rendered',
  async *run(world) {
    yield* externalServersHere(world);
    for (const server of world.servers) {
      for (const set of server.sets) {
        const subject = nameOf(set);
        yield* guarded({ id: 'redis.pods', subject, expected: 'its pods ready' }, () => pods(world, set));
        yield* guarded({ id: 'redis.storage', subject, expected: 'bound claims' }, () => claims(world, set));
        yield* guarded({ id: 'redis.config', subject, expected: 'redis.conf as rendered' }, () =>
          configuration(world, server, set),
        );
      }
    }
  },
};

interface Template {
  readonly spec: { readonly containers: readonly { readonly name: string; readonly resources: Resources }[] };
}
type Resources = Readonly<Record<'requests' | 'limits', Readonly<Record<string, string>>>>;

/** The container that is Redis, in its StatefulSet. */
export const REDIS = 'redis';

export const resourcesOf = ({ manifest }: WorkloadHere): Resources | undefined =>
  (manifest.spec?.['template'] as Template).spec.containers.find(({ name }) => name === REDIS)?.resources;

async function pods(world: World, set: WorkloadHere): Promise<CheckOutcome[]> {
  const wanted = resourcesOf(set);
  const replicas = Number(set.manifest.spec?.['replicas']);
  const found = await podsOf(world, set);
  const running = found.filter(isReady);
  const expected = `${replicas} ready, ${spelled(wanted)}`;
  const other = running.flatMap((pod) => {
    const got = pod.spec.containers.find(({ name }) => name === REDIS)?.resources;
    const wrong = differences(wanted, got, 'resources');
    return wrong.length > 0 ? [`${pod.metadata.name}: ${differencesInWords(wrong)}`] : [];
  });
  const places = running.map(({ metadata, spec }) => `${metadata.name} on ${spec.nodeName}`).join(', ');
  const about = { id: 'redis.pods', subject: nameOf(set), expected };
  const text = [`${running.length} ready${places === '' ? '' : ` (${places})`}`, ...other].join('; ');
  return [
    judged(
      about,
      running.length === replicas && other.length === 0,
      text,
      'kubectl describe the pod that is not ready',
    ),
  ];
}

const spelled = (resources: Resources | undefined): string =>
  (['cpu', 'memory'] as const)
    .map((name) => `${name} ${resources?.requests[name]} to ${resources?.limits[name]}`)
    .join(', ');

interface Claim {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly storageClassName?: string;
    readonly volumeName?: string;
    readonly resources: { readonly requests: { readonly storage: string } };
  };
  readonly status?: { readonly phase?: string; readonly capacity?: { readonly storage?: string } };
}

const CLAIM = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' } as const;

async function claims({ cluster }: World, set: WorkloadHere): Promise<CheckOutcome[]> {
  const templates = (set.manifest.spec?.['volumeClaimTemplates'] ?? []) as readonly Claim[];
  const replicas = Number(set.manifest.spec?.['replicas']);
  const subject = nameOf(set);
  if (templates.length === 0) {
    const about = { id: 'redis.storage', subject, expected: 'no volume' };
    return [skipped(about, 'its data is in memory only, as rendered')];
  }
  const names = templates.flatMap((template) =>
    Array.from({ length: replicas }, (_, i) => ({
      template,
      name: `${template.metadata.name}-${set.name}-${i}`,
    })),
  );
  return Promise.all(
    names.map(async ({ template, name }) => {
      const wanted = template.spec;
      const about = {
        id: 'redis.storage',
        subject: `${set.namespace} PersistentVolumeClaim/${name}`,
        expected: `bound, ${wanted.resources.requests.storage} of ${wanted.storageClassName}`,
      };
      const got = await cluster.read<Claim>({ ...CLAIM, namespace: set.namespace, name });
      if (!got) return judged(about, false, 'not there', 'the StatefulSet makes it with its pod');
      const wrong = differences(wanted, got.spec);
      const { phase = 'no phase', capacity } = got.status ?? {};
      const text = `${phase}, ${capacity?.storage} of ${got.spec.storageClassName}, volume ${got.spec.volumeName}`;
      return judged(
        about,
        phase === 'Bound' && wrong.length === 0,
        [text, differencesInWords(wrong)].filter(Boolean).join('; '),
        phase === 'Bound' ? GROWS : WAITS,
      );
    }),
  );
}

const GROWS =
  'claims of a StatefulSet grow by hand, and keep their class: docs/upgrades.md, "A volume grows"';

const WAITS =
  'kubectl describe it: its class does not exist or gives no volume? docs/operating.md, "A claim waits"';

/** Paths of the pod, and what the server keeps in another spelling or changes by itself (a failover, a rotation). */
const NOT_COMPARED = new Set(['include', 'aclfile', 'bind', 'replicaof']);

async function configuration(world: World, server: ServerHere, set: WorkloadHere): Promise<CheckOutcome[]> {
  const rendered = server.conf.get(set.name) ?? new Map<string, string>();
  const wanted = new Map([...rendered].filter(([name]) => !NOT_COMPARED.has(name)));
  const expected = [...SPOKEN]
    .flatMap((name) => (wanted.has(name) ? [`${name} ${wanted.get(name)}`] : []))
    .join(', ');
  const found: CheckOutcome[] = [];
  for (const pod of (await podsOf(world, set)).filter(isReady)) {
    const [reply = ''] = await askRedis(world, containerOf(pod, REDIS), ['CONFIG GET *']);
    const about = { id: 'redis.config', subject: podName(pod), expected };
    found.push(comparedConfig(about, wanted, configOf(reply)));
  }
  return found;
}

/** The part of the configuration that people ask about. */
const SPOKEN = ['maxmemory', 'maxmemory-policy', 'appendonly', 'appendfsync', 'maxclients'] as const;

export function comparedConfig(
  about: Parameters<typeof judged>[0],
  wanted: ReadonlyMap<string, string>,
  got: ReadonlyMap<string, string>,
): CheckOutcome {
  const wrong = [...wanted].filter(([name, value]) => got.has(name) && got.get(name) !== value);
  const text = wrong.map(([name, value]) => `${name} is ${got.get(name)}, not ${value}`).join('; ');
  return judged(
    about,
    wrong.length === 0,
    wrong.length === 0 ? `all ${wanted.size} directives as rendered` : text,
    'somebody used CONFIG SET: delete the pod to go back, or say it in the tenant and render again',
  );
}

export const podName = ({ metadata }: Pod): string => `${metadata.namespace} pod/${metadata.name}`;
