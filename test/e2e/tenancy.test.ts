// A tenant joins the shared broker and leaves it while the others work: nothing of theirs restarts.

import { asked, lines } from '../api/kubectl';
import { HAS_CLUSTER, NAMES, probe, redis, subject, until } from './cluster';
import { load, producer, settled } from './load';
import { podsOf } from './pods';
import { newcomer, render } from './render';
import { story } from './stories';

const NAME = 'newcomer';
const BROKER = 'broker-shared';
const NEIGHBOURS = NAMES.filter((name) => subject(name).broker === BROKER);

/** The bound, in seconds from the apply to the first answer. */
const LIVE = 120;

/** Sends a second: Paperless-ngx takes a new process for each task, and a node with two slow cores one in some seconds. */
const RATE = 0.25;

/** Every container of the neighbours and of their Redis, and how often it was started. */
const containers = (): string[] =>
  [...NEIGHBOURS, BROKER].flatMap((namespace) =>
    podsOf(namespace)
      .filter(({ metadata }) => !metadata.name.startsWith('producer'))
      .flatMap(({ metadata, status }) =>
        (status.containerStatuses ?? []).map(
          ({ name, restartCount }) => `${metadata.uid}/${name}: ${restartCount}`,
        ),
      ),
  );

const connections = (): string[] =>
  lines(redis(BROKER, 'client list')).filter((line) => line.includes(`user=${NAME}`));

/** The step of docs/secrets.md. */
const keys = (): string[] => lines(redis(BROKER, `--scan --pattern 'tenant:${NAME}:*'`));

(HAS_CLUSTER ? describe : describe.skip)('a newcomer', () => {
  it('joins, works, leaves, and its data can be deleted; its neighbours notice nothing', async () => {
    const before = containers();
    for (const tenant of NEIGHBOURS) producer(tenant);
    const loads = await Promise.all(NEIGHBOURS.map((tenant) => load(tenant, { rate: RATE, count: 100_000 })));

    const applied = Date.now();
    asked('apply', '--server-side', '-k', render([newcomer]));
    await until('the web side of the newcomer is there', () => serves(NAME), LIVE);
    const answer = probe(NAME);
    const seconds = (Date.now() - applied) / 1000;
    asked('apply', '--server-side', '-k', render());
    asked('delete', 'namespace', NAME);
    await until('its connections are gone', () => connections().length === 0);
    const left = keys();
    redis(
      BROKER,
      `--scan --pattern 'tenant:${NAME}:*' | REDISCLI_AUTH=$(cat /run/redis/admin) xargs redis-cli --user admin unlink`,
    );
    for (const sending of loads) sending.stop();
    const counts = await Promise.all(loads.map((sending) => settled(sending, LIVE)));

    counts.forEach((count, i) =>
      story(`a tenant joins and leaves (${NEIGHBOURS[i]})`, {
        result: count.lost.length === 0 ? 'ok' : 'LOST',
        count,
      }),
    );
    story('the newcomer is live', {
      result: seconds <= LIVE ? 'ok' : 'late',
      note: `${seconds} s after the apply`,
    });
    expect(answer).toMatchObject({ queue: `tenant-${NAME}` });
    expect(seconds).toBeLessThanOrEqual(LIVE);
    expect(left).not.toEqual([]);
    expect(keys()).toEqual([]);
    expect(counts).toEqual(counts.map(() => expect.objectContaining({ lost: [], refused: 0 })));
    expect(containers()).toEqual(before);
  });
});

const serves = (tenant: string): boolean =>
  ['web', 'worker-default'].every(
    (name) => asked('get', 'deploy', name, '-n', tenant, '-o', 'jsonpath={.status.readyReplicas}') === '1',
  );
