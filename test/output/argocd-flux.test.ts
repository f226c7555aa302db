// What Argo CD and Flux are given to find the leaves, and to bring them up in order.

import { parse } from 'yaml';
import { argoFiles } from '../../lib/output/argocd';
import { fluxFiles } from '../../lib/output/flux';
import { platforms } from '../../lib/platform';
import { environments } from '../reference/environments';
import { tenants } from '../reference/tenants';
import type { Json } from '../support/synth';

const rows = platforms({ environments, tenants }).map((platform) => {
  const { name, gitops } = platform.environment;
  if (gitops === undefined) throw new Error(`${name} has no gitops`);
  const files = (all: Readonly<Record<string, string>>): Readonly<Record<string, Json>> =>
    Object.fromEntries(Object.entries(all).map(([file, text]) => [file, parse(text)]));
  return {
    name,
    gitops,
    leaves: platform.leaves,
    argo: files(argoFiles(name, gitops)),
    flux: files(fluxFiles(name, gitops, platform.leaves)),
  };
});

/** Argo's directories as a shell would match them: a star is one folder. */
const matcher = (pattern: string): RegExp => new RegExp(`^${pattern.replaceAll('*', '[^/]+')}$`);

describe.each(rows)('in $name', ({ name, gitops, leaves, argo, flux }) => {
  test('the ApplicationSet finds every leaf once, and nothing that is no leaf', () => {
    const directories: Json[] = argo['applicationset.yaml'].spec.generators[0].git.directories;
    const found = (path: string) => directories.filter((d) => matcher(d.path).test(path)).length;

    expect(leaves.map(({ folder }) => found(`${gitops.path}/${folder}`))).toEqual(leaves.map(() => 1));
    expect(
      ['', '/gitops/argocd', '/gitops/flux', '/brokers', '/tenants'].map((f) => found(gitops.path + f)),
    ).toEqual([0, 0, 0, 0, 0]);
  });

  test('the ApplicationSet takes no data away when a folder vanishes', () => {
    const { spec } = argo['applicationset.yaml'];

    expect(spec.syncPolicy).toEqual({ preserveResourcesOnDeletion: true, applicationsSync: 'create-update' });
    expect(spec.template.spec.source).toEqual({
      repoURL: gitops.repo,
      targetRevision: gitops.revision,
      path: '{{ .path.path }}',
    });
  });

  test('Flux has a Kustomization for each leaf, at its path', () => {
    const paths = Object.values(flux).flatMap((f) =>
      f.kind === 'Kustomization' && f.spec ? [f.spec.path] : [],
    );

    expect(paths).toEqual(leaves.map(({ folder }) => `./${gitops.path}/${folder}`));
  });

  test('Flux waits for leaves that exist: a tenant for its broker', () => {
    const all = Object.values(flux).filter((f) => f.apiVersion.startsWith('kustomize.toolkit'));
    const names = all.map((f) => f.metadata.name);
    const needed = all.flatMap((f) => (f.spec.dependsOn ?? []).map((d: Json) => d.name));

    expect(needed.filter((need) => !names.includes(need))).toEqual([]);
    expect(flux['tenants-tenant-a.yaml'].spec.dependsOn).toEqual([
      { name: `stalk-${name}-platform` },
      { name: `stalk-${name}-brokers-shared` },
    ]);
    expect(flux['tenants-paless.yaml'].spec.dependsOn).toEqual([{ name: `stalk-${name}-platform` }]);
    expect(flux['platform.yaml'].spec).not.toHaveProperty('dependsOn');
  });

  test('Flux reads the repository that its Kustomizations name', () => {
    const source = flux['gitrepository.yaml'];

    expect(source.spec).toMatchObject({ url: gitops.repo, ref: { branch: gitops.revision } });
    expect(flux['platform.yaml'].spec.sourceRef).toEqual({
      kind: 'GitRepository',
      name: source.metadata.name,
    });
  });

  test.each([
    ['argocd', argo],
    ['flux', flux],
  ])('the folder of %s lists all of its files', (_, files) => {
    const others = Object.keys(files).filter((file) => file !== 'kustomization.yaml');

    expect(files['kustomization.yaml']?.resources.toSorted()).toEqual(others.sort());
  });
});
