// What containers may take, and what their namespace may take: computed again from the objects alone.

import { amount, breachUnless } from './law';
import type { Breach, Law } from './law';
import { ofKind } from './leaf';
import type { LeafView } from './leaf';
import type { LimitField } from './kinds';
import { RESOURCES, SIDES, devicesIn, devicesOf, mostPods, ofPod } from './footprints';
import type { Resource } from './footprints';
import { inCores, inSize, show } from './words';

const bounds: Law = {
  name: 'every container has requests and limits of CPU, memory and disk, and asks for no more than it may take',
  check: ({ workloads }) =>
    workloads.flatMap(({ id, containers }) =>
      containers.flatMap(({ path, resources = {} }) =>
        RESOURCES.flatMap((what) => {
          const [request, limit] = [resources.requests?.[what], resources.limits?.[what]];
          const missing = SIDES.filter((side) => Number.isNaN(amount(resources[side]?.[what])));
          if (missing.length > 0)
            return missing.flatMap((side) =>
              breachUnless(
                false,
                id,
                `${path}.resources.${side}.${what} must be a quantity, got ${show(resources[side]?.[what])}`,
              ),
            );
          return breachUnless(
            amount(request) <= amount(limit),
            id,
            `${path}.resources.requests.${what} must be at most its limit of ${show(limit)}, got ${show(request)}`,
          );
        }),
      ),
    ),
};

const spelled = (what: string, value: number): string => {
  if (what.endsWith('cpu')) return inCores(value);
  return what === 'pods' || what.includes('/') ? String(value) : inSize(value);
};

/** Quotas are computed before patches are applied. */
const replace = (id: string): string => `replace it in patches["${id}"]`;

const quotas: Law = {
  name: 'the quota covers twice all pods with their surge, the Jobs and all claims, and not four times as much',
  check: (leaf) => {
    const { workloads, readings } = leaf;
    // With a workload that cannot be read, the sum is too small
    const isWhole = readings.every(({ flaws }) => flaws.every(({ about }) => about !== 'type'));
    if (workloads.length === 0) return [];
    const [quota] = ofKind(leaf, 'ResourceQuota');
    const id = quota?.id ?? 'ResourceQuota/tenant';
    const counted = workloads.map((workload) => ({ workload, pods: mostPods(workload, leaf) }));
    const sum = (of: (w: (typeof counted)[number]) => number): number =>
      counted.reduce((total, one) => total + of(one), 0);
    const needed: readonly (readonly [string, number])[] = [
      ['pods', sum(({ pods }) => pods)],
      ...SIDES.flatMap((side) =>
        RESOURCES.map(
          (what) =>
            [`${side}.${what}`, sum(({ workload, pods }) => pods * ofPod(workload, side, what))] as const,
        ),
      ),
    ];
    const devices = devicesOf(workloads).map(
      (name) => [`requests.${name}`, sum(({ workload, pods }) => pods * devicesIn(workload, name))] as const,
    );
    return [...needed, ...devices].flatMap(([what, need]) => {
      const hard = quota?.spec?.hard?.[what];
      const [wanted, got] = [spelled(what, need), show(hard)];
      if (isWhole && amount(hard) > 2 * need)
        return breachUnless(
          false,
          id,
          `.spec.hard["${what}"] must be at most twice the ${wanted} that all pods take, got ${got}, which bounds nothing; ${replace(id)}`,
        );
      return breachUnless(
        amount(hard) >= need - 1e-9,
        id,
        `.spec.hard["${what}"] must be at least ${wanted}, the sum of all pods in a rollout, got ${got}; ${replace(id)}, or lower what the pods take`,
      );
    });
  },
};

const claimQuota: Law = {
  name: 'the quota has room for the claims of the leaf twice: one grows before its template does',
  check: (leaf) => {
    const [quota] = ofKind(leaf, 'ResourceQuota');
    const hard = quota?.spec?.hard;
    if (quota === undefined || hard === undefined) return [];
    const sizes = claimSizes(leaf);
    const count = 2 * sizes.length + leaf.existingClaims.length;
    const storage = hard['requests.storage'];
    const size = 2 * sizes.reduce((a, b) => a + b, 0);
    const wanted = leaf.existingClaims.length > 0 ? undefined : inSize(size);
    return [
      ...breachUnless(
        amount(hard['persistentvolumeclaims']) === count,
        quota.id,
        `.spec.hard.persistentvolumeclaims must be ${count}, twice the number of claims, got ${show(hard['persistentvolumeclaims'])}; ${replace(quota.id)}`,
      ),
      ...breachUnless(
        wanted === undefined ? storage === undefined : amount(storage) === size,
        quota.id,
        `.spec.hard["requests.storage"] must be ${wanted === undefined ? 'left out, as nobody knows the size of a claim of somebody else' : `${wanted}, twice the sum of all claims`}, got ${show(storage)}; ${replace(quota.id)}`,
      ),
    ];
  },
};

const claimSizes = (leaf: LeafView): number[] => [
  ...ofKind(leaf, 'PersistentVolumeClaim').map(({ spec }) => amount(spec?.resources?.requests?.['storage'])),
  ...ofKind(leaf, 'StatefulSet').flatMap(({ spec }) =>
    (spec?.volumeClaimTemplates ?? []).flatMap((template) =>
      Array.from({ length: Math.min(Math.max(spec?.replicas ?? 1, 0), MOST_REPLICAS) }, () =>
        amount(template.spec?.resources?.requests?.['storage']),
      ),
    ),
  ),
];

/** Far over what a quota lets in; a slip of a few zeros must not fill the memory. */
const MOST_REPLICAS = 10_000;

const limitRange: Law = {
  name: 'the LimitRange lets the largest container in, and its own defaults',
  check: (leaf) => {
    const [range] = ofKind(leaf, 'LimitRange');
    const containers = leaf.workloads.flatMap((w) => w.containers);
    if (containers.length === 0) return [];
    const id = range?.id ?? 'LimitRange/tenant';
    const [limit] = range?.spec?.limits ?? [];
    const value = (field: LimitField, what: Resource): number => amount(limit?.[field]?.[what]);
    const at = (field: LimitField, what: Resource): string => `.spec.limits[0].${field}.${what}`;
    return RESOURCES.flatMap((what): Breach[] => {
      const sizes = containers
        .map((c) => amount(c.resources?.limits?.[what]))
        .filter((n) => !Number.isNaN(n));
      const largest = Math.max(0, ...sizes);
      const got = (field: LimitField): string => show(limit?.[field]?.[what]);
      return [
        ...breachUnless(
          value('max', what) >= largest,
          id,
          `${at('max', what)} must be at least ${spelled(what, largest)}, the limit of the largest container, got ${got('max')}; ${replace(id)}, or lower that limit`,
        ),
        ...breachUnless(
          value('default', what) <= value('max', what),
          id,
          `${at('default', what)} must be at most its max of ${got('max')}, got ${got('default')}`,
        ),
        ...breachUnless(
          value('defaultRequest', what) <= value('default', what),
          id,
          `${at('defaultRequest', what)} must be at most its default of ${got('default')}, got ${got('defaultRequest')}`,
        ),
      ];
    });
  },
};

export const boundsLaws: readonly Law[] = [bounds, quotas, claimQuota, limitRange];
