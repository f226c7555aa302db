// Whole Secrets and ConfigMaps of somebody else: as environment, or as files.

import { optional, props, required } from './props';
import type { Contract, PropsOf } from './props';
import { variablePrefix } from './rules/form-env';
import { hinted } from './rules/kind';
import type { Form } from './rules/kind';
import { flag, folder, objectName } from './rules/kinds';
import { each, list, marked } from './rules/shapes';
import { keyName } from './values';

const sourceLines = {
  /**
   * Whether pods start without it, and without what it holds.
   * @default false
   */
  optional: optional(flag),

  /**
   * Stands before each of its keys in the names of the variables.
   * @default - nothing
   */
  prefix: optional(variablePrefix),
};

export interface SecretEnv extends Contract, PropsOf<typeof secretSource> {}

const secretSource = props({
  /** Name of a Secret in the tenant's namespace, which somebody else owns. */
  secret: required(objectName),
  ...sourceLines,
});

export interface ConfigMapEnv extends Contract, PropsOf<typeof configMapSource> {}

const configMapSource = props({
  /** Name of a ConfigMap in the tenant's namespace, which somebody else owns. */
  configMap: required(objectName),
  ...sourceLines,
});

/** All keys of a Secret or a ConfigMap, each a variable. */
export type EnvSource = SecretEnv | ConfigMapEnv;

const source: Form<EnvSource> = hinted(
  marked({ secret: secretSource, configMap: configMapSource }),
  (value) =>
    typeof value === 'string' ? `write { secret: '${value}' } or { configMap: '${value}' }` : undefined,
);

export const envFrom: Form<readonly EnvSource[]> = list(source);

const fileLines = {
  /**
   * The one key that becomes the file of this path. Without it the path is a folder, and each key a file in it.
   * @default - all keys, in a folder
   */
  key: optional(keyName),
};

export interface SecretFiles extends Contract, PropsOf<typeof secretFiles> {}

const secretFiles = props({
  /** Name of a Secret in the tenant's namespace, which somebody else owns. */
  secret: required(objectName),
  ...fileLines,
});

export interface ConfigMapFiles extends Contract, PropsOf<typeof configMapFiles> {}

const configMapFiles = props({
  /** Name of a ConfigMap in the tenant's namespace, which somebody else owns. */
  configMap: required(objectName),
  ...fileLines,
});

/** One key as a file, or all keys as a folder. */
export type FileSource = SecretFiles | ConfigMapFiles;

/** Files that the app reads, by their path. */
export const files: Form<Readonly<Record<string, FileSource>>> = each(
  folder,
  marked({ secret: secretFiles, configMap: configMapFiles }),
);
