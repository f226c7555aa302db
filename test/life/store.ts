// What lies in the S3 server of the stories, as a port of this machine leads to it: damaged by hand, and made whole again.

import { spawn } from 'node:child_process';

interface Door {
  readonly url: string;
  readonly close: () => void;
}

/** The API server's own proxy sends no length, which a write to S3 must have. */
async function doorToStore(): Promise<Door> {
  const forward = spawn('kubectl', ['port-forward', '-n', 'stalk-s3', 'service/s3', ':9000']);
  const port = await new Promise<string>((resolve, reject) => {
    let said = '';
    const hear = (data: Buffer): void => {
      said += data.toString();
      const [, found] = /127\.0\.0\.1:(\d+)/.exec(said) ?? [];
      if (found !== undefined) resolve(found);
    };
    [forward.stdout, forward.stderr].forEach((stream) => stream.on('data', hear));
    forward.once('close', () => reject(new Error(`no way to the store: ${said}`)));
  });
  return { url: `http://127.0.0.1:${port}/backups`, close: () => void forward.kill() };
}

async function asked(url: string, method: 'GET' | 'PUT' = 'GET', body?: Uint8Array): Promise<Buffer> {
  const answer = await fetch(url, { method, ...(body && { body: new Uint8Array(body) }) });
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
}

/** Zeroes the second half of each pack of one broker's backups while something is done, and makes them whole again. */
export async function whileDamaged<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const { url, close } = await doorToStore();
  try {
    const listed = (await asked(`${url}?list-type=2&prefix=${folder}/data/`)).toString();
    const keys = [...listed.matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, key]) => String(key));
    if (keys.length === 0) throw new Error(`there is no backup in ${folder}`);
    const packs = await Promise.all(keys.map(async (key) => ({ key, whole: await asked(`${url}/${key}`) })));
    for (const { key, whole } of packs)
      await asked(`${url}/${key}`, 'PUT', Buffer.from(whole).fill(0, Math.floor(whole.length / 2)));
    try {
      return await work();
    } finally {
      for (const { key, whole } of packs) await asked(`${url}/${key}`, 'PUT', whole);
    }
  } finally {
    close();
  }
}
