// The app of a tenant: its image, its Celery module, and the dialect in which it is told its settings.

import type { Memory } from './units';

/** How an app is told its settings; Stalk's loader brings the Celery settings in each of them. */
export type App = CeleryApp | DjangoApp | PaperlessApp;

interface AppBase {
  /**
   * Image with a fixed tag or a digest. `latest`, `main` and other tags that move to another image are refused, as they
   * change under a running tenant; a disposable environment with `pullPolicy: 'Always'` may have them.
   *
   * Without one, every environment in which the tenant lives must give its version in `images`.
   */
  readonly image: string;

  /** What follows `celery -A`: the module, or `module:attribute`, of the Celery app. */
  readonly module: string;

  /**
   * Words that stand before every command of the app's pods, those of init containers too: what the image's `ENTRYPOINT`
   * does, which Kubernetes does not run. `['poetry', 'run']`, `['newrelic-admin', 'run-program']`, `['/entrypoint.sh']`.
   *
   * It must become the command (`exec "$@"`) or pass SIGTERM on, or workers are killed in the middle of their tasks.
   * @default []
   * @see docs/images.md
   */
  readonly entrypoint?: readonly string[];

  /**
   * Numeric user and group of every process; also the group that owns the volumes.
   * @default 10001
   */
  readonly user?: number;

  /**
   * Folders that the app writes to and may lose: each becomes an `emptyDir`. `/tmp` always is one.
   * @default []
   */
  readonly writable?: readonly string[];

  /**
   * Why the app cannot run on a read-only root file system; the reason is shown on its pods.
   * @default - the root file system is read-only
   */
  readonly writableRoot?: string;

  /**
   * Folders that outlive a pod, by the name of their claim, mounted into every pod of the app.
   * @default {}
   */
  readonly volumes?: Readonly<Record<string, AppVolume>>;

  /**
   * Folders that Python searches, after Stalk's own.
   * @default []
   */
  readonly pythonPath?: readonly string[];

  /**
   * How much worker, beat and Flower say.
   * @default 'info'
   */
  readonly logLevel?: 'debug' | 'info' | 'warning' | 'error' | 'critical';

  /**
   * Name of the ConfigMap that holds the plain environment.
   * @default 'app-config'
   */
  readonly configMap?: string;
}

/** An app that takes Celery's own settings; FastAPI, Flask and plain Python speak it. */
export interface CeleryApp extends AppBase {
  readonly dialect: 'celery';
}

/** A Django project: `DJANGO_SETTINGS_MODULE` is set, the settings win over `CELERY_*` in its settings file. */
export interface DjangoApp extends AppBase {
  readonly dialect: 'django';

  /** Value of `DJANGO_SETTINGS_MODULE`. */
  readonly djangoSettings: string;
}

/** Paperless-ngx and its kin, which read `PAPERLESS_*` variables and make their own schedule of them. */
export interface PaperlessApp extends AppBase {
  readonly dialect: 'paperless';

  /**
   * `PAPERLESS_THREADS_PER_WORKER`: threads that one task may use.
   * @default 1
   */
  readonly threadsPerWorker?: number;

  /**
   * Cron lines of the app's own periodic tasks, five fields each; `'disable'` switches one off.
   * @default - the app's own
   * @see https://docs.paperless-ngx.com/configuration/
   */
  readonly crons?: Readonly<Partial<Record<PaperlessCron, string>>>;
}

/** `PAPERLESS_<NAME>_TASK_CRON`, by the name between. */
export type PaperlessCron =
  'EMAIL' | 'TRAIN' | 'INDEX' | 'SANITY' | 'EMPTY_TRASH' | 'WORKFLOW_SCHEDULED' | 'LLM_INDEX';

/** A claim that Stalk makes (`size`), or one that is there already (`claim`). */
export type AppVolume = NewVolume | ExistingVolume;

export interface NewVolume {
  /** Where it is mounted. */
  readonly path: string;

  /** What the claim asks for; it can grow later, where the storage class allows it. */
  readonly size: Memory;

  /**
   * `ReadWriteMany` where pods on several nodes share the folder.
   * @default 'ReadWriteOnce'
   */
  readonly access?: 'ReadWriteOnce' | 'ReadWriteMany';

  /**
   * Storage class of the claim.
   * @default - the environment's
   */
  readonly storageClass?: string;
}

export interface ExistingVolume {
  /** Where it is mounted. */
  readonly path: string;

  /** Name of a PersistentVolumeClaim that somebody else made in the tenant's namespace. */
  readonly claim: string;
}
