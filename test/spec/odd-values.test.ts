// Values that no JSON has, and first guesses of a wrong shape, at every place of a tenant and an environment:
// each ends in a line for its author, none in a stack trace.

import { platforms, RulesError } from '../../lib/platform';
import type { Environment, Tenant } from '../../lib/spec';
import { environments } from '../reference/environments';
import { tenants } from '../reference/tenants';
import { environment, tenant } from './helpers';

class Money {
  readonly amount = 1;
}

/** What the lists give, or the text of the one error. */
function said(given: {
  readonly environments?: readonly unknown[];
  readonly tenants?: readonly unknown[];
}): string {
  const props = { environments: [environment], tenants: [tenant], ...given };
  try {
    platforms(props as { environments: Environment[]; tenants: Tenant[] });
    return '';
  } catch (error) {
    if (!(error instanceof RulesError)) throw error;
    return error.message;
  }
}

/** A spread would call a getter. */
const saidOf = (change: object): string =>
  said({ tenants: [Object.defineProperties({ ...tenant }, Object.getOwnPropertyDescriptors(change))] });
const lineOf = (text: string): string => `1 problem:\n  ${text}`;

describe('a value that is no plain data fails in one line', () => {
  const self: Record<string, unknown> = {};
  self.env = self;
  const sparse = ['celery'];
  sparse[2] = 'mail';

  test.each<[string, object, string]>([
    [
      'undefined, as an import that is not exported',
      { env: { A: undefined } },
      'env.A must be given or left out, got nothing; remove it, or export what it imports under that name',
    ],
    [
      'undefined in place of a record',
      { cache: undefined },
      'cache must be given or left out, got nothing; remove it, or export what it imports under that name',
    ],
    [
      'undefined in a list',
      { egress: [undefined] },
      'egress[0] must be given or left out, got nothing; remove it, or export what it imports under that name',
    ],
    ['null', { beat: null }, 'beat must be given or left out, got null; write a value, or remove it'],
    [
      'a function',
      { env: { A: () => 'x' } },
      'env.A must be plain data, got the function A; write its value, or call it',
    ],
    [
      'a class',
      { app: Money },
      'app must be plain data, got the function Money; write its value, or call it',
    ],
    [
      'an instance of a class',
      { rateLimit: new Money() },
      'rateLimit must be plain data, got an instance of Money; write a record: { … }',
    ],
    [
      'a date',
      { celery: { result_expires_at: new Date(0) } },
      'celery.result_expires_at must be plain data, got an instance of Date; write a text in quotes',
    ],
    [
      'a map',
      { env: new Map() },
      'env must be plain data, got an instance of Map; write a record: { name: … }',
    ],
    [
      'a set',
      { workers: { default: { queues: new Set(['celery']) } } },
      'workers.default.queues must be plain data, got an instance of Set; write a list: [ … ]',
    ],
    [
      'a promise',
      { app: Promise.resolve({}) },
      'app must be plain data, got an instance of Promise; wait for it at the top of its file, or write its value',
    ],
    [
      'a bigint',
      { workers: { default: { queues: ['celery'], concurrency: 2n } } },
      'workers.default.concurrency must be plain data, got a bigint; write a number',
    ],
    [
      'a getter, whatever it would do',
      {
        celery: {
          get task_compression(): never {
            throw new Error('s3cr3t');
          },
        },
      },
      'celery.task_compression must be plain data, got a getter; write its value',
    ],
    ['a symbol', { rateLimit: Symbol('slow') }, 'rateLimit must be plain data, got a symbol; write a text'],
    [
      'no number',
      { web: { command: ['serve'], port: NaN } },
      'web.port must be a finite number, got NaN; correct the sum that it comes from',
    ],
    [
      'infinity',
      { broker: { shared: 'main', database: Infinity } },
      'broker.database must be a finite number, got Infinity; correct the sum that it comes from',
    ],
    [
      'a record that contains itself',
      { celery: { task_routes: self } },
      'celery.task_routes.env must be a tree, got itself; leave the inner one out',
    ],
    [
      'a list with a hole',
      { workers: { default: { queues: sparse } } },
      'workers.default.queues[1] must be given, got a hole; remove the comma before it',
    ],
    [
      'half a character',
      { env: { A: '\ud800' } },
      'env.A must be Unicode text, got "\\ud800"; replace half a surrogate pair in it',
    ],
    [
      'an odd value in an overlay',
      { overlays: { dev: { workers: undefined } } },
      'overlays.dev.workers must be given or left out, got nothing; remove it, or export what it imports under that name',
    ],
    [
      'an overlay that is no record',
      { overlays: { dev: 'small' } },
      'overlays.dev must be a record, got "small"; write { … }',
    ],
    [
      'overlays that are no record',
      { overlays: ['dev'] },
      'overlays must be a record by name, got ["dev"]; write it like { name: … }',
    ],
    [
      'environments that are a text',
      { environments: 'dev' },
      'environments must be a list, got "dev"; write ["dev"]',
    ],
  ])('%s', (_, change, line) => {
    expect(saidOf(change)).toBe(lineOf(`tenant "acme": ${line}`));
  });

  test('an odd value in an environment', () => {
    expect(said({ environments: [{ ...environment, zones: [undefined] }] })).toBe(
      '1 problem in dev:\n'.concat(
        '  environment "dev": zones[0] must be given or left out, got nothing; remove it, or export what it imports under that name',
      ),
    );
  });
});

describe('an entry of a list fails in one line when', () => {
  test.each<[string, Parameters<typeof said>[0], string]>([
    [
      'a tenant is undefined',
      { tenants: [tenant, undefined] },
      'tenants[1] must be a tenant, got nothing; export it from its file under the name that is imported',
    ],
    [
      'a tenant is a text',
      { tenants: ['acme'] },
      'tenants[0] must be a tenant, got "acme"; write { name: …, … }',
    ],
    [
      'a tenant is a function',
      { tenants: [() => tenant] },
      'tenants[0] must be a tenant, got a function; write { name: …, … }',
    ],
    [
      'a tenant has no name',
      { tenants: [{ app: tenant.app }] },
      'tenants[0].name must be a text, got nothing; give it a name',
    ],
    [
      'a name is a number',
      { tenants: [{ ...tenant, name: 1 }] },
      'tenants[0].name must be a text, got 1; give it a name',
    ],
    [
      'an environment is undefined',
      { environments: [environment, undefined] },
      'environments[1] must be an environment, got nothing; export it from its file under the name that is imported',
    ],
    [
      'there is no environment',
      { environments: [] },
      'environments must list at least one, got []; write the cluster that the tenants run on',
    ],
  ])('%s', (_, given, line) => {
    expect(said(given)).toBe(lineOf(line));
  });

  test('all of them are told at once, beside what is wrong with the others', () => {
    const broken = { ...tenant, name: 'globex', rateLimit: 'slow' };

    expect(said({ tenants: [undefined, broken, { ...tenant, env: { A: undefined } }] }).split('\n')).toEqual([
      '3 problems:',
      '  tenants[0] must be a tenant, got nothing; export it from its file under the name that is imported',
      '  tenant "acme": env.A must be given or left out, got nothing; remove it, or export what it imports under that name',
      '  tenant "globex": rateLimit must be tasks for each s, m or h, got "slow"; write it like "10/m" (dev)',
    ]);
  });

  test('an empty list of tenants is none: the platform and its brokers stay', () => {
    const [platform] = platforms({ environments: [environment], tenants: [] });

    expect(platform?.leaves.map(({ folder }) => folder)).toEqual(['platform', 'brokers/main']);
  });
});

/** Paths of every value below a record, as lists of keys. */
function pathsOf(tree: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof tree !== 'object' || tree === null) return [path];
  return [path, ...Object.entries(tree).flatMap(([key, part]) => pathsOf(part, [...path, key]))];
}

function withAt(tree: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  const copy = (Array.isArray(tree) ? [...tree] : { ...(tree as object) }) as Record<string, unknown>;
  copy[key] = withAt(copy[key], rest, value);
  return copy;
}

const WRONG: readonly unknown[] = [
  ...[undefined, null, true, false, 0, -1.5, NaN, 1n, '', 'x', 'a b', '__proto__', [], [[]], ['x'], {}],
  ...[{ x: 1 }, { toString: 1 }, () => 1, Symbol('x'), new Date(0), new Money(), new Map()],
];

/** What no sentence for an author has. */
const CRASH = /\[object |undefined|\n\s+at /;

const named = (one: unknown, name: string): boolean =>
  typeof one === 'object' && one !== null && 'name' in one && one.name === name;

describe('no wrong value anywhere in a reference tenant crashes', () => {
  test.each(tenants.map((one) => [one.name, one] as const))('%s', (_, one) => {
    for (const path of pathsOf(one)) {
      // All in one list, as each call of `platforms` judges the environments anew
      const all = WRONG.map((wrong) => withAt(one, path, wrong));
      const list = all.map((changed, index) =>
        named(changed, one.name) ? { ...(changed as object), name: `wrong-${index}` } : changed,
      );

      const text = said({ environments, tenants: list });

      expect(text).not.toMatch(CRASH);
      for (const [index, changed] of all.entries())
        if (!text.includes(`tenant "wrong-${index}": `))
          // Accepted there, or without a name: judged alone, and made into leaves
          expect(said({ environments, tenants: [changed] })).not.toMatch(CRASH);
    }
  });
});

describe('no wrong value anywhere in a reference environment crashes', () => {
  test.each(environments.map((one) => [one.name, one] as const))('%s', (_, one) => {
    for (const path of pathsOf(one))
      for (const wrong of WRONG)
        expect(said({ environments: [withAt(one, path, wrong)], tenants })).not.toMatch(CRASH);
  });
});
