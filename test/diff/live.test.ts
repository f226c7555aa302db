// The side of a cluster: what we render of it, and nothing that others added.

import { ClusterError } from '../../lib/cluster';
import type { Cluster, KubeObject } from '../../lib/cluster';
import { diffOf, liveSides, sideOf } from '../../lib/diff';
import type { Diff, Item } from '../../lib/diff';
import { tenantOf } from '../support/synth';
import type { Json } from '../support/synth';
import { edited, rendered, set, toldOf } from './sides';

const items = rendered([tenantOf()]);

/** Whether this user may not list the namespaces of the cluster. */
let forbidden = false;

/** A cluster that holds these objects, as an API server would answer. */
function cluster(held: readonly Item[], more: readonly KubeObject[] = []): Pick<Cluster, 'read' | 'list'> {
  const served = [...held.map(({ manifest }) => manifest as KubeObject), ...more].map(defaulted);
  const find = (kind: string, namespace: string | undefined) =>
    served.filter((one) => one.kind === kind && one.metadata.namespace === namespace);
  return {
    read: <T>({ kind, name }: { readonly kind: string; readonly name: string }) => {
      if (kind === 'Secret') throw new Error('nobody may read a Secret');
      return Promise.resolve(
        find(kind, undefined).find((one) => one.metadata.name === name) as T | undefined,
      );
    },
    list: <T>(...[{ kind }, namespace, labels = {}]: Parameters<Cluster['list']>) => {
      if (kind === 'Secret') throw new Error('nobody may read a Secret');
      if (kind === 'Namespace' && forbidden) return Promise.reject(new ClusterError('no', 403));
      // Items of a list say neither their kind nor their version
      return Promise.resolve(
        find(kind, namespace)
          .filter((one) =>
            Object.entries(labels).every(([name, value]) => one.metadata.labels?.[name] === value),
          )
          .map((one) => ({ ...one, kind: undefined, apiVersion: undefined })) as T[],
      );
    },
  };
}

/** What an API server, controllers and Argo CD add. */
function defaulted(object: Json): Json {
  const copy = JSON.parse(JSON.stringify(object));
  copy.status = { observed: true };
  copy.metadata = { ...copy.metadata, uid: 'u', managedFields: [{ manager: 'argocd' }] };
  copy.metadata.annotations = { ...copy.metadata.annotations, 'argocd.argoproj.io/tracking-id': 'x' };
  const pod = copy.spec?.template?.spec;
  if (pod) {
    pod.dnsPolicy = 'ClusterFirst';
    pod.containers[0].terminationMessagePath = '/dev/termination-log';
    copy.spec.template.metadata.annotations['kubectl.kubernetes.io/restartedAt'] = 'today';
  }
  if (copy.kind === 'ResourceQuota') copy.spec.hard['requests.cpu'] = milli(copy.spec.hard['requests.cpu']);
  return copy;
}

/** Another spelling of the same quantity. */
const milli = (cpu: string): string => (cpu.endsWith('m') ? cpu : `${Number(cpu) * 1000}m`);

async function compared(
  held: readonly Item[],
  more: readonly KubeObject[] = [],
  whole = true,
): Promise<Diff> {
  const { before, after, notes } = await liveSides(cluster(held, more) as Cluster, items, whole);
  return diffOf(sideOf('cluster', before), sideOf('the list', after, notes));
}

test('defaults, status and annotations of others are no difference', async () => {
  expect((await compared(items)).changes).toEqual([]);
});

test('another image there rolls its pods', async () => {
  const older = edited(
    items,
    'Deployment/worker-default',
    set(({ spec }) => (spec.template.spec.containers[0].image = 'acme/jobs:1')),
  );

  const told = toldOf(await compared(older), 'rolls');

  expect(told).toEqual(['image: acme/jobs:1 → acme/jobs:2.4.1', 'test: worker-default of acme']);
});

test('an entry that somebody added to a ConfigMap is one that goes', async () => {
  const fuller = edited(
    items,
    'ConfigMap/celery-settings',
    set(({ data }) => (data.more = 'x')),
  );

  expect((await compared(fuller)).changes.map(({ name, fields }) => [name, fields])).toEqual([
    ['celery-settings', [{ path: 'data.more', before: 'x' }]],
  ]);
});

test('a tenant that is not there yet arrives', async () => {
  const without = items.filter(({ folder }) => folder !== 'tenants/acme');

  expect(toldOf(await compared(without), 'arrives')[0]).toMatch(/^tenants\/acme: added/);
});

test('what we rendered once is removed; what others own or made is not', async () => {
  const managed = { 'app.kubernetes.io/managed-by': 'stalk' };
  const object = (name: string, metadata: object): KubeObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'acme', ...metadata },
  });

  const diff = await compared(items, [
    object('old', { labels: managed }),
    object('kube-root-ca.crt', {}),
    object('owned', { labels: managed, ownerReferences: [{ kind: 'A', name: 'a', uid: 'u' }] }),
  ]);

  expect(diff.changes.map(({ how, name }) => `${how} ${name}`)).toEqual(['removed old']);
});

describe('a tenant that is no longer in the list', () => {
  const globex = rendered([tenantOf({ name: 'globex' })]).filter(({ folder }) => folder === 'tenants/globex');

  afterEach(() => {
    forbidden = false;
  });

  test('leaves, as its namespace is there', async () => {
    expect(toldOf(await compared([...items, ...globex]), 'leaves')[0]).toMatch(/^tenants\/globex: removed/);
  });

  test("is nobody's business where only some tenants are asked about", async () => {
    expect((await compared([...items, ...globex], [], false)).changes).toEqual([]);
  });

  test('is not looked for without the right, which is said', async () => {
    forbidden = true;

    expect((await compared([...items, ...globex])).notes).toEqual([
      'Secrets are not read',
      'tenants that left are not looked for: that needs list of namespaces in the cluster',
    ]);
  });
});
