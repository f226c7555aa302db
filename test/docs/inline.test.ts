// Examples that stand on a page alone: each is rendered by itself, and holds every law.

import { runInThisContext } from 'node:vm';
import { ModuleKind, transpileModule } from 'typescript';
import { judge, renderedLeaves } from '../../lib/laws';
import type { Environment, Tenant } from '../../lib/spec';
import { plain, platformOf, tenantOf } from '../support/synth';
import { blocksOf, textOf } from './pages';

type Exported = Readonly<Record<string, Partial<Tenant> | Environment>>;

/** What a block of TypeScript exports. */
function exportsOf(code: string): Exported {
  const { outputText } = transpileModule(code, { compilerOptions: { module: ModuleKind.CommonJS } });
  const run = runInThisContext(`(exports) => {${outputText}\nreturn exports; }`) as (of: object) => Exported;
  return run({});
}

const isTenant = (value: Partial<Tenant> | Environment): value is Tenant => 'workers' in value;

const EXAMPLES = ['docs/sidecars.md', 'docs/keda.md'].flatMap((page) =>
  blocksOf(page)
    .filter(({ language, file }) => language === 'ts' && file === undefined)
    .flatMap(({ code }, index) =>
      Object.values(exportsOf(code))
        .filter(isTenant)
        .map((tenant) => [`${page} ${index + 1}`, tenant] as const),
    ),
);

const keda = { namespace: { 'kubernetes.io/metadata.name': 'keda' }, pods: { app: 'keda-operator' } };
const environment: Environment = { ...plain, nativeSidecars: true, peers: { keda } };

test.each(EXAMPLES)('the example %s is rendered, and holds every law', (_, tenant) => {
  expect(judge(renderedLeaves(platformOf(environment, [tenant]))).map(({ text }) => text)).toEqual([]);
});

test('there are some on each page', () => {
  expect(new Set(EXAMPLES.map(([where]) => where.split(' ')[0]))).toEqual(
    new Set(['docs/sidecars.md', 'docs/keda.md']),
  );
});

/** A tenant's broker alone, in a block of a step or within a sentence. */
const BROKERS = ['docs/move.md', 'docs/leave.md'].flatMap((page) =>
  [...textOf(page).matchAll(/^ *```ts\n([^]*?)^ *```$|`(broker: \{[^`]*\})`/gm)].map(
    ([, block, inline = ''], index) =>
      [`${page} ${index + 1}`, (block === undefined ? inline : block).trim()] as const,
  ),
);

const twoBrokers: Environment = {
  ...plain,
  brokers: { main: { topology: 'standalone' }, large: { topology: 'standalone' } },
};

test.each(BROKERS)('the broker %s is rendered, and holds every law', (_, code) => {
  const { tenant } = exportsOf(`exports.tenant = { ${code} };`) as {
    readonly tenant: Pick<Tenant, 'broker'>;
  };
  const both = tenantOf({
    ...tenant,
    beat: { scheduler: 'redbeat' },
    web: { command: ['serve'], port: 8000 },
  });

  expect(judge(renderedLeaves(platformOf(twoBrokers, [both]))).map(({ text }) => text)).toEqual([]);
});

test('there are moves on each of them', () => {
  const moves = BROKERS.filter(([, code]) => code.includes('movingFrom'));

  expect(new Set(moves.map(([where]) => where.split(' ')[0]))).toEqual(
    new Set(['docs/move.md', 'docs/leave.md']),
  );
  expect(moves).toHaveLength(4);
});
