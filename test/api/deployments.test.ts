// Six deployments of other teams in a real API server: accepted, and their pods are made under Pod Security `restricted`.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { platforms, writeGitOps } from '../../lib';
import type { Manifest } from '../../lib';
import { eventually } from '../live/redis-server';
import { environment, tenants } from '../deployments/list';
import { built, readTree } from '../support/tree';
import { apply, asked, lines } from './kubectl';
import type { Ended } from './kubectl';

const { KUBECONFIG } = process.env;
if (!KUBECONFIG) console.warn('SKIPPED: set KUBECONFIG to a cluster that may be changed');

const NAMES = tenants.map(({ name }) => name);
/** Seconds in which a controller makes pods. */
const SOON = 60;

(KUBECONFIG ? describe : describe.skip)('deployments of other teams, without a patch', () => {
  const tree = mkdtempSync(join(tmpdir(), 'stalk-deployments-'));
  let applied: Ended;

  beforeAll(() => {
    writeGitOps(platforms({ environments: [environment], tenants }), tree);
    asked('create', 'namespace', 'maps');
    asked('-n', 'maps', 'create', 'serviceaccount', 'django-app-service-account');
    applied = apply(['--force-conflicts', '-k', join(tree, environment.name)]);
  });

  afterAll(() => {
    asked('delete', '--ignore-not-found', '--wait=false', 'namespace', ...NAMES);
    asked('delete', '--ignore-not-found', 'priorityclass', 'stalk-broker');
    rmSync(tree, { recursive: true });
  });

  it('are accepted with strict field validation and without a warning', () => {
    expect(applied).toEqual({ code: 0, output: expect.any(String), errors: '' });
  });

  it.each(NAMES)('%s gets the pods of all its workloads', async (name) => {
    const objects = built(readTree(tree), join(environment.name, 'tenants', name)) as readonly Manifest[];
    const wanted = objects
      .filter(({ kind }) => ['Deployment', 'StatefulSet', 'Job'].includes(kind))
      .map(({ metadata }) => metadata.labels?.['app.kubernetes.io/component']);
    const component = '{range .items[*]}{.metadata.labels.app\\.kubernetes\\.io/component}{"\\n"}{end}';
    const found = (): Promise<boolean> => {
      const there = new Set(lines(asked('-n', name, 'get', 'pods', '-o', `jsonpath=${component}`)));
      return Promise.resolve(wanted.every((one) => one !== undefined && there.has(one)));
    };

    await eventually(`pods of ${wanted.join(', ')}`, found, SOON);

    expect(wanted.length).toBeGreaterThan(1);
    expect(asked('-n', name, 'get', 'events', '--field-selector=reason=FailedCreate', '-o', 'name')).toBe('');
  });
});
