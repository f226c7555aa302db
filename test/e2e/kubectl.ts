// kubectl beside other work: stories go on at the same time, each with a tenant of its own.

import { execFile } from 'node:child_process';
import type { Ended } from '../api/kubectl';

export { lines } from '../api/kubectl';

/** All objects of a namespace in one answer. */
const LARGEST_ANSWER = 64 * 1024 * 1024;

export const kubectl = (args: readonly string[], input?: string): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = execFile(
      'kubectl',
      args,
      { encoding: 'utf8', maxBuffer: LARGEST_ANSWER },
      (error, output, errors) => {
        if (error && typeof error.code !== 'number')
          reject(new Error(`kubectl ${args.join(' ')}: ${error.message}`));
        else resolve({ code: Number(error?.code ?? 0), output, errors });
      },
    );
    child.stdin?.on('error', () => undefined).end(input);
  });

/** What kubectl prints; throws what it complains about. */
export async function asked(...args: readonly string[]): Promise<string> {
  const { code, output, errors } = await kubectl(args);
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${errors}`);
  return output;
}
