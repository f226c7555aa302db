// Logs: what a worker or beat writes has one form, and says whose it is.

import { isRecord, parsedJson } from '../kube/json';
import { breachUnless } from './law';
import type { Breach, Law } from './law';
import { ownWorkloads } from './workloads';
import type { WorkloadView } from './workloads';
import { show } from './words';

const LOGS = 'STALK_LOGS';

/** Those whose log the loader writes. */
const WRITERS: ReadonlySet<string | undefined> = new Set(['worker', 'beat']);

const oneForm: Law = {
  name: 'a log is JSON or text, and JSON names its process',
  check: ({ workloads }) =>
    ownWorkloads(workloads)
      .filter(({ labels }) => WRITERS.has(labels['app.kubernetes.io/component']))
      .flatMap(breachesOf),
};

function breachesOf({ id, main, name }: WorkloadView): Breach[] {
  const fields = main.env?.find((variable) => variable.name === LOGS)?.value;
  const isQuiet = main.command?.includes('--quiet') === true;
  if (fields === undefined)
    return breachUnless(!isQuiet, id, `${main.path}.command must not hold --quiet, as its log is text`);
  return [
    ...breachUnless(isQuiet, id, `${main.path}.command must hold --quiet: a banner is no JSON`),
    ...breachUnless(
      processIn(fields) === name,
      id,
      `${main.path}.env: ${LOGS} must name the process ${show(name)}, got ${show(fields)}`,
    ),
  ];
}

function processIn(fields: string): unknown {
  const read = parsedJson(fields);
  return isRecord(read) ? read['process'] : undefined;
}

export const logLaws: readonly Law[] = [oneForm];
