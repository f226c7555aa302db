// An up that was killed: what it leaves, and the documented way back, which takes over nothing of others.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment, Tenant } from '../../lib';
import { ended, kubectl, namespaces, onPath, uidsIn, workspace } from './workspace';
import type { Workspace } from './workspace';

const NAMESPACE = 'pulumi-killed';

const lab: Environment = {
  name: 'killed',
  storageClass: 'standard',
  secrets: { strategy: 'existing' },
};

const tenant: Tenant = {
  name: NAMESPACE,
  app: { dialect: 'celery', image: 'acme/jobs:2.4.1', module: 'acme.tasks' },
  broker: { topology: 'standalone' },
  workers: Object.fromEntries(
    Array.from({ length: 8 }, (_, i) => [`pool-${i}`, { queues: [`queue-${i}`] as const }]),
  ),
};

const runs = onPath('pulumi');
if (!runs) console.warn('SKIPPED test/pulumi: pulumi is not on PATH, so no real engine was asked');

const cleared = (): void => {
  kubectl('delete', 'namespace', NAMESPACE, '--ignore-not-found', '--wait', '--timeout=120s');
  kubectl('delete', 'priorityclass', 'stalk-broker', '--ignore-not-found');
};

const there = (): number => (namespaces().includes(NAMESPACE) ? Object.keys(uidsIn(NAMESPACE)).length : 0);

/** The program of docs/pulumi.md, "An up that was killed". */
const wayBack = (): string => {
  const page = readFileSync(join(__dirname, '../../docs/pulumi.md'), 'utf8');
  const section = page.split('## An up that was killed')[1] ?? '';
  return /```sh\n([^]*?)```/.exec(section)?.[1] ?? '';
};

(runs ? describe : describe.skip)('an up that was killed', () => {
  let place: Workspace;

  beforeAll(async () => {
    cleared();
    place = await workspace(lab, [tenant]);
    await place.stack.setAllConfig(
      Object.fromEntries(
        Object.entries({ environment: 'killed', tenants: 'all', secrets: 'environment', wait: 'false' }).map(
          ([name, value]) => [`stalk:${name}`, { value }],
        ),
      ),
    );
  });

  afterAll(() => {
    cleared();
    place.remove();
  });

  test('in the middle is gone on with as documented: all that it made is kept, and no step is open', async () => {
    const up = place.pulumi('up', '--yes', '--skip-preview');
    const gone = new Promise((done) => up.once('close', done));
    while (there() < 6 && up.exitCode === null) await new Promise((done) => setTimeout(done, 20));
    process.kill(-Number(up.pid), 'SIGKILL');
    await gone;
    place.mend();
    const made = uidsIn(NAMESPACE);

    await ended(place.shell(wayBack()));

    expect(Object.keys(made).length).toBeLessThan(Object.keys(uidsIn(NAMESPACE)).length);
    expect(uidsIn(NAMESPACE)).toMatchObject(made);
    const state = JSON.parse(await ended(place.pulumi('stack', 'export'))) as {
      deployment: { pending_operations?: readonly unknown[] };
    };
    expect(state.deployment.pending_operations ?? []).toEqual([]);
    expect((await place.stack.up()).summary.resourceChanges).toEqual({ same: expect.any(Number) as unknown });
  });
});
