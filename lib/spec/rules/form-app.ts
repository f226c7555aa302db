// The form of an app: what runs, and in which dialect it is told its settings.

import type { CeleryApp, DjangoApp, ExistingVolume, NewVolume, PaperlessApp } from '../app';
import { cron } from './cron';
import { ACCESSES, DIALECTS, LOG_LEVELS } from './form-guesses';
import { image } from './form-image';
import { hinted, proposing, textOf } from './kind';
import type { Kind } from './kind';
import { anything, folder, label, memory, objectName, oneOf, someText, text, whole } from './kinds';
import { each, has, isRecord, list, prop, record, when } from './shapes';

const dotted = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*/;

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
  user: whole(1, 2 ** 31 - 1), // Pod Security refuses root
  writable: list(folder),
  writableRoot: someText,
  volumes: each(
    label,
    when(
      has('claim'),
      record<ExistingVolume>({ path: folder, claim: objectName }, 'path'),
      record<NewVolume>(
        {
          path: folder,
          size: memory,
          access: hinted(oneOf('ReadWriteOnce', 'ReadWriteMany'), ACCESSES),
          storageClass: objectName,
        },
        'path',
        'size',
      ),
    ),
  ),
  pythonPath: list(folder),
  logLevel: hinted(oneOf('debug', 'info', 'warning', 'error', 'critical'), LOG_LEVELS),
  configMap: objectName,
};

export const appDefaults = record<Omit<CeleryApp, 'dialect' | 'image' | 'module' | 'writableRoot'>>(APP);

const crons = (
  ['EMAIL', 'TRAIN', 'INDEX', 'SANITY', 'EMPTY_TRASH', 'WORKFLOW_SCHEDULED', 'LLM_INDEX'] as const
).map((name) => [name, when((value) => value === 'disable', anything, cron)] as const);

const dialect = hinted(oneOf('celery', 'django', 'paperless'), DIALECTS);

const APPS: Readonly<Record<string, Kind>> = {
  celery: record<CeleryApp>({ ...APP, dialect }, 'dialect', 'image', 'module'),
  django: record<DjangoApp>(
    {
      ...APP,
      dialect,
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
    { ...APP, dialect, threadsPerWorker: whole(1), crons: record(Object.fromEntries(crons)) },
    'dialect',
    'image',
    'module',
  ),
};

const notAnApp = record<Pick<CeleryApp, 'dialect' | 'image' | 'module'>>(
  { dialect, image, module: someText },
  'dialect',
  'image',
  'module',
);

export const app: Kind = (value) => {
  if (!isRecord(value)) return notAnApp(value);
  const name = textOf(value.dialect);
  const known = Object.hasOwn(APPS, name) ? APPS[name] : undefined;
  return (known ?? prop('dialect', dialect))(value);
};
