/** Defects in the pod that everything runs in, and in its labels. */
import { inFile } from './defect';
import type { Room } from './defect';

export const pods: Room = {
  name: 'pods',
  tests: ['laws/laws.test.ts', 'kube', 'celery', 'plan'],
  defects: [
    ...inFile(
      'lib/kube/pod.ts',
      [
        'pods get a token of their ServiceAccount',
        'automountServiceAccountToken: account !== undefined && account.token,',
        'automountServiceAccountToken: true,',
        /no pod gets a token/,
      ],
      [
        'pods get the addresses of Services as variables',
        'enableServiceLinks: false,',
        'enableServiceLinks: true,',
        /addresses of Services/,
      ],
      [
        'root file systems are writable',
        'readOnlyRootFilesystem: readOnlyRoot,',
        'readOnlyRootFilesystem: false,',
        /root file system is read-only/,
      ],
      [
        'containers keep their capabilities',
        "capabilities: { drop: ['ALL'] },",
        '',
        /every container passes the restricted Pod Security Standard/,
      ],
      [
        'pods have no seccomp profile',
        "seccompProfile: { type: 'RuntimeDefault' },",
        '',
        /every pod passes the restricted Pod Security Standard/,
      ],
      [
        'init containers have no resources',
        'initContainers: props.init.map(harden)',
        'initContainers: props.init.map((c) => ({ ...harden(c), resources: { ...harden(c).resources, limits: {} } }))',
        /every container has requests and limits/,
      ],
      [
        'containers ask for no disk',
        "'ephemeral-storage': quantity(resources.disk[side]),",
        "...(side === 'limit' && { 'ephemeral-storage': quantity(resources.disk[side]) }),",
        /every container has requests and limits of CPU, memory and disk/,
      ],
      [
        'nobody mounts /tmp',
        '=== TMP.mountPath) ? [] : [TMP]), ...mounts],',
        '=== TMP.mountPath) ? [] : []), ...mounts],',
        /every volume is mounted|has a place to write/,
      ],
      [
        'workers stay five minutes on a lost node',
        '    tolerationSeconds,\n',
        '    tolerationSeconds: 300,\n',
        /leaves a node that is lost within half a minute/,
      ],
      [
        'pods have Kubernetes’ 30 s to end in',
        'terminationGracePeriodSeconds: props.grace,',
        'terminationGracePeriodSeconds: 30,',
        /30 s longer to end than its longest task/,
      ],
    ),
    ...inFile(
      'lib/kube/labels.ts',
      [
        'the label part-of is left out',
        "'app.kubernetes.io/part-of': owner,",
        '',
        /every object and pod has the standard labels/,
      ],
      [
        'a tenant’s objects do not carry its name',
        "...(tenant !== undefined && { 'stalk.dev/tenant': tenant }),",
        '',
        /standard labels, and a tenant’s its name/,
      ],
      [
        'a selector takes in more than one workload',
        "  'app.kubernetes.io/component': component,\n  'app.kubernetes.io/instance': instance,\n});",
        "  'app.kubernetes.io/component': component,\n});",
        /selects its own pods and no other/,
      ],
    ),
    ...inFile(
      'lib/traits/probes.ts',
      [
        'liveness of Redis asks what readiness asks',
        "look: asked('live')",
        "look: asked('ready')",
        /liveness probe, the last of which looks at something else/,
      ],
      [
        'probes give up at the first failure',
        'failureThreshold: timing.failures,',
        'failureThreshold: 1,',
        /probes (reaches|has its default)/,
      ],
    ),
    ...inFile('lib/plan/celery/signals.ts', [
      'a worker is killed while its task keeps it busy',
      'STALE_MINUTES + Math.ceil(busy / 60)',
      'STALE_MINUTES',
      /worker whose task keeps it from all else lives as long/,
    ]),
    ...inFile(
      'lib/traits/availability.ts',
      [
        'a budget lets no pod go',
        'maxUnavailable: k8s.IntOrString.fromNumber(1)',
        'maxUnavailable: k8s.IntOrString.fromNumber(0)',
        /budget of its own, which never blocks a drain/,
      ],
      [
        'pods are spread over one zone only',
        'zones.length > 1 &&',
        'zones.length > 99 &&',
        /spread over zones/,
      ],
    ),
  ],
};
