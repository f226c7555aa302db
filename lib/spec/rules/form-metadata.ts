// Forms of labels and annotations, of the names of devices and of accounts that pods may have.

import { hinted, passing, textOf } from './kind';
import { objectName, text } from './kinds';
import { all, each } from './shapes';

/** Kubernetes' own rule for keys: a name of 63 characters, with a DNS name and a slash before it or not. */
export const labelKey = text(
  /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/,
  {
    wanted: 'be the key of a label or an annotation',
    fix: 'write it like "example.com/team"',
  },
);

export const metadataLabels = each(
  labelKey,
  text(/^([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?$/, {
    wanted: 'be the value of a label',
    fix: 'use up to 63 letters, digits, -, _ and ., in quotes',
  }),
);

export const metadataAnnotations = each(
  labelKey,
  passing<string>(
    (value) => typeof value === 'string',
    { wanted: 'be a text', fix: 'put it in quotes' },
    { type: 'string' },
  ),
);

export const labelValue = text(/^[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/, {
  wanted: 'be the value of a label',
  fix: 'use up to 63 letters, digits, -, _ and ., in quotes',
});

/** By these selectors, policies and `stalk verify` find objects; Kubernetes and its controllers write the others. */
const TAKEN_LABELS =
  /^(app\.kubernetes\.io\/(name|component|instance|part-of|managed-by)|([a-z0-9.-]+\.)?stalk\.dev\/.*|(pod-security\.|batch\.|apps\.|statefulset\.)?kubernetes\.io\/.*|pod-template-hash|controller-revision-hash|controller-uid|job-name)$/;

/** Each has a value of Stalk's own on some object: the order of applying, guards against pruning, hashes that roll pods. */
const TAKEN_ANNOTATIONS =
  /^(([a-z0-9.-]+\.)?stalk\.dev\/.*|argocd\.argoproj\.io\/(sync-wave|sync-options|hook.*|tracking-id)|kustomize\.toolkit\.fluxcd\.io\/prune|kubectl\.kubernetes\.io\/.*|container\.apparmor\.security\.beta\.kubernetes\.io\/.*)$/;

const free = (taken: RegExp, whose: string) =>
  all(
    labelKey,
    passing<string>((key) => !taken.test(textOf(key)), {
      wanted: `be another than those of ${whose}`,
      fix: 'choose another key, such as "example.com/team"',
    }),
  );

/** Beside Stalk's own. */
export const labelsOfObjects = each(free(TAKEN_LABELS, 'Stalk and Kubernetes'), labelValue);

/** Beside Stalk's own. */
export const annotationsOfObjects = each(
  free(TAKEN_ANNOTATIONS, 'Stalk, Kubernetes and GitOps tools'),
  text(/\S/, { wanted: 'be a text that is not empty', fix: 'put it in quotes' }),
);

/** Stalk gives them times of its own: pods of an app leave a dead node after 10 s. */
export const taintKey = all(
  labelKey,
  passing<string>((key) => !/^node\.kubernetes\.io\/(not-ready|unreachable)$/.test(textOf(key)), {
    wanted: 'be another taint: when pods leave a dead node is decided for each kind of pod',
    fix: 'remove it',
  }),
);

/** As device plugins name them; CPU, memory and disk are props of their own. */
export const deviceName = hinted(
  all(
    text(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?\/[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/, {
      wanted: 'be the name of an extended resource: a domain, a slash and a name',
      fix: 'write it like "nvidia.com/gpu"',
    }),
    passing<string>((name) => !/^([a-z0-9.-]+\.)?kubernetes\.io\//.test(textOf(name)), {
      wanted: 'be of a domain other than kubernetes.io',
      fix: 'write it as the device plugin names it, like "nvidia.com/gpu"',
    }),
  ),
  (name) => {
    if (/^(gpu|nvidia|cuda)/i.test(textOf(name)))
      return 'write "nvidia.com/gpu", or as its device plugin names it';
    return /^(cpu|memory|disk|ephemeral-storage)$/i.test(textOf(name))
      ? `write ${textOf(name).toLowerCase().replace('ephemeral-storage', 'disk')} beside devices`
      : undefined;
  },
);

/** Of an account that is there: `stalk` is Stalk's, without any right. */
export const existingAccount = all(
  objectName,
  passing<string>((name) => name !== 'stalk', {
    wanted: "be another account than Stalk's own, which has no rights",
    fix: 'make one with the rights that it needs, or leave the name out',
  }),
);
