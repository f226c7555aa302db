// `stalk adopt` on a real API server: a namespace whose objects the server has filled in becomes its tenant.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { apply, asked } from './kubectl';

const { KUBECONFIG } = process.env;
if (!KUBECONFIG) console.warn('SKIPPED: set KUBECONFIG to a cluster that may be changed');

const NAMESPACE = 'mail';
const ROOT = join(__dirname, '..', '..');
const file = join(ROOT, 'test', 'adopt', 'fixtures', 'mail.yaml');

/** What is written, without its comments, which say where each value comes from. */
function adopted(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('node', ['scripts/stalk.cjs', 'adopt', ...args], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([
    0,
    expect.stringMatching(/ 0 could not be said, 1 to put into Secrets, 0 to mend\n/),
  ]);
  return stdout.replaceAll(/ *\/\/ .*/g, '').replaceAll(/\n+/g, '\n');
}

(KUBECONFIG ? describe : describe.skip)('a live namespace', () => {
  beforeAll(() => {
    asked('create', 'namespace', NAMESPACE);
    expect(apply(['-f', file]).errors).toBe('');
  });

  afterAll(() => asked('delete', 'namespace', NAMESPACE, '--ignore-not-found', '--wait=false'));

  it('becomes the tenant that its files become, without what the server has filled in', () => {
    const ofCluster = adopted('--namespace', NAMESPACE);

    expect(ofCluster).toBe(adopted(file));
  });
});
