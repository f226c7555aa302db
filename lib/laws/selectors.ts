// Who selects which pods: workloads, Services, budgets, accounts.

import { matches, selects, breachUnless } from './law';
import type { Law } from './law';
import { called, ofKind, ownOfKind } from './leaf';
import type { LeafView } from './leaf';
import { ownWorkloads, services } from './workloads';
import type { WorkloadView } from './workloads';
import { inWords, show } from './words';

const idsOf = (workloads: readonly WorkloadView[]): string => inWords(workloads.map(({ id }) => id));

const selectors: Law = {
  name: 'a workload selects its own pods and no other',
  check: (leaf) =>
    ofKind(leaf, 'Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet').flatMap(({ id, spec }) => {
      const selected = leaf.workloads.filter(({ labels }) => selects(spec?.selector, labels));
      return breachUnless(
        selected.map((w) => w.id).join() === id,
        id,
        `.spec.selector must select its own pods alone, got those of ${idsOf(selected)}; make it and the labels of the pods agree`,
      );
    }),
};

/** Pods that a Service of this name is for. */
function isFor(service: string, { name, labels }: WorkloadView): boolean {
  switch (service) {
    case 'redis':
      return (
        labels['app.kubernetes.io/name'] === 'redis' &&
        labels['stalk.dev/role'] === 'primary' &&
        name === 'redis'
      );
    case 'redis-headless':
      return labels['app.kubernetes.io/component'] === 'redis';
    case 'redis-replicas':
      return labels['stalk.dev/role'] === 'replica';
    case 'cache-headless':
      return name === 'cache';
    case 'sentinel-headless':
      return name === 'sentinel';
    default:
      return name === service;
  }
}

const servicesFindPods: Law = {
  name: 'a Service finds the pods that it is for, and their port by its name',
  check: (leaf) =>
    ofKind(leaf, 'Service').flatMap(({ id, own, metadata, spec }) => {
      if (!own && spec?.selector === undefined) return [];
      const found = leaf.workloads.filter(({ labels }) => matches(spec?.selector, labels));
      const wanted = own ? leaf.workloads.filter((w) => w.own && isFor(metadata.name, w)) : found;
      return [
        ...breachUnless(
          found.length > 0 && idsOf(found) === idsOf(wanted),
          id,
          `.spec.selector must find ${own ? idsOf(wanted) : 'pods of this folder'}, got ${idsOf(found)}`,
        ),
        ...found.flatMap((workload) =>
          (spec?.ports ?? []).flatMap(({ targetPort }, i) =>
            breachUnless(
              hasPort(workload, targetPort),
              id,
              `.spec.ports[${i}].targetPort must be a port of ${workload.id}, got ${show(targetPort)}`,
            ),
          ),
        ),
      ];
    }),
};

/** Numbers reach a pod whether it names them or not; Stalk writes names, and the number of a sidecar's port. */
const hasPort = ({ own, main, containers }: WorkloadView, target: string | number | undefined): boolean =>
  (!own && typeof target !== 'string') ||
  containers.some((c) =>
    c.ports?.some(({ name, containerPort }) =>
      typeof target === 'number'
        ? containerPort === target && c.path !== main.path
        : name !== undefined && name === target,
    ),
  );

const headless: Law = {
  name: 'a StatefulSet is named by a headless Service that tells of its pods before they are ready',
  check: (leaf) =>
    ownOfKind(leaf, 'StatefulSet').flatMap(({ id, spec }) => {
      const service = called(leaf, 'Service', spec?.serviceName);
      const { clusterIP, publishNotReadyAddresses, selector } = service?.spec ?? {};
      if (service === undefined)
        return breachUnless(
          false,
          id,
          `.spec.serviceName must name a Service of this folder, got ${show(spec?.serviceName)}`,
        );
      return [
        ...breachUnless(
          clusterIP === 'None',
          service.id,
          `.spec.clusterIP must be "None", got ${show(clusterIP)}`,
        ),
        ...breachUnless(
          publishNotReadyAddresses === true,
          service.id,
          `.spec.publishNotReadyAddresses must be true, got ${show(publishNotReadyAddresses)}; pods that start need their names`,
        ),
        ...breachUnless(
          matches(selector, spec?.template?.metadata?.labels ?? {}),
          service.id,
          `.spec.selector must find the pods of ${id}, got ${show(selector)}`,
        ),
      ];
    }),
};

/** These are replaced whole, as two of them would do harm. */
const ALONE = new Set(['beat', 'flower']);

const budgets: Law = {
  name: 'every workload that drains pod by pod has a budget of its own, which never blocks a drain',
  check: (leaf) => {
    const all = ofKind(leaf, 'PodDisruptionBudget').map((budget) => ({
      ...budget,
      selected: leaf.workloads.filter(({ labels }) => selects(budget.spec?.selector, labels)),
    }));
    return [
      ...all
        .filter(({ own }) => own)
        .flatMap(({ id, spec, selected }) => [
          ...breachUnless(
            selected.length === 1,
            id,
            `.spec.selector must find the pods of one workload, got those of ${idsOf(selected)}`,
          ),
          ...breachUnless(
            spec?.maxUnavailable === 1 && spec.minAvailable === undefined,
            id,
            `.spec.maxUnavailable must be 1, got ${show(spec?.maxUnavailable)}; another number may block a drain`,
          ),
        ]),
      ...drained(leaf).flatMap(({ id }) => {
        const about = all.filter(({ selected }) => selected.some((w) => w.id === id));
        return breachUnless(
          about.length === 1,
          id,
          ` must have one PodDisruptionBudget, got ${inWords(about.map((budget) => budget.id))}`,
        );
      }),
    ];
  },
};

const drained = (leaf: LeafView): WorkloadView[] =>
  services(ownWorkloads(leaf.workloads)).filter(
    (workload) => !ALONE.has(workload.name) && !isSingleProcess(workload, leaf),
  );

/** One whose author says that two of it do harm. */
const isSingleProcess = ({ labels, object }: WorkloadView, leaf: LeafView): boolean =>
  labels['app.kubernetes.io/component'] === 'process' &&
  ofKind(leaf, 'Deployment').find((o) => o === object)?.spec?.strategy?.type === 'Recreate';

const single: Law = {
  name: 'a process that is replaced whole is one, and nothing scales it',
  check: (leaf) =>
    ownWorkloads(leaf.workloads)
      .filter((workload) => isSingleProcess(workload, leaf))
      .flatMap(({ id, object }) => {
        const replicas = ofKind(leaf, 'Deployment').find((o) => o === object)?.spec?.replicas;
        return breachUnless(
          replicas === 1 || replicas === 0,
          id,
          `.spec.replicas must be 1 or 0, got ${show(replicas)}; two of it do harm, and an autoscaler would start them`,
        );
      }),
};

const accounts: Law = {
  name: 'the ServiceAccount of every pod is rendered beside it or known to be there',
  check: (leaf) =>
    ownWorkloads(leaf.workloads).flatMap(({ id, path, pod }) =>
      breachUnless(
        called(leaf, 'ServiceAccount', pod.serviceAccountName) !== undefined ||
          leaf.existingAccounts.includes(pod.serviceAccountName ?? ''),
        id,
        `${path}.serviceAccountName must name a ServiceAccount of this folder or one that the tenant names, got ${show(pod.serviceAccountName)}`,
      ),
    ),
};

export const selectorLaws: readonly Law[] = [
  selectors,
  servicesFindPods,
  headless,
  budgets,
  single,
  accounts,
];
