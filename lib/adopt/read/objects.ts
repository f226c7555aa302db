// Objects of Kubernetes that are no pods: Services, ways in, scalers, claims.

import { childOf, listAt, numberAt, recordAt, textAt, textsAt, withoutHoles } from '../pick';
import { isRecord } from '../../kube/json';
import type { Address, SeenClaim, Entrance, LeftOut, Scaler } from '../facts';
import { memoryFrom } from './quantities';

export function addressOf(body: unknown, source: string): Address {
  const external = textAt(body, 'spec', 'externalName');
  return {
    name: String(textAt(body, 'metadata', 'name')),
    source,
    selector: textsAt(body, 'spec', 'selector'),
    ports: listAt(body, 'spec', 'ports').flatMap((one) => {
      const port = numberAt(one, 'port');
      const target = textAt(one, 'targetPort');
      return port === undefined ? [] : [{ port, ...(target !== undefined && { target }) }];
    }),
    ...(external !== undefined && { external }),
  };
}

export function claimOf(body: unknown, source: string): SeenClaim {
  return withoutHoles({
    name: String(textAt(body, 'metadata', 'name')),
    source,
    size: memoryFrom(textAt(body, 'spec', 'resources', 'requests', 'storage')),
    many: listAt(body, 'spec', 'accessModes').includes('ReadWriteMany'),
    storageClass: textAt(body, 'spec', 'storageClassName') || undefined,
  });
}

export function ingressOf(body: unknown, source: string): readonly Entrance[] {
  const annotations = textsAt(body, 'metadata', 'annotations');
  const tls = listAt(body, 'spec', 'tls');
  const issuer = annotations['cert-manager.io/cluster-issuer'] ?? annotations['cert-manager.io/issuer'];
  return listAt(body, 'spec', 'rules').flatMap((rule) =>
    listAt(rule, 'http', 'paths').map((path) => {
      const host = textAt(rule, 'host');
      const sealed =
        tls.find((one) => listAt(one, 'hosts').includes(host)) ?? (host === undefined ? tls[0] : undefined);
      return withoutHoles({
        source,
        host,
        path: textAt(path, 'path') ?? '/',
        service: String(textAt(path, 'backend', 'service', 'name')),
        port:
          textAt(path, 'backend', 'service', 'port', 'number') ??
          textAt(path, 'backend', 'service', 'port', 'name'),
        tlsSecret: textAt(sealed, 'secretName'),
        issuer,
        class: textAt(body, 'spec', 'ingressClassName') ?? annotations['kubernetes.io/ingress.class'],
        annotations,
      });
    }),
  );
}

export function routeOf(body: unknown, source: string): readonly Entrance[] {
  const [parent] = listAt(body, 'spec', 'parentRefs');
  const gateway = textAt(parent, 'name');
  const host = textAt(body, 'spec', 'hostnames', 0);
  return listAt(body, 'spec', 'rules').flatMap((rule) =>
    listAt(rule, 'backendRefs').map((backend) =>
      withoutHoles({
        source,
        host,
        path: textAt(rule, 'matches', 0, 'path', 'value') ?? '/',
        service: String(textAt(backend, 'name')),
        port: textAt(backend, 'port'),
        annotations: textsAt(body, 'metadata', 'annotations'),
        gateway:
          gateway === undefined
            ? undefined
            : withoutHoles({
                name: gateway,
                namespace: textAt(parent, 'namespace'),
                section: textAt(parent, 'sectionName'),
              }),
      }),
    ),
  );
}

const metricOf = (body: unknown, name: string): unknown =>
  listAt(body, 'spec', 'metrics').find((metric) => textAt(metric, 'resource', 'name') === name);

const utilizationOf = (body: unknown, name: string): number | undefined =>
  numberAt(metricOf(body, name), 'resource', 'target', 'averageUtilization') ??
  numberAt(metricOf(body, name), 'resource', 'targetAverageUtilization');

export function hpaOf(body: unknown, source: string): Scaler {
  const behavior = childOf(body, 'spec', 'behavior');
  const others = listAt(body, 'spec', 'metrics').filter(
    (metric) =>
      !['cpu', 'memory'].includes(String(textAt(metric, 'resource', 'name'))) ||
      utilizationOf({ spec: { metrics: [metric] } }, String(textAt(metric, 'resource', 'name'))) ===
        undefined,
  );
  return withoutHoles({
    source,
    target: String(textAt(body, 'spec', 'scaleTargetRef', 'name')),
    min: numberAt(body, 'spec', 'minReplicas') ?? 1,
    max: numberAt(body, 'spec', 'maxReplicas') ?? 1,
    utilization: utilizationOf(body, 'cpu') ?? numberAt(body, 'spec', 'targetCPUUtilizationPercentage'),
    memory: utilizationOf(body, 'memory'),
    behavior: isRecord(behavior) ? behavior : undefined,
    leftOut: others.map((metric) => leftOutMetric(String(textAt(metric, 'type')))),
  });
}

const leftOutMetric = (what: string): LeftOut => ({
  what: `metric ${what}`,
  why: 'scaling follows CPU, memory or the length of queues',
  nearest: 'scaling: { queueLength }',
});

export function scaledObjectOf(body: unknown, source: string): Scaler {
  const triggers = listAt(body, 'spec', 'triggers');
  const of = (type: RegExp): unknown => triggers.find((one) => type.test(String(textAt(one, 'type'))));
  const percent = (type: RegExp): number | undefined => numberAt(of(type), 'metadata', 'value');
  const known = [of(/^redis/), of(/^cpu$/), of(/^memory$/)];
  return withoutHoles({
    source,
    target: String(textAt(body, 'spec', 'scaleTargetRef', 'name')),
    min: numberAt(body, 'spec', 'minReplicaCount') ?? 0,
    max: numberAt(body, 'spec', 'maxReplicaCount') ?? 100, // KEDA's own
    queueLength: numberAt(of(/^redis/), 'metadata', 'listLength'),
    utilization: percent(/^cpu$/),
    memory: percent(/^memory$/),
    cooldown: numberAt(body, 'spec', 'cooldownPeriod'),
    leftOut: triggers
      .filter((one) => !known.includes(one))
      .map((one) => leftOutMetric(String(textAt(one, 'type')))),
  });
}

/** Keys of a Secret, and what stands behind them, to know it again. */
export function keysOfSecret(body: unknown): {
  readonly keys: readonly string[];
  readonly values: readonly string[];
} {
  const plain = textsAt(body, 'stringData');
  const coded = textsAt(body, 'data');
  return {
    keys: [...new Set([...Object.keys(coded), ...Object.keys(plain)])],
    values: [
      ...Object.values(plain),
      ...Object.values(coded).map((text) => Buffer.from(text, 'base64').toString('utf8')),
    ],
  };
}

export const configMapOf = (body: unknown): Readonly<Record<string, string>> => textsAt(body, 'data');

export const specOf = (body: unknown) => recordAt(body, 'spec');
