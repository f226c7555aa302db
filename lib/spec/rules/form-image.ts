// The form of an image: what registries and Kubernetes take, and a version in it.

import { show } from './finding';
import type { Finding } from './finding';
import type { Form } from './kind';
import { formBy, textOf } from './kind';

/** `registry.example.com:5000/` `acme/jobs` `:2.4.1` `@sha256:…`; only a host has a dot, a port or the name localhost. */
const REFERENCE =
  /^((?:[\w-]+(?:\.[\w-]+)+|localhost|[\w-]+(?=:\d+\/))(?::\d+)?\/)?([^:@\s]+)(?::(\w[\w.-]{0,127}))?(@sha256:[0-9a-f]{64})?$/;

/** https://github.com/distribution/reference/blob/main/regexp.go */
const REPOSITORY = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;

const SCHEME = /^[a-z+]+:\/\//i;

/** Tags that people and pipelines move on to another image. */
const MOVING =
  /^(latest|main|mainline|master|trunk|head|dev|devel|develop|development|edge|nightly|next|canary|snapshot|test|testing|staging|stage|prod|production|stable|unstable|current|rolling)$/i;

/** The tag that another image may get, unless a digest holds it. */
export function movingTag(image: string): string | undefined {
  const [, , , tag, digest] = REFERENCE.exec(image) ?? [];
  return digest === undefined && tag !== undefined && MOVING.test(tag) ? tag : undefined;
}

export const VERSION = 'write the version that runs, like "acme/jobs:2.4.1"';

export const image: Form<string> = formBy(
  (value) => {
    const [, host = '', repository = '', tag, digest] = REFERENCE.exec(textOf(value)) ?? [];
    if (typeof value !== 'string' || SCHEME.test(value) || repository === '') return [notAnImage(value)];
    if (!REPOSITORY.test(repository)) return [badRepository(value, host, repository)];
    return tag !== undefined || digest !== undefined
      ? []
      : [{ path: [], wanted: 'have a tag or a digest', got: show(value), fix: VERSION }];
  },
  undefined,
  { kind: 'value', value: { type: 'string', pattern: '^[^\\s:@]+\\S*$' } },
);

const notAnImage = (value: unknown): Finding => ({
  path: [],
  wanted: 'be a repository with a tag or a digest',
  got: show(value),
  fix: typeof value === 'string' && SCHEME.test(value) ? `write ${show(value.replace(SCHEME, ''))}` : VERSION,
});

function badRepository(value: string, host: string, repository: string): Finding {
  const meant = host + repository.toLowerCase() + value.slice(host.length + repository.length);
  return {
    path: [],
    wanted: 'have a repository of lower case letters and digits, with ., _, - and / between them',
    got: show(value),
    fix: REPOSITORY.test(repository.toLowerCase()) ? `write ${show(meant)}` : VERSION,
  };
}
