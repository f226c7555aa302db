// Variables of a service, as Compose reads them.

import type { Program, Variable, VariableSource } from '../plan/process';
import type { Service } from './service';
import type { ProjectSite } from './site';
import { secretOf, textsOf, yoursOf } from './tenant';
import type { ProjectTenant } from './tenant';
import { dollarsDoubled, expanded } from './texts';

/** In the order in which one may use another; those of configs come first, and lose. */
export function environmentOf(
  site: ProjectSite,
  owner: ProjectTenant,
  program: Pick<Program, 'variables' | 'variablesFrom'>,
): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const source of program.variablesFrom)
    for (const [key, text] of Object.entries(ownTexts(owner, source)))
      values.set(source.prefix === undefined ? key : `${source.prefix}${key}`, dollarsDoubled(text));
  for (const variable of program.variables) values.set(variable.name, valueOf(site, owner, variable, values));
  return values;
}

const ownTexts = (owner: ProjectTenant, source: VariableSource): Readonly<Record<string, string>> => {
  const texts = 'config' in source ? textsOf(owner, source.config) : undefined;
  return texts === undefined ? {} : texts;
};

function valueOf(
  site: ProjectSite,
  owner: ProjectTenant,
  variable: Variable,
  before: ReadonlyMap<string, string>,
): string {
  if ('value' in variable) return expanded(variable.value, before);
  if ('secret' in variable) return site.book.value(secretOf(site, owner, variable));
  const text = textsOf(owner, variable.config)?.[variable.key];
  if (text === undefined) throw new Error(`config ${variable.config} is not the plan's`);
  return dollarsDoubled(text);
}

/** A Secret or ConfigMap of somebody else, all of whose keys are variables. */
export function environmentFiles(
  site: ProjectSite,
  owner: ProjectTenant,
  { variablesFrom }: Pick<Program, 'variablesFrom'>,
): Pick<Service, 'env_file'> {
  const files = variablesFrom
    .filter((source) => 'secret' in source || textsOf(owner, source.config) === undefined)
    .map((source) => {
      const { path, about } = yoursOf(site, owner, source);
      const names = source.prefix === undefined ? '' : `, names with ${source.prefix} before them`;
      return `./${site.book.yours(`${path}.env`, `${about}, a line NAME=value for each key${names}`)}`;
    });
  return files.length === 0 ? {} : { env_file: files };
}
