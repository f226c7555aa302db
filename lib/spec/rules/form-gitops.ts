// Forms of texts that Argo CD and Flux are told.

import { hinted, proposing, textOf, passing } from './kind';
import type { Form } from './kind';
import { oneOf, someText, text } from './kinds';
import { secretIn } from './secret-patterns';
import { isRecord } from '../../kube/json';
import { all, has, record, when } from './shapes';
import { show } from './show';

/** The rendered tree would hold it. */
export const repo = all(
  someText,
  passing((value) => secretIn(textOf(value)) === undefined, {
    wanted: 'be a URL without a password or a token, which would lie in Git',
    fix: 'give Argo CD and Flux a Secret of the repository',
  }),
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

export const revision: Form<string | { readonly tag: string } | { readonly semver: string }> = when(
  has('tag'),
  record<{ readonly tag: string }>({ tag: ref }, 'tag'),
  when(isRecord, record<{ readonly semver: string }>({ semver: range }, 'semver'), ref),
);

/** Argo CD refuses both at once, long after the synth. */
export const destination: Form<{ readonly server: string } | { readonly name: string }> = when(
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

export const syncOption = proposing(
  text(/^[A-Z][A-Za-z]+=[\w-]+$/, {
    wanted: 'be a sync option with its value',
    fix: 'write it like "RespectIgnoreDifferences=true"',
  }),
  (value) => `${String(value)}=true`,
);

export const automatedOr = <T extends object>(options: Form<T>): Form<false | T> =>
  when(
    (value) => typeof value === 'object',
    options,
    hinted(oneOf(false), () => 'write false, { prune: …, selfHeal: … }, or leave it out'),
  );
