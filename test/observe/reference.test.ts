// The reference tenants in environments that are watched: every law holds, and what is not watched stays as it is.

import { judge, renderedLeaves } from '../../lib/laws';
import { deployed, manifestOf } from '../output/pulumi-engine';
import { leafManifests, leafOf, platformOf, referenceEnvironment } from '../support/synth';
import type { Manifest } from '../support/synth';
import { watched } from './environments';

jest.setTimeout(60_000); // all reference tenants, and every law over each

const KINDS = ['operator', 'annotations'] as const;

const off = referenceEnvironment('production');
const platforms = Object.fromEntries(KINDS.map((kind) => [kind, platformOf(watched(kind, off))]));
const quiet = platformOf(off);

const idOf = ({ kind, metadata: { namespace = '', name } }: Manifest): string =>
  `${namespace} ${kind}/${name}`;

const byId = (platform: typeof quiet): ReadonlyMap<string, string> =>
  new Map(
    platform.leaves
      .flatMap(leafManifests)
      .map((manifest) => [idOf(manifest), JSON.stringify(manifest.spec ?? manifest.data ?? null)]),
  );

const before = byId(quiet);

describe.each(KINDS)('with monitoring by %s', (kind) => {
  const platform = platforms[kind] ?? quiet;
  const after = byId(platform);

  test('the reference tenants obey every law', () => {
    expect(judge(renderedLeaves(platform))).toEqual([]);
  });

  test('no object of before is gone', () => {
    expect([...before.keys()].filter((id) => !after.has(id))).toEqual([]);
  });

  test('web, Flower, other processes and migrations stay as they are: no pod of them is replaced', () => {
    const rolled = [...before].flatMap(([id, spec]) =>
      / (Deployment|StatefulSet|Job|CronJob)\//.test(id) && after.get(id) !== spec ? [id.split('/')[1]] : [],
    );

    expect(
      [...new Set(rolled)].filter((name) => !/^(worker-|beat$|redis|cache|sentinel)/.test(name ?? '')),
    ).toEqual([]);
  });

  test('Pulumi is given the same objects of the platform', async () => {
    const rendered = leafManifests(leafOf(platform, 'platform'));

    const registered = (await deployed(platform.leaves.filter(({ folder }) => folder === 'platform')))
      .filter(({ type }) => type.startsWith('kubernetes:'))
      .map(manifestOf);

    expect(registered.map(idOf).sort()).toEqual(rendered.map(idOf).sort());
    expect(rendered.map(idOf)).toEqual(
      expect.arrayContaining(
        kind === 'operator'
          ? ['monitoring PodMonitor/stalk', 'monitoring PrometheusRule/stalk']
          : ['monitoring ConfigMap/stalk-prometheus'],
      ),
    );
  });
});

test('tenants change nothing of what an environment has once', () => {
  const [none, all] = [platformOf(watched('operator', off), []), platforms['operator'] ?? quiet].map(
    (platform) => leafManifests(leafOf(platform, 'platform')),
  );

  expect(all).toEqual(none);
});
