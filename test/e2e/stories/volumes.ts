// The volume of a Redis grows by the steps that `stalk diff` tells, while tasks come: no pod restarts.

import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Memory, Tenant } from '../../../lib';
import { filesIn } from '../../../lib/cli/trees';
import { diffOf, itemsOf, readTree, sideOf } from '../../../lib/diff';
import type { Side } from '../../../lib/diff';
import { START, until } from '../cluster';
import { podOf } from '../faults';
import { asked, kubectl } from '../kubectl';
import type { Told } from '../lanes';
import { load, producer, settled } from '../load';
import { allReady, restarted } from '../pods';
import { render, storageClass } from '../render';
import { REDELIVERED } from './struck';

/** Tasks until all is done. */
const STREAM = { rate: 4, count: 2000, task: { seconds: 0.2 } } as const;

const sideAt = (name: string, folder: string): Side =>
  sideOf(name, itemsOf(readTree(filesIn(dirname(folder))).sources));

interface Growth {
  readonly steps: readonly string[];
  readonly folder: string;
}

/** What `stalk diff` tells of a tenant with more storage, and the folder of the tree with it. */
function growth(tenant: Tenant, storage: Memory): Growth {
  const before = sideAt('before', render(tenant));
  const { broker } = tenant;
  const larger = { ...tenant, broker: { ...broker, storage } as Tenant['broker'] & object };
  const folder = render(larger);
  const { consequences } = diffOf(before, sideAt('after', folder));
  const steps = consequences.flatMap(({ type, steps: own }) => (type === 'cannot-apply' ? own : []));
  return { steps, folder: join(folder, 'tenants', tenant.name) };
}

/** As from a repository: Secrets are in none. */
function applied(folder: string) {
  const files = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !/^(secret|kustomization)/.test(entry.name))
    .flatMap(({ name }) => ['-f', join(folder, name)]);
  return kubectl(['apply', '--server-side', ...files]);
}

const sizeAsked = (tenant: string): Promise<string> =>
  asked(
    ...['get', 'pvc', 'redis-data-redis-0', '-n', tenant],
    ...['-o', 'jsonpath={.spec.resources.requests.storage}'],
  );

const ownerOfPod = (tenant: string): Promise<string> =>
  asked('get', 'pod', 'redis-0', '-n', tenant, '-o', 'jsonpath={.metadata.ownerReferences[0].uid}');

const setUid = async (tenant: string): Promise<string> =>
  (await kubectl(['get', 'sts', 'redis', '-n', tenant, '-o', 'jsonpath={.metadata.uid}'])).output;

export async function volumeGrows(tenant: Tenant, storage: Memory): Promise<Told> {
  const { name } = tenant;
  await asked('patch', 'storageclass', storageClass, '-p', '{"allowVolumeExpansion":true}');
  await producer(name);
  const [pod, old] = [await podOf(name, 'redis'), await setUid(name)];
  const sending = await load(name, STREAM);
  const { steps, folder } = growth(tenant, storage);
  const refused = await applied(folder);
  for (const step of steps.filter((one) => one.startsWith('kubectl ')))
    execFileSync('sh', ['-c', step], { stdio: 'pipe' });
  const { code, errors } = await applied(folder);
  await until(
    'the new StatefulSet has the pod',
    async () => (await ownerOfPod(name)) === (await setUid(name)),
  );
  await allReady([name], START);
  const after = await podOf(name, 'redis');
  sending.stop();
  const count = await settled(sending, REDELIVERED);

  expect(refused.errors).toContain('updates to statefulset spec for fields other than');
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  expect(await setUid(name)).not.toBe(old);
  expect(await sizeAsked(name)).toBe(storage);
  expect([after.metadata.uid, restarted([after])]).toEqual([pod.metadata.uid, restarted([pod])]);
  expect(count).toMatchObject({ refused: 0, again: 0, twice: 0 });
  return { count, note: `the claim asks for ${storage}; no pod was restarted` };
}
