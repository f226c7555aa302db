// The app of a tenant: its image, its Celery module, and the dialect in which it is told its settings.

import { optional, props, required } from './props';
import type { Contract, PropsOf } from './props';
import { cron } from './rules/cron';
import { ACCESSES, DIALECTS, LOG_LEVELS } from './rules/form-guesses';
import { image } from './rules/form-image';
import { celeryModule, settingsModule } from './rules/form-names';
import { hinted } from './rules/kind';
import type { Find, Form } from './rules/kind';
import { anyText, folder, label, memory, objectName, oneOf, someText, whole } from './rules/kinds';
import { each, list, marked, named, only, prop, recordOf, when } from './rules/shapes';
import { isRecord } from '../kube/json';

export interface NewVolume extends Contract, PropsOf<typeof newVolume> {}

export const newVolume = props({
  /** Where it is mounted. */
  path: required(folder),

  /** What the claim asks for; it can grow later, where the storage class allows it. */
  size: required(memory),

  /**
   * `ReadWriteMany` where pods on several nodes share the folder.
   * @default 'ReadWriteOnce'
   */
  access: optional(hinted(oneOf('ReadWriteOnce', 'ReadWriteMany'), ACCESSES), 'ReadWriteOnce'),

  /**
   * Storage class of the claim.
   * @default - the environment's
   */
  storageClass: optional(objectName),
});

export interface ExistingVolume extends Contract, PropsOf<typeof existingVolume> {}

const existingVolume = props({
  /** Where it is mounted. */
  path: required(folder),

  /** Name of a PersistentVolumeClaim that somebody else made in the tenant's namespace. */
  claim: required(objectName),
});

/** A claim that Stalk makes (`size`), or one that is there already (`claim`). */
export type AppVolume = NewVolume | ExistingVolume;

const volume: Form<AppVolume> = marked({ claim: existingVolume, size: newVolume });

interface AppBase extends Contract, PropsOf<typeof appBase> {}

const appBase = {
  /**
   * Image with a fixed tag or a digest. `latest`, `main` and other tags that move to another image are refused, as they
   * change under a running tenant; a disposable environment with `pullPolicy: 'Always'` may have them.
   *
   * Without one, every environment in which the tenant lives must give its version in `images`.
   */
  image: required(image),

  /** What follows `celery -A`: the module, or `module:attribute`, of the Celery app. */
  module: required(celeryModule),

  /**
   * Words that stand before every command of the app's pods, those of init containers too: what the image's `ENTRYPOINT`
   * does, which Kubernetes does not run. `['poetry', 'run']`, `['newrelic-admin', 'run-program']`, `['/entrypoint.sh']`.
   *
   * It must become the command (`exec "$@"`) or pass SIGTERM on, or workers are killed in the middle of their tasks.
   * @default []
   * @see docs/images.md
   */
  entrypoint: optional(list(someText, { repeats: true }), []),

  /**
   * Numeric user and group of every process; also the group that owns the volumes.
   * @default 10001
   */
  user: optional(whole(1, 2 ** 31 - 1), 10001), // Pod Security refuses root

  /**
   * Folders that the app writes to and may lose: each becomes an `emptyDir`. `/tmp` always is one.
   * @default []
   */
  writable: optional(list(folder), []),

  /**
   * Why the app cannot run on a read-only root file system; the reason is shown on its pods.
   * @default - the root file system is read-only
   */
  writableRoot: optional(someText),

  /**
   * Folders that outlive a pod, by the name of their claim, mounted into every pod of the app.
   * @default {}
   */
  volumes: optional(each(label, volume), {}),

  /**
   * Folder in which every program starts, init containers too.
   * @default - the image's `WORKDIR`
   */
  workingDir: optional(folder),

  /**
   * Folders that Python searches, after Stalk's own and before those of the image's `PYTHONPATH`.
   * @default []
   */
  pythonPath: optional(list(folder), []),

  /**
   * How much worker, beat and Flower say.
   * @default 'info'
   */
  logLevel: optional(hinted(oneOf('debug', 'info', 'warning', 'error', 'critical'), LOG_LEVELS), 'info'),

  /**
   * Name of the ConfigMap that holds the plain environment.
   * @default 'app-config'
   */
  configMap: optional(objectName, 'app-config'),
};

const dialect = hinted(oneOf('celery', 'django', 'paperless'), DIALECTS);

/** An app that takes Celery's own settings; FastAPI, Flask and plain Python speak it. */
export interface CeleryApp extends AppBase, PropsOf<typeof celeryApp> {}

export const celeryApp = props({ ...appBase, dialect: required(only('celery', dialect)) });

/** A Django project: `DJANGO_SETTINGS_MODULE` is set, the settings win over `CELERY_*` in its settings file. */
export interface DjangoApp extends AppBase, PropsOf<typeof djangoApp> {}

const djangoApp = props({
  ...appBase,
  dialect: required(only('django', dialect)),

  /** Value of `DJANGO_SETTINGS_MODULE`. */
  djangoSettings: required(settingsModule),
});

const line: Form<string> = when((value) => value === 'disable', anyText, cron);

export const paperlessCrons = props({
  /**
   * Reads mail accounts.
   * @default - the app's own
   */
  EMAIL: optional(line),
  /**
   * Trains the classifier.
   * @default - the app's own
   */
  TRAIN: optional(line),
  /**
   * Optimizes the search index.
   * @default - the app's own
   */
  INDEX: optional(line),
  /**
   * Looks for documents and files that do not fit together.
   * @default - the app's own
   */
  SANITY: optional(line),
  /**
   * Empties the trash.
   * @default - the app's own
   */
  EMPTY_TRASH: optional(line),
  /**
   * Looks for scheduled workflows.
   * @default - the app's own
   */
  WORKFLOW_SCHEDULED: optional(line),
  /**
   * Updates the index of the language model.
   * @default - the app's own
   */
  LLM_INDEX: optional(line),
});

/** `PAPERLESS_<NAME>_TASK_CRON`, by the name between. */
export type PaperlessCron = keyof PropsOf<typeof paperlessCrons>;

/** Paperless-ngx and its kin, which read `PAPERLESS_*` variables and make their own schedule of them. */
export interface PaperlessApp extends AppBase, PropsOf<typeof paperlessApp> {}

export const paperlessApp = props({
  ...appBase,
  dialect: required(only('paperless', dialect)),

  /**
   * `PAPERLESS_THREADS_PER_WORKER`: threads that one task may use.
   * @default 1
   */
  threadsPerWorker: optional(whole(1), 1),

  /**
   * Cron lines of the app's own periodic tasks, five fields each; `'disable'` switches one off.
   * @default - the app's own
   * @see https://docs.paperless-ngx.com/configuration/
   */
  crons: optional<Readonly<Partial<Record<PaperlessCron, string>>>>(paperlessCrons),
});

/** What a pool or a process has of its own of the app: another image of the tenant, or another Celery app in it. */
export interface AppPart extends Contract, PropsOf<typeof appPart> {}

export const appPart = props({
  /**
   * Image with a fixed tag or a digest; without one, every environment in which the tenant lives must give its version
   * in `images`, by the image as it is written here. What a pod waits for, it waits for with the tenant's image.
   * @default - the tenant's
   */
  image: optional(image),

  /**
   * What follows `celery -A`.
   * @default - the tenant's
   */
  module: optional(celeryModule),

  /**
   * Value of `DJANGO_SETTINGS_MODULE`, for a tenant of the dialect `django`.
   * @default - the tenant's
   */
  djangoSettings: optional(settingsModule),

  /**
   * Words that stand before its commands; `[]` for none.
   * @default - the tenant's
   */
  entrypoint: optional(list(someText, { repeats: true })),
});

/** How an app is told its settings; Stalk's loader brings the Celery settings in each of them. */
export type App = CeleryApp | DjangoApp | PaperlessApp;

const notAnApp = recordOf({ dialect, image, module: someText }, 'dialect', 'image', 'module');

const unknownDialect: Find = (value) => (isRecord(value) ? prop('dialect', dialect) : notAnApp)(value);

export const app: Form<App> = named(
  'dialect',
  { celery: celeryApp, django: djangoApp, paperless: paperlessApp },
  unknownDialect,
);
