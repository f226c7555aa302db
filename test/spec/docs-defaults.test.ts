// The docs of the contract say what leaving a prop out does, and defaults.ts agrees.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import type { Environment } from '../../lib/spec';
import { defaults, HEALTH } from '../../lib/spec/defaults';
import { resolve } from '../../lib/spec/resolve';
import { resolveGitOps } from '../../lib/spec/resolve-gitops';
import { resolveEnvironment } from '../../lib/spec/resolve-environment';
import { environment, tenantWith } from './helpers';

const SPEC = join(__dirname, '../../lib/spec');

/** What a person writes; the other files of the folder are what becomes of it. */
const CONTRACT = [
  'app',
  'compute',
  'environment',
  'gitops',
  'messages',
  'redis',
  'tenant',
  'values',
  'worker',
  'workloads',
];

interface Prop {
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
  return source.statements.filter(ts.isInterfaceDeclaration).flatMap((owner) =>
    owner.members
      .filter(ts.isPropertySignature)
      .filter(
        ({ questionToken, type }) => questionToken !== undefined && type?.kind !== ts.SyntaxKind.NeverKeyword,
      )
      .map((member) => {
        const tag = ts.getJSDocTags(member).find(({ tagName }) => tagName.text === 'default');
        const says = tag && ts.getTextOfJSDocComment(tag.comment);
        return { owner: owner.name.text, name: member.name.getText(source), says: says?.trim() };
      }),
  );
}

/** Literals in a text, in their order: `[]`, `{ a: 'b' }`, `'c'`, `1`, `true`. */
function literals(text: string): unknown[] {
  const found = text.match(/\[[^\]]*\]|\{[^}]*\}|'[^']*'|\b\d+\b|\btrue\b|\bfalse\b/g) ?? [];
  return found.map(
    (literal) => JSON.parse(literal.replaceAll("'", '"').replace(/([{,]\s*)(\w+):/g, '$1"$2":')) as unknown,
  );
}

const bare: Environment = { name: 'dev', storageClass: 'fast', secrets: { strategy: 'existing' } };

const gitops = resolveGitOps({ repo: 'https://git.example.com/x', revision: 'main', path: 'dist' });
const workloads = [defaults.worker, defaults.beat, defaults.web, defaults.flower, defaults.migrate];
const { readiness } = defaults.worker.probes;

/** By interface, the records that hold what its props become when they are left out. */
const DEFAULTS: Readonly<Record<string, readonly object[]>> = {
  Tenant: [defaults.tenant],
  AppBase: [defaults.app],
  PaperlessApp: [resolve(tenantWith({ app: { dialect: 'paperless' } }), resolveEnvironment(environment)).app],
  NewVolume: [defaults.volume],
  BrokerUse: [defaults.shared],
  RedisServer: [defaults.redis, defaults.cache],
  BrokerServer: [defaults.redis],
  Sentinel: [defaults.sentinel],
  External: [defaults.external],
  Cache: [defaults.cache],
  Compute: workloads,
  ProbeTiming: [readiness],
  PoolBase: [defaults.worker],
  GroupPool: [defaults.worker],
  Beat: [defaults.beat],
  Web: [defaults.web],
  HealthRequest: [HEALTH],
  Flower: [defaults.flower],
  Migration: [defaults.migrate],
  Results: [defaults.results],
  Messages: [defaults.messages],
  Connections: [defaults.connections],
  ArgoCd: [gitops.argocd],
  Automated: [gitops.argocd.automated || {}],
  Flux: [gitops.flux],
  Environment: [{ ...resolveEnvironment(bare), defaults: {} }],
};

/** What is the same as nothing at all. */
const EMPTY: readonly unknown[] = [[], {}, '', false];

const props = CONTRACT.flatMap(optionalProps);
const literal = props.filter(({ says }) => says !== undefined && !says.startsWith('- '));

test('the contract lies in the files that this test reads', () => {
  const exported = readFileSync(join(SPEC, 'index.ts'), 'utf8').matchAll(/export type \* from '\.\/(\w+)'/g);

  expect(
    [...exported]
      .map(([, file]) => file)
      .filter((file) => file !== 'resolved')
      .sort(),
  ).toEqual(CONTRACT);
  expect(readdirSync(SPEC)).toEqual(expect.arrayContaining(CONTRACT.map((file) => `${file}.ts`)));
  expect(props.length).toBeGreaterThan(100);
});

test('every optional prop says what leaving it out does', () => {
  const silent = props.filter(({ says }) => says === undefined || says === '');

  expect(silent).toEqual([]);
});

test.each(literal)('$name of $owner is $says when it is left out', ({ owner, name, says = '' }) => {
  const told = literals(says);
  const records = (DEFAULTS[owner] ?? []).filter((record) => Object.hasOwn(record, name));
  const truth = records.map((record) => (record as Readonly<Record<string, unknown>>)[name]);

  if (truth.length > 0) expect(told[0]).toEqual(truth[0]);
  else expect(EMPTY).toContainEqual(told[0]);
  expect(told).toEqual(expect.arrayContaining(truth));
});

/** Times that a default in prose must say, all of them: what the prop becomes when it is left out. */
const TIMES: Readonly<Record<string, readonly string[]>> = {
  'Tenant.connections': [defaults.connections.connectTimeout, defaults.connections.timeout],
  'Connections.timeout': [defaults.connections.timeout, defaults.sentinel.timeout],
  'RedisServer.probes': [defaults.redis.probes.readiness.period],
  'Probes.startup': [defaults.worker.probes.startup.period],
  'Probes.readiness': [readiness.period],
  'Probes.liveness': [defaults.worker.probes.liveness.period],
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

test.each(named)('$prop says its times: $says', ({ prop, says }) => {
  const told = [...says.matchAll(/(\d+) s\b/g)].map(([, count]) => `${count}s`);

  expect(told).toEqual(TIMES[prop]);
});
