// The docs of the contract say what leaving a prop out does, and the line under each agrees.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { isRecord } from '../../lib/kube/json';
import { defaults } from '../../lib/spec/defaults';
import { operatorMonitoring } from '../../lib/spec/monitoring';

const SPEC = join(__dirname, '../../lib/spec');

/** What a person writes; the other files of the folder are what becomes of it. */
const CONTRACT = [
  'app',
  'backup',
  'broker-use',
  'compute',
  'environment',
  'expose',
  'exposure',
  'external',
  'files',
  'flower-login',
  'gitops',
  'messages',
  'monitoring',
  'moving',
  'objectives',
  'pods',
  'processes',
  'producers',
  'redis',
  'scaling',
  'sidecars',
  'strategies',
  'tenant',
  'tls',
  'values',
  'worker',
  'workloads',
];

interface Prop {
  /** Table that it stands in. */
  readonly owner: string;
  readonly name: string;
  /** Text of its `@default`, if it has one. */
  readonly says: string | undefined;
}

function optionalProps(file: string): Prop[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(join(SPEC, `${file}.ts`), 'utf8'),
    ts.ScriptTarget.ES2022,
    true,
  );
  return source.statements.flatMap((statement) => {
    if (!ts.isVariableStatement(statement)) return [];
    return statement.declarationList.declarations.flatMap((table) =>
      linesIn(table).map((line) => propOf(table.name.getText(), line)),
    );
  });
}

/** Lines of a table: `name: optional(…)`. */
function linesIn(node: ts.Node): ts.PropertyAssignment[] {
  if (ts.isPropertyAssignment(node) && isCallOf(node.initializer, 'optional')) return [node];
  const found: ts.PropertyAssignment[] = [];
  ts.forEachChild(node, (child) => {
    found.push(...linesIn(child));
  });
  return found;
}

const isCallOf = (node: ts.Node, name: string): boolean =>
  ts.isCallExpression(node) && node.expression.getText() === name;

function propOf(owner: string, member: ts.PropertyAssignment): Prop {
  const tag = ts.getJSDocTags(member).find(({ tagName }) => tagName.text === 'default');
  const says = tag && ts.getTextOfJSDocComment(tag.comment);
  return { owner, name: member.name.getText(), says: says?.trim() };
}

/** Literals in a text, in their order: `[]`, `{ a: 'b' }`, `'c'`, `1`, `true`. */
function literals(text: string): unknown[] {
  const found = text.match(/\[[^\]]*\]|\{[^}]*\}|'[^']*'|\b\d+\b|\btrue\b|\bfalse\b/g) ?? [];
  return found.map(
    (literal) => JSON.parse(literal.replaceAll("'", '"').replace(/([{,]\s*)(\w+):/g, '$1"$2":')) as unknown,
  );
}

const workloads = [defaults.worker, defaults.web, defaults.migrate, defaults.beat, defaults.flower];
const { readiness } = defaults.worker.probes;

/** By lines that several tables have, the defaults of these tables. */
const SHARED: Readonly<Record<string, readonly object[]>> = {
  appBase: [defaults.app],
  redisServer: [defaults.redis, defaults.cache],
  brokerServer: [defaults.redis],
  externalServer: [defaults.external],
  sizeLines: workloads,
  sourceLines: workloads,
  computeLines: workloads,
  probeLines: [defaults.worker],
  timing: [readiness],
  poolBase: [defaults.worker],
  base: [defaults.process, defaults.cron],
  standing: [defaults.process],
  serverLines: [defaults.web],
  inEachEnvironment: [defaults.tenant],
  monitoringLines: [operatorMonitoring.defaults],
};

/** What a prop becomes that is left out, by each table that has it. */
function truths({ owner, name }: Prop): readonly unknown[] {
  const records = SHARED[owner] ?? CONTRACT.map((file) => defaultsIn(file, owner)).filter(isRecord);
  return records
    .filter((record) => Object.hasOwn(record, name))
    .map((record) => (record as Readonly<Record<string, unknown>>)[name]);
}

/** Of a table by its name, if the file exports it. */
const defaultsIn = (file: string, table: string): unknown =>
  (
    jest.requireActual<Readonly<Record<string, { readonly defaults?: unknown } | undefined>>>(
      join(SPEC, file),
    )[table] ?? {}
  ).defaults;

/** What is the same as nothing at all. */
const EMPTY: readonly unknown[] = [[], {}, '', false];

const props = CONTRACT.flatMap(optionalProps);
const literal = props.filter(({ says }) => says !== undefined && !says.startsWith('- '));

test('the contract lies in the files that this test reads', () => {
  const exported = readFileSync(join(SPEC, 'index.ts'), 'utf8').matchAll(
    /export type \* from '\.\/([\w-]+)'/g,
  );

  expect(
    [...exported]
      .map(([, file]) => file)
      .filter((file) => file !== 'resolved' && file !== 'runs')
      .sort(),
  ).toEqual(CONTRACT);
  expect(readdirSync(SPEC)).toEqual(expect.arrayContaining(CONTRACT.map((file) => `${file}.ts`)));
  expect(props.length).toBeGreaterThan(100);
});

test('every optional prop says what leaving it out does', () => {
  const silent = props.filter(({ says }) => says === undefined || says === '');

  expect(silent).toEqual([]);
});

test.each(literal)('$name of $owner is $says when it is left out', (prop) => {
  const told = literals(prop.says ?? '');
  const truth = truths(prop);

  if (truth.length > 0) expect(told[0]).toEqual(truth[0]);
  else expect(EMPTY).toContainEqual(told[0]);
  expect(told).toEqual(expect.arrayContaining([...truth]));
});

/** Times that a default in prose must say, all of them: what the prop becomes when it is left out. */
const TIMES: Readonly<Record<string, readonly string[]>> = {
  'inEachEnvironment.connections': [defaults.connections.connectTimeout, defaults.connections.timeout],
  'connections.timeout': [defaults.connections.timeout, defaults.sentinel.timeout],
  'limits.soft': ['5s'],
  'redisServer.probes': [defaults.redis.probes.readiness.period],
  'probes.startup': [defaults.worker.probes.startup.period],
  'probes.readiness': [readiness.period],
  'probes.liveness': [defaults.worker.probes.liveness.period],
};

const prose = props.filter(({ says = '' }) => /^- .*\d+ s\b/.test(says));
const named = Object.keys(TIMES).map((prop) => {
  const [owner, name] = prop.split('.');
  return { prop, says: props.find((one) => one.owner === owner && one.name === name)?.says ?? '' };
});

test('every default in prose that says a time is compared with the time', () => {
  expect(Object.keys(TIMES)).toEqual(
    expect.arrayContaining(prose.map(({ owner, name }) => `${owner}.${name}`)),
  );
});

test.each(['cpu', 'memory'] as const)('%s says its sizes of each kind of workload', (name) => {
  const says = props.find((one) => one.owner === 'sizeLines' && one.name === name)?.says ?? '';
  const told = [...says.matchAll(/(\w+) to (\w+) for ([^\d]+)(?=, \d|$)/g)].flatMap(
    ([, request, limit, kinds = '']) =>
      kinds.split(/, | and /).map((kind) => [kind.replace(/^(worker|sidecar)s$/, '$1'), { request, limit }]),
  );

  const { worker, web, migrate, beat, flower, sidecar } = defaults;
  const truth = Object.entries({ worker, web, migrate, beat, flower, sidecar }).map(([kind, of]) => [
    kind,
    of[name],
  ]);
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries(truth));
});

test('a default that is a value is said as one, or compared with what is said', () => {
  const vague = props.filter((prop) => prop.says?.startsWith('- ') === true && truths(prop).length > 0);

  expect(vague.map(({ owner, name }) => `${owner}.${name}`).sort()).toEqual([
    'connections.timeout',
    'probeLines.probes',
    'redisServer.probes',
    'sizeLines.cpu',
    'sizeLines.memory',
  ]);
});

test.each(named)('$prop says its times: $says', ({ prop, says }) => {
  const told = [...says.matchAll(/(\d+) s\b/g)].map(([, count]) => `${count}s`);

  expect(told).toEqual(TIMES[prop]);
});
