// A project of Compose as a reader of its file sees it.

import { parse } from 'yaml';
import { composeText, projectOf } from '../../lib/compose';
import type { ComposeProject, ComposeProps } from '../../lib/compose';
import type { Environment, Tenant } from '../../lib';
import { environments } from '../reference/environments';
import { plain, platformOf } from '../support/synth';
import type { Json } from '../support/synth';

export interface Read {
  readonly project: ComposeProject;
  readonly text: string;
  /** Merge keys are resolved. */
  readonly file: Json;
  readonly service: (name: string) => Json;
}

type Asked = Partial<Pick<ComposeProps, 'names' | 'published' | 'contexts'>> & {
  readonly environment?: string | Environment;
  /** Those beside them in the list. */
  readonly others?: readonly Tenant[];
};

export function composed(
  tenants: readonly Tenant[],
  { environment = plain, others = [], ...asked }: Asked = {},
): Read {
  const place =
    typeof environment === 'string' ? environments.find(({ name }) => name === environment) : environment;
  if (place === undefined) throw new Error('no such environment');
  const platform = platformOf(place, [...tenants, ...others]);
  const chosen = platform.tenants.filter(({ name }) => tenants.some((tenant) => tenant.name === name));
  const project = projectOf({
    tenants: chosen,
    names: new Map(),
    published: new Map(),
    contexts: new Map(),
    ...asked,
  });
  const text = composeText(project, ['Rendered by Stalk']);
  const file: Json = parse(text, { merge: true });
  const service = (name: string): Json => {
    const found = file.services[name];
    if (found === undefined)
      throw new Error(`no service ${name}, only ${Object.keys(file.services).join(', ')}`);
    return found;
  };
  return { project, text, file, service };
}
