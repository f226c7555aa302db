// All problems in one error: each line once, with the tenants and environments that it is about.

import type { Environment } from '../environment';
import type { PatchLayer } from '../resolved';
import type { Tenant } from '../tenant';
import { quoted, sentence } from './finding';
import type { Finding } from './finding';
import { locate, locateInEnvironment } from './locate';

/** One broken rule in one environment. */
export interface Problem {
  /** Absent where the problem is the environment's own. */
  readonly tenant?: string;
  /** Absent where the problem stands in a list, whatever the environment. */
  readonly environment?: string;
  /** Begins with the path, as its author typed it. */
  readonly text: string;
  /** Whose path it is; the value of a tenant may come from the defaults of its environment. */
  readonly owner: 'tenant' | 'environment' | 'list';
}

export function tenantProblem(finding: Finding, tenant: Tenant, environment: Environment): Problem {
  const { owner, path } = locate(finding.path, tenant, environment);
  return {
    tenant: tenant.name,
    environment: environment.name,
    text: sentence({ ...finding, path }),
    owner,
  };
}

export const environmentProblem = (finding: Finding, environment: Environment): Problem =>
  formProblem({ ...finding, path: locateInEnvironment(finding.path, environment) }, environment);

/** Of the form of an environment, which is looked at before defaults are laid under anything. */
export const formProblem = (finding: Finding, { name }: Environment): Problem => ({
  environment: name,
  text: sentence(finding),
  owner: 'environment',
});

/** Of a patch: its layer says where it stands, and `tenant` for whom it fails. */
export const patchProblem = (
  finding: Finding,
  { owner, environment }: Pick<PatchLayer, 'owner' | 'environment'>,
  tenant: { readonly tenant?: string },
): Problem => ({ ...tenant, environment, text: sentence(finding), owner });

/** Of an entry as it stands in its list, before it is laid over anything. */
export const listProblem = (finding: Finding, of: Omit<Problem, 'text'> = { owner: 'list' }): Problem => ({
  ...of,
  text: sentence(finding),
});

/** A line of the report before it is written. */
interface Line {
  readonly owner: Problem['owner'];
  readonly text: string;
  readonly environments: readonly string[];
  readonly tenants: readonly string[];
}

/** The text of the one error. Lines stand in the order in which their problems were found. */
export function report(problems: readonly Problem[]): string {
  const lines = linesOf(problems);
  const same = sameEverywhere(lines);
  const [first] = lines;
  const everywhere = same && first ? first.environments : [];
  const count = `${lines.length} problem${lines.length === 1 ? '' : 's'}`;
  const named = same && everywhere.some((name) => name !== '');
  const header = named ? `${count} in ${everywhere.join(', ')}:` : `${count}:`;
  return [header, ...lines.map((line) => `  ${lineText(line, same)}`)].join('\n');
}

/** A problem for people, with the tenants and environments that have it. */
export interface Told {
  readonly text: string;
  readonly tenants: readonly string[];
  readonly environments: readonly string[];
}

/** The lines of `report`, one by one; one that holds in all of `everywhere` names no environment. */
export const problemLines = (
  problems: readonly Problem[],
  everywhere: readonly string[] = [],
): readonly Told[] =>
  linesOf(problems).map((line) => ({
    text: lineText(line, line.environments.length === everywhere.length),
    tenants: line.tenants,
    environments: line.environments,
  }));

const sameEverywhere = (lines: readonly Line[]): boolean =>
  new Set(lines.map(({ environments }) => environments.join(', '))).size === 1;

function lineText({ owner, text, environments, tenants }: Line, same: boolean): string {
  if (owner === 'list') return text;
  if (owner === 'environment') {
    const concerned = tenants.length > 0 ? ` (for tenant ${quoted(tenants)})` : '';
    return `environment ${quoted(environments)}: ${text}${concerned}`;
  }
  const where = same || environments.length === 0 ? '' : ` (${environments.join(', ')})`;
  return `tenant ${quoted(tenants)}: ${text}${where}`;
}

/** One line for problems of the same words: first over the environments, then over the tenants. */
function linesOf(problems: readonly Problem[]): readonly Line[] {
  const single = grouped(problems, ({ owner, tenant, text }) => [owner, tenant, text]).map((same) => ({
    owner: same[0].owner,
    text: same[0].text,
    tenant: same[0].tenant,
    environments: unique(same.flatMap(({ environment }) => (environment === undefined ? [] : [environment]))),
  }));
  return grouped(single, ({ owner, text, environments }) => [owner, text, environments]).map((same) => ({
    ...same[0],
    tenants: unique(same.flatMap(({ tenant }) => (tenant === undefined ? [] : [tenant]))),
  }));
}

const unique = (names: readonly string[]): readonly string[] => [...new Set(names)];

function grouped<T>(items: readonly T[], key: (item: T) => unknown): readonly (readonly [T, ...T[]])[] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const name = JSON.stringify(key(item));
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  }
  return [...groups.values()];
}
