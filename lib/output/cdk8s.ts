// What the cdk8s CLI tells the app that it runs, and what it makes of the app's end.

import { existsSync } from 'node:fs';

/** The folder of `output` in cdk8s.yaml or of `--output`; undefined where another command runs. */
export const chosenByCdk8s = (): string | undefined => process.env['CDK8S_OUTDIR'];

/**
 * Whether the cdk8s CLI runs this process and fails by itself, in one line, when the app has written nothing. An app
 * that ends with an error code makes it print a stack trace. With `--stdout` the folder exists and the code counts.
 */
export function cdk8sTellsOfFailure(): boolean {
  const folder = chosenByCdk8s();
  // Only the CLI sets both
  const isCli = process.env['CDK8S_RECORD_CONSTRUCT_METADATA'] !== undefined;
  return isCli && folder !== undefined && !existsSync(folder);
}
