// Secrets and ConfigMaps of somebody else in an app's processes: their keys as variables, or as files.

import type { EnvSource, FileSource, ResolvedTenant, Runs } from '../../spec';
import type { Folder, Variable, VariableSource } from '../process';

/** The author's before the app's own config, which wins: it says what Stalk derives. */
export const variableSources = (
  { app, envFrom }: ResolvedTenant,
  own: Pick<Runs, 'envFrom'>,
): readonly VariableSource[] => [
  ...[...envFrom, ...own.envFrom].map(variableSource),
  { config: app.configMap },
];

/** Nothing of the app's. */
export const sourcesOf = ({ envFrom }: Pick<Runs, 'envFrom'>): readonly VariableSource[] =>
  envFrom.map(variableSource);

const variableSource = ({ prefix, optional, ...source }: EnvSource): VariableSource => ({
  ...('secret' in source ? { secret: source.secret } : { config: source.configMap }),
  ...(prefix !== undefined && { prefix }),
  ...(optional === true && { optional }),
});

/** A workload's own take the place of the tenant's at the same path. */
export const fileFolders = ({ files }: ResolvedTenant, own: Pick<Runs, 'files'>): readonly Folder[] =>
  foldersOf({ ...files, ...own.files }, 'files');

export const foldersOf = (files: Runs['files'], name: string): readonly Folder[] =>
  Object.entries(files).map(([path, source], index) => ({
    name: `${name}-${index}`,
    path,
    ...('secret' in source ? { secret: source.secret } : { config: source.configMap }),
    ...single(source),
  }));

const single = ({
  key,
}: FileSource): { readonly single?: string; readonly files?: Record<string, string> } =>
  key === undefined ? {} : { files: { [key]: key }, single: key };

/** Names of the Secrets that must be there. */
export const secretsIn = (read: readonly (Variable | VariableSource | Folder)[]): readonly string[] =>
  read.flatMap((one) =>
    'secret' in one && !('optional' in one && one.optional === true) ? [one.secret] : [],
  );
