// The API of Kubernetes 1.27, read from the generated classes of cdk8s-plus-27: which fields an object has, and their types.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A field of a type, under its name in JSON. */
export interface SchemaField {
  /** As TypeScript writes it: `string`, `PodSpec`, `Container[]`, `{ [key: string]: Quantity }`. */
  readonly type: string;
  readonly required: boolean;
}

export type Fields = ReadonlyMap<string, SchemaField>;

interface Sources {
  /** JSON names of fields. */
  readonly code: string;
  /** Types of fields, and which of them are optional. */
  readonly declarations: string;
  /** `apps/v1/Deployment` has the fields of `KubeDeploymentProps`. */
  readonly kinds: ReadonlyMap<string, string>;
}

const KIND = /^(\w+)\.GVK = \{\n\s*apiVersion: '([^']+)',\n\s*kind: '([^']+)',/gm;

function read(): Sources {
  const folder = join(dirname(require.resolve('cdk8s-plus-27')), 'imports');
  const code = readFileSync(join(folder, 'k8s.js'), 'utf8');
  return {
    code,
    declarations: readFileSync(join(folder, 'k8s.d.ts'), 'utf8'),
    kinds: new Map(
      [...code.matchAll(KIND)].map(([, name, version, kind]) => [`${version}/${kind}`, `${name}Props`]),
    ),
  };
}

let sources: Sources | undefined;
const known = new Map<string, Fields | undefined>();

/** The type of a kind in one API version, where Kubernetes 1.27 has it. */
export const typeOfKind = (apiVersion: string, kind: string): string | undefined =>
  (sources ??= read()).kinds.get(`${apiVersion}/${kind}`);

/** The fields of a type; nothing for `Quantity` and others that are no records. */
export function schemaFields(type: string): Fields | undefined {
  if (!known.has(type)) known.set(type, parse(type, (sources ??= read())));
  return known.get(type);
}

/** Text between two marks. */
function between(text: string, start: string, end: string): string | undefined {
  const from = text.indexOf(start);
  return from < 0 ? undefined : text.slice(from, text.indexOf(end, from));
}

const JSON_NAME = /^ {8}'([^']+)':.*?\bobj\.(\w+)/gm;
const PROPERTY = /^ {4}readonly (\w+)(\?)?: (\{[^}]*\}|[^;{]+);/gm;

/** Fields of a later Kubernetes that Stalk writes where an environment says that it has them; sidecars.ts looks at that. */
const LATER: Readonly<Record<string, readonly (readonly [string, SchemaField])[]>> = {
  Container: [['restartPolicy', { type: 'string', required: false }]],
};

function parse(type: string, { code, declarations }: Sources): Fields | undefined {
  const body = between(code, `function toJson_${type}(obj) {`, '\n}');
  const declared = between(declarations, `export interface ${type} {`, '\n}');
  if (body === undefined || declared === undefined) return undefined;
  const properties = new Map(
    [...declared.matchAll(PROPERTY)].map(([, name = '', optional, spelled = '']) => [
      name,
      { type: spelled.replace(/;?\s+/g, ' '), required: optional === undefined },
    ]),
  );
  return new Map([
    ...[...body.matchAll(JSON_NAME)].flatMap(([, key = '', name = '']) => {
      const field = properties.get(name);
      return field === undefined ? [] : [[key, field] as const];
    }),
    ...(LATER[type] ? LATER[type] : []),
  ]);
}
