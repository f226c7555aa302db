// "Uses every prop": where each prop of a record ends up, what it does there, and what is there without it.

import type { ServerPods } from '../../lib/spec';
import type { Json, Synth } from './synth';

/** Where a prop is found, what is there when the test sets it, and what is there by default. */
export type Place = readonly [found: (objects: Synth) => Json, set: Json, byDefault: Json];

/** A new prop does not compile until it has a place. */
export type Places<T> = Readonly<Record<keyof T, Place>>;

export function reaches<T>(places: Places<T>, full: () => Synth, minimal: () => Synth): void {
  const rows = Object.entries<Place>(places);
  test.each(rows)('%s reaches the manifests', (_, [found, set]) => {
    expect(found(full())).toEqual(set);
  });

  test.each(rows)('%s has its default there', (_, [found, , byDefault]) => {
    expect(found(minimal())).toEqual(byDefault);
  });
}

/** Builds once, however often it is asked. */
export function once<T>(build: () => T): () => T {
  let built: T | undefined;
  return () => (built ??= build());
}

export const podOf =
  (kind: string, name: string) =>
  (objects: Synth): Json =>
    objects.byKind(kind, name).spec.template.spec;

export const mainOf =
  (kind: string, name: string) =>
  (objects: Synth): Json =>
    podOf(kind, name)(objects).containers[0];

/** The resources of a container as `request/limit`. */
export const range = (container: Json, what: string): string =>
  `${container.resources.requests[what]}/${container.resources.limits[what]}`;

/** The value of a variable. */
export const variable = (container: Json, name: string): Json =>
  container.env?.find((v: Json) => v.name === name)?.value;

/** Times of one probe: delay, period, timeout, failures. */
export const times = (probe: Json): Json => [
  probe.initialDelaySeconds ?? 0,
  probe.periodSeconds,
  probe.timeoutSeconds,
  probe.failureThreshold,
];

/** All that can be said of pods, those of a Redis too. */
export const allPlaces: Required<ServerPods> = {
  nodeSelector: { pool: 'spot' },
  tolerations: [{ key: 'spot', value: 'yes', effect: 'NoExecute', for: '90s' }, { key: 'dedicated' }],
  nodeAffinity: {
    required: { zone: ['a', 'b'] },
    preferred: { size: ['big'] },
    excluded: { arch: ['arm64'] },
  },
  priorityClass: 'high',
  runtimeClass: 'gvisor',
  labels: { team: 'blue' },
  annotations: { 'example.com/note': 'mine' },
};

/** What becomes of it in a pod template, beside what pods have anyway. */
export const PLACES = {
  nodeSelector: { pool: 'spot' },
  tolerations: [
    { key: 'spot', operator: 'Equal', value: 'yes', effect: 'NoExecute', tolerationSeconds: 90 },
    { key: 'dedicated', operator: 'Exists' },
  ],
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [
        {
          matchExpressions: [
            { key: 'zone', operator: 'In', values: ['a', 'b'] },
            { key: 'arch', operator: 'NotIn', values: ['arm64'] },
          ],
        },
      ],
    },
    preferredDuringSchedulingIgnoredDuringExecution: [
      { weight: 100, preference: { matchExpressions: [{ key: 'size', operator: 'In', values: ['big'] }] } },
    ],
  },
  priorityClassName: 'high',
  runtimeClassName: 'gvisor',
  label: 'blue',
  annotation: 'mine',
};

/** Where a pod template says what `allPlaces` asks for. */
export const placesIn =
  (kind: string, name: string) =>
  (objects: Synth): Json => {
    const { metadata, spec } = objects.byKind(kind, name).spec.template;
    const { nodeSelector, priorityClassName, runtimeClassName } = spec;
    const tolerations = (spec.tolerations ?? []).filter(
      ({ key }: Json) => !/not-ready|unreachable/.test(key),
    );
    return {
      ...(nodeSelector && { nodeSelector }),
      ...(tolerations.length > 0 && { tolerations }),
      ...(spec.affinity?.nodeAffinity && { nodeAffinity: spec.affinity.nodeAffinity }),
      ...(priorityClassName && { priorityClassName }),
      ...(runtimeClassName && { runtimeClassName }),
      ...(metadata.labels.team && { label: metadata.labels.team }),
      ...(metadata.annotations?.['example.com/note'] && {
        annotation: metadata.annotations['example.com/note'],
      }),
    };
  };

/** Times that no default has. */
export const timing = { initialDelay: '7s', period: '11s', timeout: '3s', failures: 9 } as const;
export const allProbes = { startup: timing, readiness: timing, liveness: timing } as const;
export const TIMES = [7, 11, 3, 9];

export const probeTimes = (container: Json): Json =>
  ['startupProbe', 'readinessProbe', 'livenessProbe'].map((probe) => times(container[probe]));
