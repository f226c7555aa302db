// Every environment as `kubectl apply` puts it into a real API server, and what the server makes of it.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { k8s } from 'cdk8s-plus-27';
import { parseAllDocuments, stringify } from 'yaml';
import { platforms, writeGitOps } from '../../lib';
import type { Platform } from '../../lib';
import type { Manifest } from '../../lib/output/manifest';
import { environments } from '../reference/environments';
import { tenants } from '../reference/tenants';
import { built, readTree } from '../support/tree';
import { ArgoCdDiff, hasGo } from './argocd';
import { filesIn, installCrds } from './crds';
import { apply, asked, type Ended, keyOf, kubectl, lines, MANAGER, served, settled, states } from './kubectl';

const { KUBECONFIG, STALK_CRDS } = process.env;
if (!KUBECONFIG) console.warn('SKIPPED: set KUBECONFIG to a cluster that may be changed');
const GO = hasGo();
if (!GO) console.warn("SKIPPED: Argo CD's diff engine is built by Go, which is not installed");

/** Kinds that Kubernetes 1.27 served, after the generated types. */
const KINDS_OF_1_27 = new Set(
  Object.values(k8s)
    .map((type) => ('GVK' in type ? type.GVK : undefined))
    .filter((gvk) => gvk !== undefined)
    .map(({ apiVersion, kind }) => `${apiVersion} ${kind}`),
);

/** Objects that hold others: deleting them deletes an environment. */
const ROOTS = new Set(['Namespace', 'PriorityClass']);

/** What makes pods. */
const WORKLOADS = new Set(['Deployment', 'StatefulSet', 'Job']);

interface Workload {
  readonly spec?: { readonly replicas?: number };
  readonly status?: {
    readonly updatedReplicas?: number;
    readonly currentReplicas?: number;
    readonly active?: number;
    readonly succeeded?: number;
  };
}

/** Every object of a leaf, as its files say; what of it lies outside of its folder too. */
const objectsOf = (tree: string, { environment, leaves }: Platform): readonly Manifest[] => {
  const files = readTree(tree);
  return leaves.flatMap(({ folder }) => built(files, join(environment.name, folder)) as readonly Manifest[]);
};

const byKey = (manifests: readonly Manifest[]): Record<string, Manifest> =>
  Object.fromEntries(manifests.map((manifest) => [keyOf(manifest), manifest]));

const oneOfEachKind = (manifests: readonly Manifest[]): Manifest[] => [
  ...new Map(manifests.map((manifest) => [manifest.kind, manifest])).values(),
];

const documents = (manifests: readonly object[]): string =>
  manifests.map((manifest) => stringify(manifest)).join('---\n');

/** Tries a mistake without leaving a trace. */
const tried = (manifests: readonly object[]): Ended =>
  apply(['--dry-run=server', '-f', '-'], documents(manifests));

/** The first word is `Warning:` or `Error from server …`. */
const complaints = ({ errors }: Ended, start: string): string[] =>
  lines(errors).filter((line) => line.startsWith(start));

const withField = (manifest: Manifest): object =>
  manifest.spec ? { ...manifest, spec: { ...manifest.spec, replicaz: 1 } } : { ...manifest, datta: {} };

/** A new object of the kind whose containers say nothing of their rights; kubectl prints equal warnings once. */
function unhardened(manifest: Manifest, index: number): Manifest {
  const { template } = manifest.spec as { template: { spec: { containers: object[] } } };
  const containers = template.spec.containers.map((container, i) => ({
    ...container,
    name: `soft-${index}-${i}`,
    securityContext: undefined,
  }));
  return {
    ...manifest,
    metadata: { ...manifest.metadata, name: `${manifest.metadata.name}-soft` },
    spec: { ...manifest.spec, template: { ...template, spec: { ...template.spec, containers } } },
  };
}

/** A StatefulSet starts its first pod alone; the others ask for all of them. */
function hasItsPods({ kind, spec, status }: Manifest & Workload): boolean {
  if (kind === 'Job') return Number(status?.active) > 0 || Number(status?.succeeded) > 0;
  if (kind === 'StatefulSet') return Number(status?.currentReplicas) > 0;
  return status?.updatedReplicas === spec?.replicas;
}

(KUBECONFIG ? describe : describe.skip)('a real API server', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'stalk-api-'));
  const tree = join(scratch, 'dist');
  const all = platforms({ environments, tenants });
  let crds: readonly string[] = [];
  let engine: ArgoCdDiff | undefined;

  beforeAll(() => {
    writeGitOps(all, tree);
    crds = installCrds(filesIn(STALK_CRDS));
    if (GO) engine = new ArgoCdDiff();
  });

  afterAll(() => {
    rmSync(scratch, { recursive: true });
    engine?.remove();
    if (crds.length > 0) asked('delete', 'crd', ...crds);
  });

  describe.each(all)('$environment.name', (platform) => {
    const environment = platform.environment.name;
    const folder = join(tree, environment);
    let manifests: readonly Manifest[] = [];
    let roots: readonly string[] = [];
    let first: Ended;
    let before: object;
    let second: Ended;
    let after: ReturnType<typeof served>;

    beforeAll(async () => {
      manifests = objectsOf(tree, platform);
      const wanted = manifests
        .filter(({ kind }) => ROOTS.has(kind))
        .map(({ kind, metadata }) => `${kind}/${metadata.name}`);
      const there = lines(asked('get', ...wanted, '--ignore-not-found', '-o', 'name'));
      // It would be changed now and deleted at the end, with the data in it
      if (there.length > 0) throw new Error(`the cluster must not have ${there.join(', ')}`);
      roots = wanted;
      first = apply(['-k', folder]);
      before = await settled(manifests);
      second = apply(['-k', folder]);
      after = served(manifests);
    });

    afterAll(() => {
      // The next environment has namespaces of the same names
      const wait = environment !== environments.at(-1)?.name;
      if (roots.length > 0) asked('delete', ...roots, '--ignore-not-found', `--wait=${wait}`);
    });

    it('is the same through kustomize as leaf by leaf', () => {
      const built = parseAllDocuments(asked('kustomize', folder)).map((doc) => doc.toJS() as Manifest);

      expect(built).toHaveLength(manifests.length);
      expect(byKey(built)).toEqual(byKey(manifests));
    });

    it('is accepted with strict field validation and without a warning', () => {
      expect(first).toEqual({ code: 0, output: expect.any(String), errors: '' });
      expect(lines(first.output)).toHaveLength(manifests.length);
    });

    it('changes nothing when it is applied again', () => {
      expect(second).toEqual({ code: 0, output: expect.any(String), errors: '' });
      expect(states(after, manifests.map(keyOf))).toEqual(before);
    });

    it('is served as it was rendered: every object, every byte of a ConfigMap', () => {
      const maps = manifests.filter(({ kind }) => kind === 'ConfigMap');

      expect([...after.keys()]).toEqual(expect.arrayContaining(manifests.map(keyOf)));
      expect(maps.map((map) => after.get(keyOf(map))?.data)).toEqual(maps.map(({ data }) => data));
    });

    (GO ? it : it.skip)('comes to rest under Argo CD, with and without server-side apply', () => {
      const pairs = manifests.flatMap((config) => {
        const live = after.get(keyOf(config));
        return live === undefined ? [] : [{ config, live }];
      });

      expect(pairs).toHaveLength(manifests.length);
      expect(engine?.outOfSync(pairs, MANAGER)).toEqual([]);
    });

    it('comes to rest under kubectl diff', () => {
      const { code, output } = kubectl(['diff', '--server-side', `--field-manager=${MANAGER}`, '-k', folder]);

      expect({ code, output }).toEqual({ code: 0, output: '' });
    });

    (GO ? it : it.skip)('fails when a claim template leaves out what the API server fills in', () => {
      const [config] = manifests.filter(({ kind }) => kind === 'StatefulSet');
      const live = config && after.get(keyOf(config));
      if (config === undefined || live === undefined) throw new Error('there is no StatefulSet');
      const bare = structuredClone(config) as unknown as {
        spec: { volumeClaimTemplates: { kind?: string }[] };
      };
      delete bare.spec.volumeClaimTemplates[0]?.kind;

      const found = engine?.outOfSync([{ config: bare as unknown as Manifest, live }], MANAGER);

      expect(found).toEqual([
        `StatefulSet/${config.metadata.name} (structured-merge): spec.volumeClaimTemplates.0.kind: PersistentVolumeClaim → undefined`,
      ]);
    });

    it('uses only kinds of Kubernetes 1.27, and custom resources', () => {
      const custom = lines(asked('get', 'crd', '-o', 'jsonpath={range .items[*]}{.spec.group}{"\\n"}{end}'));

      const newer = manifests
        .filter(({ apiVersion, kind }) => !KINDS_OF_1_27.has(`${apiVersion} ${kind}`))
        .filter(({ apiVersion }) => !custom.includes(String(apiVersion.split('/')[0])));

      expect(newer.map(keyOf)).toEqual([]);
    });

    it('gets its pods past quota, limits and Pod Security', () => {
      const workloads = manifests.filter(({ kind }) => WORKLOADS.has(kind)).map(keyOf);

      const without = workloads.filter((key) => !hasItsPods(after.get(key) as Manifest & Workload));

      expect(workloads).not.toEqual([]);
      expect(without).toEqual([]);
      expect(asked('get', 'events', '-A', '--field-selector=reason=FailedCreate', '-o', 'name')).toBe('');
    });

    it('fails when an object of any kind has a field that Kubernetes does not know', () => {
      const objects = oneOfEachKind(manifests);

      const refused = complaints(tried(objects.map(withField)), 'Error from server');

      expect(refused).toHaveLength(objects.length);
      for (const line of refused) expect(line).toMatch(/strict decoding error|field not declared in schema/);
    });

    it('warns of every workload that is not hardened', () => {
      const workloads = manifests.filter(({ kind }) => WORKLOADS.has(kind));

      const { code, errors } = tried(workloads.map(unhardened));

      expect(code).toBe(0);
      expect(errors.match(/^Warning: would violate PodSecurity "restricted/gm)).toHaveLength(
        workloads.length,
      );
    });

    it('fails to pass a changed object for an unchanged one', () => {
      const changed = manifests.filter(({ kind }) => kind === 'ConfigMap').slice(0, 1);

      const { code } = apply(
        ['-f', '-'],
        documents(changed.map((map) => ({ ...map, data: { ...map.data, more: 'x' } }))),
      );

      expect(code).toBe(0);
      expect(states(served(changed), changed.map(keyOf))).not.toEqual(states(after, changed.map(keyOf)));
    });

    it('fails when an object is of a kind that the server does not serve', () => {
      const { code, errors } = kubectl(
        ['apply', '--server-side', '--dry-run=server', '-f', '-'],
        documents([{ apiVersion: 'policy/v1beta1', kind: 'PodDisruptionBudget', metadata: { name: 'old' } }]),
      );

      expect(code).not.toBe(0);
      expect(errors).toContain('no matches for kind');
    });
  });
});
