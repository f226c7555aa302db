// The form of what Argo CD and Flux are told.

import type { ArgoCd, Automated, Flux, GitOps } from '../gitops';
import { hinted, proposing, textOf, passing } from './kind';
import type { Form } from './kind';
import { duration, flag, objectName, oneOf, someText, text } from './kinds';
import { secretIn } from './secret-patterns';
import { isRecord } from '../../kube/json';
import { all, each, has, list, record, when } from './shapes';
import { show } from './show';

/** The rendered tree would hold it. */
const repo = all(
  someText,
  passing((value) => secretIn(textOf(value)) === undefined, {
    wanted: 'be a URL without a password or a token, which would lie in Git',
    fix: 'give Argo CD and Flux a Secret of the repository',
  }),
);

/** Kubernetes' own rule for keys: a name of 63 characters, with a DNS name and a slash before it or not. */
const metadataKey = text(/^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/, {
  wanted: 'be the key of a label or an annotation',
  fix: 'write it like "example.com/team"',
});

const labels = each(
  metadataKey,
  text(/^([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?$/, {
    wanted: 'be the value of a label',
    fix: 'use up to 63 letters, digits, -, _ and ., in quotes',
  }),
);

const annotations = each(
  metadataKey,
  passing<string>((value) => typeof value === 'string', { wanted: 'be a text', fix: 'put it in quotes' }),
);

/** Of one word, as Git and Argo CD take it. */
const ref = text(/^[^\s~^:?*[\\]+$/, {
  wanted: 'be the name of a branch or a tag',
  fix: 'write it like "main"',
});

const range = text(/^[\dxX*<>=~^.,|\s\w-]+$/, {
  wanted: 'be a range of versions',
  fix: 'write it like "1.x" or ">=1.4.0 <2.0.0"',
});

const revision: Form<GitOps['revision']> = when(
  has('tag'),
  record<{ readonly tag: string }>({ tag: ref }, 'tag'),
  when(isRecord, record<{ readonly semver: string }>({ semver: range }, 'semver'), ref),
);

/** Argo CD refuses both at once, long after the synth. */
const destination: Form<NonNullable<ArgoCd['destination']>> = when(
  has('name'),
  record<{ readonly name: string }>({ name: someText }, 'name'),
  hinted(
    record<{ readonly server: string }>(
      {
        server: text(/^https:\/\/[^\s/]+$/, {
          wanted: 'be the URL of an API server',
          fix: 'write it like "https://kubernetes.default.svc"',
        }),
      },
      'server',
    ),
    (value) => (typeof value === 'string' ? `write { name: ${show(value)} }` : undefined),
  ),
);

const syncOption = proposing(
  text(/^[A-Z][A-Za-z]+=[\w-]+$/, {
    wanted: 'be a sync option with its value',
    fix: 'write it like "RespectIgnoreDifferences=true"',
  }),
  (value) => `${String(value)}=true`,
);

const automated: Form<false | Automated> = when(
  (value) => typeof value === 'object',
  record<Automated>({ prune: flag, selfHeal: flag }),
  hinted(oneOf(false), () => 'write false, { prune: …, selfHeal: … }, or leave it out'),
);

const argocd = record<ArgoCd>({
  namespace: objectName,
  project: objectName,
  destination,
  labels,
  annotations,
  syncOptions: list(syncOption),
  automated,
});

const flux = record<Flux>({
  namespace: objectName,
  labels,
  annotations,
  interval: duration('10s'),
  reconcile: duration('1m'),
  secret: objectName,
  serviceAccount: objectName,
});

export const gitopsOf = (path: Form<string>): Form<GitOps> =>
  record<GitOps>({ repo, revision, path, argocd, flux }, 'repo', 'revision', 'path');
