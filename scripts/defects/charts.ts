/** Defects in what stands around workloads: policies, quota, order. */
import { inFile } from './defect';
import type { Room } from './defect';

export const charts: Room = {
  name: 'charts',
  tests: ['laws/laws.test.ts', 'kube', 'charts'],
  defects: [
    ...inFile(
      'lib/traits/network.ts',
      [
        'names are asked by UDP in vain',
        "ports: [...tcp(53), { port: k8s.IntOrString.fromNumber(53), protocol: 'UDP' }] },",
        'ports: tcp(53) },',
        /every pod is closed both ways but for what is opened, and finds names/,
      ],
      [
        'pods leave for anywhere',
        "name: 'default-deny', labels, ingress: [], egress: [] }",
        "name: 'default-deny', labels, ingress: [] }",
        /every pod is closed both ways/,
      ],
      [
        'the internet includes the cluster and its cloud',
        "cidrPeer('0.0.0.0/0', PRIVATE_RANGES)",
        "cidrPeer('0.0.0.0/0')",
        /the internet is neither the cluster/,
      ],
      [
        'every pod of a tenant reaches its broker',
        'peer({ namespace: guestOf(broker), pods: CLIENT_OF.broker });',
        "peer({ namespace: guestOf(broker), pods: { 'app.kubernetes.io/managed-by': 'stalk' } });",
        /who may leave for a Redis may enter there/,
      ],
    ),
    ...inFile(
      'lib/traits/quota.ts',
      [
        'a rollout exceeds the quota',
        '.reduce(add, NONE), 2);',
        '.reduce(add, NONE), 1);',
        /the quota covers twice all pods/,
      ],
      [
        'the LimitRange refuses the largest container',
        'most(...footprints.map((f) => f.largest))',
        'most(...footprints.slice(1).map((f) => f.largest))',
        /the LimitRange lets the largest container in/,
      ],
      [
        'the quota has no room for claims',
        'String(2 * claims.length + existingClaims)',
        'String(claims.length + existingClaims)',
        /the quota has room for the claims of the leaf twice/,
      ],
    ),
    ...inFile(
      'lib/charts/tenant-chart.ts',
      [
        'workloads do not wait for what they need',
        'after([...jobs, ...services], needs);',
        'after(jobs, needs);',
        /a workload comes after the configuration that it reads/,
      ],
      [
        'workloads do not wait for migrations',
        '    after(services, jobs);\n',
        '',
        /a workload comes after .* the migrations/,
      ],
      [
        'objects come before their Namespace',
        'afterNamespace(this, closed.namespace);',
        '',
        /its Namespace comes first/,
      ],
    ),
    ...inFile(
      'lib/charts/namespace.ts',
      [
        'namespaces admit what the standard refuses',
        "'restricted'],",
        "'baseline'],",
        /every Namespace enforces the restricted/,
      ],
      [
        'the ServiceAccount hands out tokens',
        'automountServiceAccountToken: false,',
        'automountServiceAccountToken: true,',
        /no pod gets a token/,
      ],
    ),
  ],
};
