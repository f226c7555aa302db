// compose.yaml as people read it: what all services of a tenant have stands once, and each service says what differs.

import { Alias, Document, Pair, Scalar } from 'yaml';
import type { YAMLMap } from 'yaml';
import type { ComposeProject } from './project';
import type { Service } from './service';

type Fields = Readonly<Record<string, unknown>>;

export function composeText(
  { services, groups, networks, volumes }: ComposeProject,
  head: readonly string[],
): string {
  // Some readers of Compose files know YAML 1.1, some 1.2: what either takes for a number is quoted
  const document = new Document({}, { version: '1.1', aliasDuplicateObjects: false });
  document.commentBefore = head.map((line) => ` ${line}`.trimEnd()).join('\n');
  const written = new Map<string, Writable>();
  for (const [tenant, names] of groups) {
    const all = names.map((name) => services.get(name) as Service);
    const [env, rest] = [sharedBy(all.map(environmentOf)), sharedBy(all.map(withoutEnvironment))];
    if (all.length < 2) continue;
    document.set(`x-${tenant}`, anchored(document, tenant, rest));
    document.set(`x-${tenant}-env`, anchored(document, `${tenant}-env`, env));
    for (const name of names) written.set(name, { tenant, env, rest });
  }
  const list = document.createNode({});
  document.set('services', list);
  for (const [name, service] of services)
    document.setIn(['services', name], serviceNode(document, service, written.get(name)));
  if (networks.length > 0) document.set('networks', empty(document, networks));
  if (volumes.length > 0) document.set('volumes', empty(document, volumes));
  return document.toString({ lineWidth: 0 });
}

/** What stands at its anchor. */
interface Writable {
  readonly tenant: string;
  readonly env: Fields;
  readonly rest: Fields;
}

const environmentOf = ({ environment }: Service): Fields => ({ ...environment });

const withoutEnvironment = (service: Service): Fields => without({ ...service }, { environment: {} });

/** Fields that all have alike. */
function sharedBy([first, ...others]: readonly Fields[]): Fields {
  if (first === undefined) return {};
  return Object.fromEntries(
    Object.entries(first).filter(([key, value]) =>
      others.every((other) => JSON.stringify(other[key]) === JSON.stringify(value)),
    ),
  );
}

function anchored(document: Document, name: string, fields: Fields) {
  const node = document.createNode(fields);
  node.anchor = name;
  return node;
}

function serviceNode(document: Document, service: Service, shared: Writable | undefined) {
  if (shared === undefined) return document.createNode({ ...service });
  const { environment, ...own } = without({ ...service }, shared.rest);
  const node: YAMLMap = document.createNode(own);
  node.items.unshift(merged(shared.tenant));
  if (environment !== undefined) {
    const variables: YAMLMap = document.createNode(without(environment as Fields, shared.env));
    variables.items.unshift(merged(`${shared.tenant}-env`));
    node.set('environment', variables);
  }
  return node;
}

const without = (fields: Fields, others: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([key]) => !(key in others)));

/** `<<: *acme` */
const merged = (anchor: string) => new Pair(new Scalar('<<'), new Alias(anchor));

const empty = (document: Document, names: readonly string[]) =>
  document.createNode(Object.fromEntries(names.map((name) => [name, {}])));
