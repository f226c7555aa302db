// What every container said, kept where a story fails: its pods are gone when somebody reads the table.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { kubectl, lines } from './kubectl';

const FOLDER = join(__dirname, '..', '..', 'build', 'e2e-logs');

const PODS =
  'jsonpath={range .items[?(@.metadata.namespace!="kube-system")]}{.metadata.namespace} {.metadata.name}{"\\n"}{end}';

/** A worker's word on a task that did not end well: what is not in the book may have failed there. */
const FAILS = /ledger\.note\[.*(raised|limit)|the book does not answer|Time limit|WorkerLost/i;

/** Writes them to a file. @returns the lines that tell of tasks that failed */
export async function keepLogs(story: string): Promise<readonly string[]> {
  const file = join(FOLDER, `${story.replace(/[^\w-]+/g, '-')}.log`);
  const said: string[] = [];
  for (const pod of lines((await kubectl(['get', 'pods', '-A', '-o', PODS])).output)) {
    const [namespace = '', name = ''] = pod.split(' ');
    const { output } = await kubectl([
      ...['logs', '-n', namespace, name, '--all-containers', '--prefix', '--timestamps', '--tail=5000'],
    ]);
    said.push(output);
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, said.join('\n'));
  return said.flatMap((text) => lines(text).filter((line) => FAILS.test(line)));
}
