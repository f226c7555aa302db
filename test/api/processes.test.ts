// Processes in a real API server, whose namespaces enforce the restricted standard: all are taken, and make their pods.

import type { Manifest } from '../../lib/output/manifest';
import type { Tenant } from '../../lib/spec';
import { plain, synth, tenantOf } from '../support/synth';
import { apply, asked, kubectl, lines, settled, states, served, keyOf } from './kubectl';

const { KUBECONFIG } = process.env;
if (!KUBECONFIG) console.warn('SKIPPED: set KUBECONFIG to a cluster that may be changed');

const NAMESPACE = 'many-processes';

const tenant: Tenant = tenantOf({
  name: NAMESPACE,
  broker: { topology: 'standalone' },
  workers: {
    default: { queues: ['celery'], app: { image: 'acme/other:1.0.0', module: 'other.celery' } },
  },
  processes: {
    websockets: { command: ['serve'], port: 8001 },
    listener: { command: ['listen'], health: ['alive'], atMostOne: true },
    consumer: { command: ['consume'], redisUser: 'worker', replicas: 2 },
    nightly: { command: ['clean'], cron: '30 3 1,15 jan-jun mon', timeLimit: '30m' },
  },
});

const list = (items: readonly object[]): string => JSON.stringify({ apiVersion: 'v1', kind: 'List', items });

(KUBECONFIG ? describe : describe.skip)('processes of a tenant', () => {
  const manifests: readonly Manifest[] = KUBECONFIG ? synth(tenant, plain).all : [];

  beforeAll(() => {
    if (lines(asked('get', 'namespace', NAMESPACE, '--ignore-not-found', '-o', 'name')).length > 0)
      throw new Error(`the cluster must not have the namespace ${NAMESPACE}`);
  });

  afterAll(() => asked('delete', 'namespace', NAMESPACE, '--ignore-not-found', '--wait=false'));

  it('are taken without a warning, and rest when they are applied again', async () => {
    const first = apply(['-f', '-'], list(manifests));
    const before = await settled(manifests);
    const second = apply(['-f', '-'], list(manifests));

    expect([first.code, first.errors, second.code, second.errors]).toEqual([0, '', 0, '']);
    expect(states(served(manifests), manifests.map(keyOf))).toEqual(before);
  });

  it('make their pods, one of what must not run twice', () => {
    const pods = asked('get', 'deploy', '-n', NAMESPACE, '-o', 'json');

    const { items } = JSON.parse(pods) as {
      items: readonly { metadata: { name: string }; status: { updatedReplicas?: number } }[];
    };
    expect(
      Object.fromEntries(items.map(({ metadata, status }) => [metadata.name, status.updatedReplicas])),
    ).toEqual({ websockets: 2, listener: 1, consumer: 2, 'worker-default': 1 });
  });

  it('are started by the clock with a pod that the namespace lets in', async () => {
    asked('create', 'job', 'now', '--from=cronjob/nightly', '-n', NAMESPACE);
    const job = manifests.slice(0, 1).map((any) => ({
      ...any,
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'now', namespace: NAMESPACE },
    }));
    await settled(job);

    expect(asked('get', 'job', 'now', '-n', NAMESPACE, '-o', 'jsonpath={.status.active}')).toBe('1');
  });

  it('are refused by the namespace where a patch takes their hardening', () => {
    const soft = structuredClone(manifests.find(({ kind }) => kind === 'CronJob')) as unknown as {
      spec: { jobTemplate: { spec: { template: { spec: { containers: object[] } } } } };
    };
    for (const container of soft.spec.jobTemplate.spec.template.spec.containers)
      Object.assign(container, { securityContext: { allowPrivilegeEscalation: true } });

    const { errors } = kubectl(
      ['apply', '--server-side', '--dry-run=server', '--force-conflicts', '-f', '-'],
      list([soft]),
    );

    expect(errors).toContain('would violate PodSecurity "restricted:v1.27"');
  });
});
