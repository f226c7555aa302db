// Objects of a user's own: where their files lie, what is refused, and where they arrive.

import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { writeGitOps } from '../../lib';
import { ExtraError, readExtra } from '../../lib/output/extra';
import { platforms } from '../../lib/platform';
import type { Environment } from '../../lib/spec';
import { plain, tenantOf } from '../support/synth';
import { readTree, scratch } from '../support/tree';
import { deployed } from './pulumi-engine';

const tempFolder = scratch();

const throwaway: Environment = { ...plain, name: 'dev', disposable: true, secrets: { strategy: 'literal' } };
const all = platforms({ environments: [plain, throwaway], tenants: [tenantOf()] });

/** A folder with these files. */
function files(texts: Readonly<Record<string, string>>): string {
  const root = join(tempFolder(), 'extra');
  for (const [file, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return root;
}

const read = (texts: Readonly<Record<string, string>>) => readExtra(files(texts), all);

function refusals(texts: Readonly<Record<string, string>>): readonly string[] {
  try {
    read(texts);
  } catch (error) {
    if (error instanceof ExtraError) return error.problems.map(({ text }) => text);
    throw error;
  }
  return [];
}

/** A comment and quotes that an emitter would lose. */
const CONFIG = `# ours
apiVersion: v1
kind: ConfigMap
metadata: {name: feature-flags, namespace: 'acme'}
data: {dark: "on"}
`;

describe('a file in stacks/extra', () => {
  const extra = read({
    'all/tenants/acme/flags.yaml': CONFIG,
    'dev/tenants/acme/more.yml': `${CONFIG.replace('feature-flags', 'more')}---\n${CONFIG.replace('feature-flags', 'most')}`,
    'dev/platform/class.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: note, namespace: kube-public}\n',
    'all/tenants/acme/README.md': 'Why these are here.',
    '.DS_Store': '',
  });

  test('goes to its environment, or to every one', () => {
    const names = [...extra].map(([place, list]) => [place, list.map(({ name }) => name)]);

    expect(Object.fromEntries(names)).toEqual({
      'test/tenants/acme': ['extra-flags.yaml'],
      'dev/tenants/acme': ['extra-flags.yaml', 'extra-more.yml'],
      'dev/platform': ['extra-class.yaml'],
    });
  });

  test('survives every synth byte for byte, and is in the kustomization of its leaf', () => {
    const folder = join(tempFolder(), 'dist');

    const [, dev] = writeGitOps(all, folder, { extra });
    writeGitOps(all, folder, { extra });

    const tree = readTree(folder);
    expect(tree.get('dev/tenants/acme/extra-flags.yaml')).toBe(CONFIG);
    const { resources } = parse(tree.get('dev/tenants/acme/kustomization.yaml') ?? '');
    expect(resources).toEqual(expect.arrayContaining(['extra-flags.yaml', 'extra-more.yml']));
    const [, without] = writeGitOps(all, join(tempFolder(), 'dist'));
    expect(dev?.objects).toBe((without?.objects ?? 0) + 4);
  });

  test('is applied by Pulumi once its namespace is there', async () => {
    const [, dev] = all;
    const objects = extra.get('dev/tenants/acme')?.flatMap(({ manifests }) => manifests) ?? [];

    const registered = await deployed(dev?.leaves ?? [], {
      extra: ({ folder }) => (folder === 'tenants/acme' ? objects : []),
    });

    const flags = registered.find(({ name }) => name === 'acme/feature-flags');
    expect(flags?.inputs['data']).toEqual({ dark: 'on' });
    expect(flags?.dependencies.join()).toContain('core/v1:Namespace::acme');
  });
});

describe('fails with one line for a file', () => {
  const config = (head: string, rest = ''): string => `${head}\nkind: ConfigMap\n${rest}`;

  test.each([
    [
      'in the folder of no leaf',
      { 'all/tenants/acmee/a.yaml': CONFIG },
      'stacks/extra/all/tenants/acmee/a.yaml must lie in a folder of the tree, got "all/tenants/acmee"; did you mean "all/tenants/acme"',
    ],
    [
      'beside the folders',
      { 'a.yaml': CONFIG },
      'stacks/extra/a.yaml must lie in a folder of the tree, got ""; wanted "all/tenants/<tenant>" or "<environment>/brokers/<broker>"',
    ],
    [
      'that is no YAML by name',
      { 'dev/platform/a.json': '{}' },
      'stacks/extra/dev/platform/a.json must be YAML, got another ending; name it .yaml or .yml',
    ],
    [
      'that is no YAML by content',
      { 'dev/platform/a.yaml': 'a: [' },
      'stacks/extra/dev/platform/a.yaml:1:5 must be valid YAML, got "Flow sequence in block collection must be sufficiently indented and end with a …"; correct it',
    ],
    [
      'that holds a text',
      { 'dev/platform/a.yaml': 'hello' },
      'stacks/extra/dev/platform/a.yaml must hold Kubernetes objects, got "hello"; part them by ---',
    ],
    [
      'that holds nothing, at which kustomize would stop',
      { 'dev/platform/a.yaml': '# later\n' },
      'stacks/extra/dev/platform/a.yaml must hold an object, got none; write one, or remove the file',
    ],
    [
      'with an alias that leads nowhere',
      { 'dev/platform/a.yaml': 'a: *b\n' },
      expect.stringMatching(
        /^stacks\/extra\/dev\/platform\/a\.yaml must be valid YAML, got "[^\n]+"; correct it$/,
      ),
    ],
    [
      'without an apiVersion',
      { 'dev/platform/a.yaml': config('metadata: {name: a}') },
      'stacks/extra/dev/platform/a.yaml: apiVersion must be a text, got nothing; write it',
    ],
    [
      'without a name',
      { 'dev/platform/a.yaml': config('apiVersion: v1') },
      'stacks/extra/dev/platform/a.yaml: ConfigMap: metadata.name must be a text, got nothing; write it',
    ],
    [
      'with a list',
      { 'dev/platform/a.yaml': 'apiVersion: v1\nkind: List\nitems: []\n' },
      'stacks/extra/dev/platform/a.yaml: kind must be of one object, got "List"; part its items by ---',
    ],
    [
      'whose object lies in another namespace',
      { 'dev/tenants/acme/a.yaml': CONFIG.replace("'acme'", "'globex'") },
      'stacks/extra/dev/tenants/acme/a.yaml: ConfigMap/feature-flags: metadata.namespace must be "acme", as its folder says, got "globex"; what lies elsewhere goes to the folder "platform"',
    ],
    [
      'whose object lies in no namespace',
      { 'dev/brokers/main/a.yaml': CONFIG.replace(", namespace: 'acme'", '') },
      'stacks/extra/dev/brokers/main/a.yaml: ConfigMap/feature-flags: metadata.namespace must be "broker-main", as its folder says, got nothing; what lies elsewhere goes to the folder "platform"',
    ],
    [
      'with a Secret in plain text where the environment is not disposable',
      {
        'all/tenants/acme/a.yaml': CONFIG.replace('ConfigMap', 'Secret'),
      },
      'stacks/extra/all/tenants/acme/a.yaml: Secret/feature-flags: data must not be in Git outside a disposable environment; use an ExternalSecret, a SealedSecret or SOPS',
    ],
    [
      'of one name in all and in an environment',
      { 'all/tenants/acme/a.yaml': CONFIG, 'dev/tenants/acme/a.yaml': CONFIG },
      'stacks/extra/dev/tenants/acme/a.yaml must be the only file of that name for dev/tenants/acme, got another one in stacks/extra/all; rename one of the two',
    ],
  ])('%s', (_, texts, said) => {
    expect(refusals(texts)).toEqual([said]);
  });

  test('whose object Stalk renders as well', () => {
    const extra = read({ 'dev/tenants/acme/a.yaml': CONFIG.replace('feature-flags', 'celery-settings') });

    expect(() => writeGitOps(all, join(tempFolder(), 'dist'), { extra })).toThrow(
      /^stacks\/extra\/dev\/tenants\/acme\/a.yaml: ConfigMap\/celery-settings must not be rendered by Stalk as well; rename it, or patch the rendered one$/,
    );
  });

  test('with an object of another file', () => {
    const extra = read({ 'dev/tenants/acme/a.yaml': CONFIG, 'all/tenants/acme/b.yaml': CONFIG });

    expect(() => writeGitOps(all, join(tempFolder(), 'dist'), { extra })).toThrow(
      /^stacks\/extra\/dev\/tenants\/acme\/a.yaml: ConfigMap\/feature-flags must be there once, got another one in stacks\/extra\/all\/tenants\/acme\/b.yaml; rename or remove one of the two$/,
    );
  });

  test('that is a link to nowhere', () => {
    const root = files({ 'dev/platform/note.md': '' });
    symlinkSync(join(root, 'nowhere'), join(root, 'dev', 'platform', 'a.yaml'));

    expect(() => readExtra(root, all)).toThrow(
      'stacks/extra/dev/platform/a.yaml must be a file, got a link that leads nowhere; correct or remove it',
    );
  });

  test('and one for every file that is wrong', () => {
    const found = refusals({ 'x/a.yaml': CONFIG, 'y/a.yaml': CONFIG });

    expect(found).toHaveLength(2);
  });
});

test('a Secret in plain text is taken where the environment is disposable, and an encrypted one everywhere', () => {
  const secret = CONFIG.replace('ConfigMap', 'Secret');

  expect(refusals({ 'dev/tenants/acme/a.yaml': secret })).toEqual([]);
  expect(refusals({ 'all/tenants/acme/a.yaml': `${secret}sops: {version: 3.9.0}\n` })).toEqual([]);
});

test('cluster-wide objects need no namespace', () => {
  const role = 'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: a}\n';

  expect(refusals({ 'dev/tenants/acme/a.yaml': role })).toEqual([]);
});
