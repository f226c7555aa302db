// One name, one meaning: an exported name of lib is declared in one file, and says what it stands for.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const LIB = join(__dirname, '..', 'lib');

interface Declaration {
  readonly name: string;
  /** From `lib/`. */
  readonly file: string;
  readonly exported: boolean;
  readonly callable: boolean;
}

/** The templates of `stalk init` are a project of its own. */
const files = readdirSync(LIB, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.startsWith(join('scaffold', 'template')),
);

const declarations = files.flatMap((file) => declaredIn(file, readFileSync(join(LIB, file), 'utf8')));

/** Declarations at the top of a file; what it exports of another file is that one's. */
function declaredIn(file: string, text: string): readonly Declaration[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
  return source.statements.flatMap((statement) => {
    const exported = ts.canHaveModifiers(statement)
      ? (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
      : false;
    return namesIn(statement).map((named) => ({ ...named, file, exported }));
  });
}

function namesIn(statement: ts.Statement): readonly Pick<Declaration, 'name' | 'callable'>[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(({ name, initializer }) =>
      ts.isIdentifier(name)
        ? [{ name: name.text, callable: initializer !== undefined && ts.isArrowFunction(initializer) }]
        : [],
    );
  if (ts.isFunctionDeclaration(statement) && statement.name)
    return [{ name: statement.name.text, callable: true }];
  const named =
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isClassDeclaration(statement);
  return named && statement.name ? [{ name: statement.name.text, callable: false }] : [];
}

/** Exported names that are declared in several files, each with its files. */
function ambiguous(found: readonly Declaration[]): Readonly<Record<string, readonly string[]>> {
  const exported = found.filter((one) => one.exported);
  const filesOf = (wanted: string): readonly string[] => [
    ...new Set(exported.filter(({ name }) => name === wanted).map(({ file }) => file)),
  ];
  const names = [...new Set(exported.map(({ name }) => name))].sort();
  return Object.fromEntries(
    names.flatMap((name) => (filesOf(name).length > 1 ? [[name, filesOf(name)] as const] : [])),
  );
}

/** They say nothing where they are called. */
const EMPTY_WORDS = ['told', 'kept', 'that', 'over', 'both'];

const emptyNames = (found: readonly Declaration[]): readonly string[] =>
  found
    .filter(({ name, callable }) => callable && EMPTY_WORDS.includes(name))
    .map(({ name, file }) => `${file}: ${name}`);

/** Names with two meanings that are still there: each goes as soon as one of its declarations is renamed. */
const AMBIGUOUS_STILL: readonly string[] = [
  'Cluster', // cluster/cluster.ts, spec/redis.ts
  'Finding', // verify/section.ts, spec/rules/finding.ts
  'Folder', // output/tree.ts, plan/process.ts, spec/rules/patches.ts
  'Known', // output/pulumi/stack-config.ts, spec/rules/cross.ts
  'Overlay', // output/kustomization.ts, spec/tenant.ts
  'Place', // output/extra.ts, spec/rules/locate.ts
  'Probes', // plan/process.ts, spec/compute.ts
  'Program', // output/runtime.ts, plan/process.ts
  'Server', // verify/world.ts, plan/redis/server.ts
  'Settings', // output/pulumi/stack-config.ts, plan/celery/settings.ts
  'Texts', // laws/pods.ts, plan/celery/dialects/dialect.ts
  'Tree', // diff/tree.ts, spec/rules/kind.ts
  'Workload', // celery/workload.ts, verify/world.ts
  'answers', // traits/probes.ts, verify/checks/workers.ts
  'app', // spec/rules/app.ts, spec/rules/form-app.ts
  'beat', // plan/celery/beat.ts, spec/rules/beat.ts, spec/rules/form-workloads.ts
  'celery', // spec/rules/celery.ts, plan/celery/dialects/celery.ts
  'check', // loadtest/preconditions.ts, spec/rules/index.ts
  'classOf', // output/pulumi/sdk.ts, spec/rules/show.ts
  'clientsOf', // traits/network.ts, verify/ask.ts
  'connections', // spec/rules/form.ts, verify/checks/capacity.ts
  'containerOf', // loadtest/job.ts, verify/ask.ts
  'cpu', // spec/units.ts, spec/rules/kinds.ts
  'defaults', // spec/defaults.ts, spec/rules/form-environment.ts
  'duration', // spec/units.ts, spec/rules/kinds.ts
  'env', // spec/rules/env.ts, spec/rules/form-values.ts
  'flower', // plan/celery/flower.ts, spec/rules/form-workloads.ts
  'identityOf', // celery/pod.ts, redis/base.ts
  'isRecord', // kube/json.ts, spec/rules/shapes.ts
  'isolation', // spec/rules/isolation.ts, verify/checks/isolation.ts
  'kept', // verify/checks/isolation.ts, verify/checks/workers.ts
  'labels', // kube/labels.ts, spec/rules/form-labels.ts
  'memory', // spec/units.ts, spec/rules/kinds.ts
  'messages', // spec/rules/form.ts, spec/rules/messages.ts
  'objectsOf', // charts/order.ts, output/objects.ts
  'podsOf', // traits/network.ts, verify/world.ts, spec/rules/app.ts
  'queues', // spec/rules/cross-queues.ts, verify/checks/queues.ts
  'redis', // spec/rules/redis.ts, verify/checks/redis.ts
  'sentinel', // spec/rules/sentinel.ts, plan/redis/topologies/sentinel/index.ts
  'sharedRedis', // charts/redis-of.ts, spec/rules/form-redis.ts
  'sizes', // spec/rules/form-sizes.ts, spec/rules/sizes.ts
  'strangersIn', // output/strangers.ts, spec/rules/lists.ts
  'told', // verify/compare.ts, spec/rules/report.ts
  'web', // plan/celery/web.ts, spec/rules/form-workloads.ts
  'workers', // spec/rules/workers.ts, verify/checks/workers.ts
];

const EMPTY_STILL: readonly string[] = [
  'output/load.ts: told',
  'output/pulumi/resource.ts: told',
  'spec/rules/report.ts: told',
  'spec/rules/secret-patterns.ts: kept',
  'spec/rules/versions.ts: told',
  'verify/checks/isolation.ts: kept',
  'verify/checks/workers.ts: kept',
  'verify/compare.ts: told',
];

test('an exported name of lib is declared in one file', () => {
  const found = Object.entries(ambiguous(declarations)).filter(([name]) => !AMBIGUOUS_STILL.includes(name));

  expect(Object.fromEntries(found)).toEqual({});
});

test('the list of names with two meanings holds none that has one', () => {
  const found = ambiguous(declarations);

  expect(AMBIGUOUS_STILL.filter((name) => found[name] === undefined)).toEqual([]);
});

test('the name of a function says what it does', () => {
  expect(emptyNames(declarations).filter((line) => !EMPTY_STILL.includes(line))).toEqual([]);
});

test('the list of functions without a name that says something holds none that is gone', () => {
  expect(EMPTY_STILL.filter((line) => !emptyNames(declarations).includes(line))).toEqual([]);
});

test('a second declaration is found in whatever form it is written', () => {
  const forms = [
    'export const load = 1;',
    'export function load() {}',
    'export interface load {}',
    'export type load = 1;',
    'export class load {}',
  ];

  const found = forms.flatMap((form, i) => declaredIn(`${i}.ts`, form));

  expect(ambiguous(found)).toEqual({ load: ['0.ts', '1.ts', '2.ts', '3.ts', '4.ts'] });
});

test('overloads, a type beside its value, and what is exported again are one declaration', () => {
  const one = 'export type Unit = "a";\nexport const Unit = "a";\nfunction f(): void;\nfunction f() {}';

  const found = [...declaredIn('one.ts', one), ...declaredIn('two.ts', "export { Unit } from './one';")];

  expect(ambiguous(found)).toEqual({});
});

test('a function with an empty name is found, a value is not', () => {
  const found = declaredIn('a.ts', 'const told = () => 1;\nfunction kept() {}\nconst both = 1;');

  expect(emptyNames(found)).toEqual(['a.ts: told', 'a.ts: kept']);
});
