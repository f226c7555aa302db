// A tenant joins the shared broker and leaves it while the others work: nothing of theirs restarts.

import { join } from 'node:path';
import { NAMES, probe, redis, START, subject, until } from '../cluster';
import { asked, lines } from '../kubectl';
import { load, producer, settled, total } from '../load';
import { podsOf, serves } from '../pods';
import { newcomer, render } from '../render';
import type { Told } from '../lanes';

const NAME = 'newcomer';
const BROKER = 'broker-shared';
const NEIGHBOURS = NAMES.filter((name) => subject(name).broker === BROKER);

/** The bound in seconds from the apply to the first answer. */
const LIVE = 120;

/** Sends a second: Paperless-ngx takes a new process for each task, and its beat sends as well. */
const rate = (tenant: string): number => (tenant === 'acme' ? 2 : 0.1);

/** Every container of the neighbours and of their Redis, and how often it was started. */
async function containers(): Promise<string[]> {
  const pods = await podsOf(...NEIGHBOURS, BROKER);
  return pods
    .filter(({ metadata }) => !metadata.name.startsWith('producer'))
    .flatMap(({ metadata, status }) =>
      (status.containerStatuses ?? []).map(
        ({ name, restartCount }) => `${metadata.uid}/${name}: ${restartCount}`,
      ),
    );
}

const connections = async (): Promise<string[]> =>
  lines(await redis(BROKER, 'client list')).filter((line) => line.includes(`user=${NAME}`));

const keys = async (): Promise<string[]> => lines(await redis(BROKER, `--scan --pattern 'tenant:${NAME}:*'`));

/** The step of docs/secrets.md. */
const forget = (): Promise<string> =>
  redis(
    BROKER,
    `--scan --pattern 'tenant:${NAME}:*' | REDISCLI_AUTH=$(cat /run/redis/admin) xargs redis-cli --user admin unlink`,
  );

/** Its own folder and its broker's, as whoever applies a repository does for what has changed in it. */
async function apply(tenants: readonly (typeof newcomer)[]): Promise<void> {
  const root = render(...tenants);
  for (const { name } of tenants) await asked('apply', '--server-side', '-k', join(root, 'tenants', name));
  await asked('apply', '--server-side', '-k', join(root, 'brokers', 'shared'));
}

/** Joins, works, leaves, and its data is deleted. */
export async function comesAndGoes(): Promise<Told> {
  await Promise.all(NEIGHBOURS.map(producer));
  const before = await containers();
  const loads = await Promise.all(
    NEIGHBOURS.map((tenant) => load(tenant, { rate: rate(tenant), count: 100_000 })),
  );

  const applied = Date.now();
  await apply([newcomer]);
  await until('the newcomer is there', () => serves(NAME, 'web', 'worker-default'), LIVE);
  const answer = await probe(NAME);
  const seconds = Math.round((Date.now() - applied) / 1000);
  await apply([]);
  await asked('delete', 'namespace', NAME);
  await until('its connections are gone', async () => (await connections()).length === 0);
  const left = await keys();
  await forget();
  for (const sending of loads) sending.stop();
  const count = total(await Promise.all(loads.map((sending) => settled(sending, START))));

  expect(answer).toMatchObject({ queue: `tenant-${NAME}` });
  expect(seconds).toBeLessThanOrEqual(LIVE);
  expect(left).not.toEqual([]);
  expect(await keys()).toEqual([]);
  expect(count.refused).toBe(0);
  expect(await containers()).toEqual(before);
  return { count, note: `live after ${seconds} s; tasks are those of its ${NEIGHBOURS.length} neighbours` };
}
