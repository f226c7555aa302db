// The form of an app: what runs, and in which dialect it is told its settings.

import type { App, CeleryApp, DjangoApp, ExistingVolume, NewVolume, PaperlessApp } from '../app';
import { cron } from './cron';
import { ACCESSES, DIALECTS, LOG_LEVELS } from './form-guesses';
import { image } from './form-image';
import { hinted, proposing, textOf } from './kind';
import type { Find, Form } from './kind';
import { anything, folder, label, memory, objectName, oneOf, someText, text, whole } from './kinds';
import { isRecord } from '../../kube/json';
import { each, list, marked, named, only, prop, record, recordOf, when } from './shapes';

/** What `importlib` takes: `my-app` cannot be written after `import`, and is found all the same. */
const dotted = /^\w[\w-]*(\.\w[\w-]*)*/;

/** `acme/tasks.py` and `celery -A acme` say `acme.tasks` and `acme`. */
const likelyModule = (value: unknown): string =>
  textOf(value)
    .replace(/^celery\s+(-A|--app)[\s=]+/, '')
    .replace(/\.py$/, '')
    .replace(/^[./]+/, '')
    .replaceAll('/', '.');

const APP = {
  image,
  module: proposing(
    text(new RegExp(`${dotted.source}(:[A-Za-z_]\\w*)?$`), {
      wanted: 'be what follows celery -A',
      fix: 'write it like "acme.tasks" or "acme.tasks:app"',
    }),
    likelyModule,
  ),
  entrypoint: list(someText, { repeats: true }),
  user: whole(1, 2 ** 31 - 1), // Pod Security refuses root
  writable: list(folder),
  writableRoot: someText,
  volumes: each(
    label,
    marked({
      claim: record<ExistingVolume>({ path: folder, claim: objectName }, 'path'),
      size: record<NewVolume>(
        {
          path: folder,
          size: memory,
          access: hinted(oneOf('ReadWriteOnce', 'ReadWriteMany'), ACCESSES),
          storageClass: objectName,
        },
        'path',
        'size',
      ),
    }),
  ),
  pythonPath: list(folder),
  logLevel: hinted(oneOf('debug', 'info', 'warning', 'error', 'critical'), LOG_LEVELS),
  configMap: objectName,
};

export const appDefaults = record<Omit<CeleryApp, 'dialect' | 'image' | 'module' | 'writableRoot'>>(APP);

const line: Form<string> = when((value) => value === 'disable', anything<string>(), cron);

const CRON_LINES = {
  EMAIL: line,
  TRAIN: line,
  INDEX: line,
  SANITY: line,
  EMPTY_TRASH: line,
  WORKFLOW_SCHEDULED: line,
  LLM_INDEX: line,
};

/** Others that a version of Paperless has are variables like any other. */
export const CRONS: readonly string[] = Object.keys(CRON_LINES);

const crons = record<NonNullable<PaperlessApp['crons']>>(CRON_LINES);

const dialect: Form<App['dialect']> = hinted(oneOf('celery', 'django', 'paperless'), DIALECTS);

const APPS = {
  celery: record<CeleryApp>({ ...APP, dialect: only(dialect) }, 'dialect', 'image', 'module'),
  django: record<DjangoApp>(
    {
      ...APP,
      dialect: only(dialect),
      djangoSettings: proposing(
        text(new RegExp(`${dotted.source}$`), {
          wanted: 'be the module of the settings',
          fix: 'write it like "config.settings.production"',
        }),
        likelyModule,
      ),
    },
    'dialect',
    'image',
    'module',
    'djangoSettings',
  ),
  paperless: record<PaperlessApp>(
    { ...APP, dialect: only(dialect), threadsPerWorker: whole(1), crons },
    'dialect',
    'image',
    'module',
  ),
};

const notAnApp = recordOf({ dialect, image, module: someText }, 'dialect', 'image', 'module');

const unknownDialect: Find = (value) => (isRecord(value) ? prop('dialect', dialect) : notAnApp)(value);

export const appForm: Form<App> = named('dialect', APPS, unknownDialect);
