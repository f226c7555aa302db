// What lies in the S3 server of the stories, as the API server reaches it: damaged by hand, and made whole again.

import { execFileSync } from 'node:child_process';
import { asked } from '../e2e/kubectl';

const BUCKET = '/api/v1/namespaces/stalk-s3/services/s3:9000/proxy/backups';

/** Bytes, as a string would not hold them. */
const kubectlRaw = (verb: 'get' | 'replace', key: string, input?: Buffer): Buffer =>
  execFileSync('kubectl', [verb, '--raw', `${BUCKET}/${key}`, ...(input ? ['-f', '-'] : [])], { input });

/** Packs of restic, of all snapshots of one broker. */
async function packsOf(folder: string): Promise<readonly string[]> {
  const listed = await asked('get', '--raw', `${BUCKET}?list-type=2&prefix=${folder}/data/`);
  return [...listed.matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, key]) => String(key));
}

/** Zeroes the second half of each pack. @returns what makes them whole again */
export async function damaged(folder: string): Promise<() => void> {
  const packs = (await packsOf(folder)).map((key) => ({ key, whole: kubectlRaw('get', key) }));
  if (packs.length === 0) throw new Error(`there is no backup in ${folder}`);
  for (const { key, whole } of packs)
    kubectlRaw('replace', key, Buffer.concat([whole], whole.length).fill(0, whole.length / 2));
  return () => packs.forEach(({ key, whole }) => kubectlRaw('replace', key, whole));
}
