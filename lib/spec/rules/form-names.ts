// Forms of names and paths that one kind of thing has: modules, tasks, queues, prefixes, folders of a store.

import type { PatchedFolder } from '../environment';
import { STRATEGIES } from './form-guesses';
import { hinted, passing, proposing, impossible, textOf } from './kind';
import type { Form } from './kind';
import { label, oneOf, port, text, whole } from './kinds';
import { when } from './shapes';

/** What `importlib` takes: `my-app` cannot be written after `import`, and is found all the same. */
const dotted = /^\w[\w-]*(\.\w[\w-]*)*/;

/** `acme/tasks.py` and `celery -A acme` say `acme.tasks` and `acme`. */
const likelyModule = (value: unknown): string =>
  textOf(value)
    .replace(/^celery\s+(-A|--app)[\s=]+/, '')
    .replace(/\.py$/, '')
    .replace(/^[./]+/, '')
    .replaceAll('/', '.');

export const celeryModule = proposing(
  text(new RegExp(`${dotted.source}(:[A-Za-z_]\\w*)?$`), {
    wanted: 'be what follows celery -A',
    fix: 'write it like "acme.tasks" or "acme.tasks:app"',
  }),
  likelyModule,
);

export const settingsModule = proposing(
  text(new RegExp(`${dotted.source}$`), {
    wanted: 'be the module of the settings',
    fix: 'write it like "config.settings.production"',
  }),
  likelyModule,
);

export const taskName = text(/^\S(.*\S)?$/, {
  wanted: 'be the full name of a task',
  fix: 'write it like "reports.tasks.nightly"',
});

/**
 * In one argument of `-Q`, which parts queues at the comma. The others stand for more than themselves in patterns of
 * Redis, or in a command of Kubernetes.
 */
export const queueName = text(/^[\w.:;/@#=+~^!%&|<>(){}-]+$/, {
  wanted: 'be the name of a queue',
  fix: 'use letters, digits and signs, without blanks, commas, quotes, $, *, ?, [, ] and \\',
});

/** With a `:` at its end no prefix begins a longer word of another: `acme:` against `acme-eu:`. */
const PREFIX = /^[\w.:-]+:$/;

const NO_PREFIX = {
  wanted: 'end in : and hold letters, digits, _, ., - and : only',
  fix: 'write it like "acme:"',
};

const likelyPrefix = (value: unknown): string => `${textOf(value).replace(/:*$/, '')}:`;
export const keyPrefix = proposing(text(PREFIX, NO_PREFIX), likelyPrefix);
export const keyPrefixOrNone = proposing(text(new RegExp(`${PREFIX.source}|^$`), NO_PREFIX), likelyPrefix);

export const redisUser = text(/^[\w.-]+$/, {
  wanted: 'be the name of a Redis user',
  fix: 'use letters, digits, _, - and .',
});

const PATH = { wanted: 'be a path without slashes at its ends', fix: 'write it like "stalk/production"' };

const pathOf = (form: RegExp) =>
  proposing(text(form, PATH), (value) => textOf(value).replace(/^\/+|\/+$/g, ''));

/** Under it lie other paths, so it is longer than one letter. */
export const storePath = pathOf(/^[^/\s]\S*[^/\s]$/);
export const treePath = pathOf(/^[^/\s](\S*[^/\s])?$/);

export const urlPrefix = proposing(
  text(/^([\w.~-]+(\/[\w.~-]+)*)?$/, {
    wanted: 'be a path without slashes at its ends',
    fix: 'write it like "flower"',
  }),
  (value) => textOf(value).replace(/^\/+|\/+$/g, ''),
);

export const urlPath = proposing(text(/^\/\S*$/, { wanted: 'be a path', fix: 'begin it with /' }), (value) =>
  textOf(value).replace(/^https?:\/\/[^/]*\/?|^(?!\/)/, '/'),
);

/** Below 1024 only root may listen. */
export const ownPort = hinted(whole(1024, 65535), (value) =>
  port(value).length === 0 ? 'use one from 1024 on, such as 8000: only root may listen below' : undefined,
);

export const registry = proposing(
  text(/^[A-Za-z0-9][\w.-]*(:\d+)?(\/[\w.-]+)*$/, {
    wanted: 'be a registry without https:// and without a slash at its end',
    fix: 'write it like "registry.example.com"',
  }),
  (value) => textOf(value).replace(/^[a-z]+:\/\/|\/+$/gi, ''),
);

export const clusterDomain = text(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, {
  wanted: 'be a DNS domain',
  fix: 'write it like "cluster.local"',
});

/** Of Celery, and how its old settings spell it. */
export const celerySetting = hinted(
  text(/^[a-z][a-z0-9_]*$/, {
    wanted: 'be the lower-case name of a Celery setting',
    fix: 'write it like "worker_log_color", without CELERY_',
  }),
  (name) =>
    /^[A-Z][A-Z0-9_]+$/.test(textOf(name))
      ? `write ${textOf(name)
          .replace(/^CELERY_/, '')
          .toLowerCase()}`
      : undefined,
);

export const rateLimit = proposing(
  text<`${number}/${'s' | 'm' | 'h'}`>(/^[1-9]\d*\/[smh]$/, {
    wanted: 'be tasks for each s, m or h',
    fix: 'write it like "10/m"',
  }),
  (value) =>
    textOf(value)
      .replace(/^(\d+)$/, '$1/s')
      .replace(/^(\d+)\s*(?:\/|per)\s*([smh])\w*$/i, '$1/$2'),
);

export const environmentName = when(
  (value) => value === 'all',
  impossible<string>({
    wanted: 'be another name: objects in stacks/extra/all go to every environment',
    fix: 'choose another name',
  }),
  label,
);

/** Names of other objects of a tenant: of its workloads, of its Redis, of the exporter of queues, and of policies that begin with `to-`. */
const RESERVED = /^(worker|redis|cache|migrate|beat|web|flower|loadtest|broker|queues)(-|$)/;

export const reservedName: Form<string> = passing((value) => !RESERVED.test(textOf(value)), {
  wanted:
    'be another name: workloads and Redis of a tenant are called worker-…, beat, web, flower, migrate, redis…',
  fix: 'choose another name',
});

export const strategy = hinted(oneOf('literal', 'existing', 'externalSecrets', 'pulumi'), STRATEGIES);

export const patchedFolder = text<PatchedFolder>(/^(platform|tenants\/\*|brokers\/(\*|[a-z0-9-]+))$/, {
  wanted: 'be a folder of the tree',
  fix: 'write platform, brokers/*, brokers/<name> or tenants/*; a patch of one tenant belongs to its overlay',
});
