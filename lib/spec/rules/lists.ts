// The two lists before anything is read from them: entries that are tenants and environments, and plain data.

import type { Environment } from '../environment';
import type { Tenant } from '../tenant';
import type { Finding } from './finding';
import { formBy } from './kind';
import { oddities } from './plain-data';
import { listProblem } from './report';
import type { Problem } from './report';
import { show } from './show';
import { someText } from './kinds';
import { withFile } from './versions';
import { isRecord } from '../../kube/json';
import { each, list, recordOf } from './shapes';

export interface Lists {
  readonly environments: readonly Environment[];
  readonly tenants: readonly Tenant[];
}

/** Those that can be looked into, the names of all environments, and what is wrong with the others. */
export interface Readable extends Lists {
  readonly names: readonly string[];
  readonly problems: readonly Problem[];
}

/** Lists of a user's own making: nothing about them is certain. */
export function readable({ environments, tenants }: Lists): Readable {
  const names = environments.filter(isNamed).map(({ name }) => name);
  const [soundEnvironments, oddEnvironments] = apart(environments.filter(isNamed), oddities);
  const [soundTenants, oddTenants] = apart(tenants.filter(isNamed), oddTenant);
  return {
    environments: soundEnvironments,
    tenants: soundTenants,
    names,
    problems: [
      ...strangersIn({ environments, tenants }).map((finding) => listProblem(finding)),
      ...oddEnvironments.flatMap(([environment, found]) =>
        withFile(found, environment).map((finding) =>
          listProblem(finding, { owner: 'environment', environment: environment.name }),
        ),
      ),
      ...oddTenants.flatMap(([{ name }, found]) =>
        found.map((finding) => listProblem(finding, { owner: 'tenant', tenant: name })),
      ),
    ],
  };
}

/** Entries of the lists that are no tenant and no environment, by their place in the list. */
export const strangersIn = ({ environments, tenants }: Lists): readonly Finding[] => [
  ...(environments.length === 0
    ? [NO_ENVIRONMENTS]
    : strangers('environments', 'an environment', environments)),
  ...strangers('tenants', 'a tenant', tenants),
];

/** Tenants may be none yet; without an environment there is nothing to render. */
const NO_ENVIRONMENTS: Finding = {
  path: ['environments'],
  wanted: 'list at least one',
  got: '[]',
  fix: 'write the cluster that the tenants run on',
};

const strangers = (name: string, what: string, entries: readonly unknown[]): readonly Finding[] =>
  // `Array.from`, as a hole is an entry as well
  Array.from(entries, (entry, index): readonly Finding[] => {
    if (isNamed(entry)) return [];
    if (!isRecord(entry))
      return [{ path: [name, index], wanted: `be ${what}`, got: show(entry), fix: fixOf(entry) }];
    const found = show(entry.name);
    return [{ path: [name, index, 'name'], wanted: 'be a text', got: found, fix: 'give it a name' }];
  }).flat();

const fixOf = (entry: unknown): string =>
  entry === undefined ? 'export it from its file under the name that is imported' : 'write { name: …, … }';

const isNamed = <T>(entry: T): entry is T & { readonly name: string } =>
  isRecord(entry) && typeof entry.name === 'string';

type Odd<T> = readonly (readonly [T, readonly Finding[]])[];

function apart<T>(
  entries: readonly T[],
  of: (entry: T) => readonly Finding[],
): readonly [readonly T[], Odd<T>] {
  const judged = entries.map((entry) => [entry, of(entry)] as const);
  return [
    judged.filter(([, found]) => found.length === 0).map(([entry]) => entry),
    judged.filter(([, found]) => found.length > 0),
  ];
}

/** What decides where a tenant lives, and what is laid over it there. */
const homes = recordOf<Pick<Tenant, 'environments' | 'overlays'>>({
  environments: list(someText),
  overlays: each(
    () => [],
    formBy((overlay) => (isRecord(overlay) ? [] : recordOf({})(overlay))),
  ),
});

function oddTenant(tenant: Tenant): readonly Finding[] {
  const found = oddities(tenant);
  const { environments, overlays } = tenant;
  return found.length > 0 ? found : homes({ environments, overlays });
}
