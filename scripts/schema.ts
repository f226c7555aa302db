/** JSON Schemas of a tenant and an environment for editors: their forms, with the docs of their types. */
import { join } from 'node:path';
import ts from 'typescript';
import { isRecord } from '../lib/kube/json';
import { environment } from '../lib/spec/environment';
import type { AnyForm, Schema, Shape } from '../lib/spec/rules/kind';
import { tenant } from '../lib/spec/tenant';

/** `false` is the schema that no value has. */
type JsonSchema = Readonly<Record<string, unknown>> | false;

/** Where a form stands: its type, which has the docs, and whether only a part of it must be written. */
interface Place {
  readonly type: ts.Type | undefined;
  readonly isLayer: boolean;
}

type Of<U extends { readonly kind: string }, K extends U['kind']> = Extract<U, { readonly kind: K }>;
type ByKind<U extends { readonly kind: string }> = {
  readonly [K in U['kind']]: (part: Of<U, K>, place: Place, form: AnyForm) => JsonSchema;
};

const SPEC = join(__dirname, '..', 'lib', 'spec', 'index.ts');

const ROOTS: Readonly<Record<string, AnyForm>> = { Tenant: tenant, Environment: environment };

/** By the name of a type. */
export function jsonSchemas(): Readonly<Record<string, JsonSchema>> {
  const program = ts.createProgram([SPEC], { strict: true, target: ts.ScriptTarget.ES2022, types: ['node'] });
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(SPEC);
  const module = file && checker.getSymbolAtLocation(file);
  const types = module ? checker.getExportsOfModule(module) : [];
  return Object.fromEntries(
    Object.entries(ROOTS).map(([name, form]) => {
      const symbol = types.find((one) => one.name === name);
      return [name, written(checker, form, symbol && checker.getDeclaredTypeOfSymbol(symbol))];
    }),
  );
}

function written(checker: ts.TypeChecker, root: AnyForm, type: ts.Type | undefined): JsonSchema {
  const { schemaOf, definitions } = writer(checker, type);
  const schema = schemaOf(root, { type, isLayer: false });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...(schema || {}),
    $defs: Object.fromEntries(
      [...definitions].filter(([, one]) => one !== false).sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
  };
}

function writer(checker: ts.TypeChecker, root: ts.Type | undefined) {
  const definitions = new Map<string, JsonSchema>();
  const names = new Map<string, AnyForm>();

  const schemaOf = (form: AnyForm, place: Place): JsonSchema => {
    const { schema, shape } = form;
    if (schema) return (BY_SCHEMA[schema.kind] as ByKind<Schema>['value'])(schema as never, place, form);
    return shape ? (BY_SHAPE[shape.kind] as ByKind<Shape>['flag'])(shape as never, place, form) : {};
  };

  const anyOf = (schemas: readonly JsonSchema[]): JsonSchema => {
    const possible = schemas.filter((schema) => schema !== false);
    const [only] = possible;
    return possible.length < 2 ? (only ?? false) : { anyOf: possible };
  };

  const each = (forms: readonly AnyForm[], place: Place): JsonSchema =>
    anyOf(forms.map((form) => schemaOf(form, place)));

  /** In a layer, `false` takes away what may be absent. */
  const removable = (schema: JsonSchema, { isLayer }: Place): JsonSchema =>
    isLayer && isOfRecords(schema) ? anyOf([schema, { const: false }]) : schema;

  const recordByName = (name: AnyForm | undefined, entry: AnyForm, place: Place): JsonSchema => ({
    type: 'object',
    ...(name?.schema?.kind === 'value' && { propertyNames: name.schema.value }),
    additionalProperties: removable(schemaOf(entry, place), place),
  });

  const BY_SCHEMA: ByKind<Schema> = {
    value: ({ value }) => value,
    list: ({ entry, least, repeats }, { type }) => ({
      type: 'array',
      items: schemaOf(entry, { type: type?.getNumberIndexType(), isLayer: false }),
      ...(least > 0 && { minItems: least }),
      ...(!repeats && { uniqueItems: true }),
    }),
    either: ({ forms }, place) => each(forms, place),
    layers: ({ of }) => recordByName(undefined, of, { type: root, isLayer: true }),
    never: () => false,
  };

  const BY_SHAPE: ByKind<Shape> = {
    props: (shape, place, form) => record(shape, place, form),
    names: ({ name, entry }, { type, isLayer }) =>
      recordByName(name, entry, { type: type?.getStringIndexType(), isLayer }),
    marked: ({ byMark }, place) => each(Object.values(byMark), place),
    named: ({ byName: forms }, place) => each(Object.values(forms), place),
    apart: ({ marked, other }, place) => each([marked, other], place),
    spread: ({ parts }, place) => schemaOf(parts, place),
    data: () => ({}),
    flag: () => ({ type: 'boolean' }),
    removable: ({ of }, place) => schemaOf(of, place),
  };

  /** Under the name of its type, once; without a type of its own, where it stands. */
  function record(shape: Of<Shape, 'props'>, { type, isLayer }: Place, form: AnyForm): JsonSchema {
    const own = typeOf(checker, type, shape);
    const title = own && interfaceName(own);
    const name = title && unused(`${isLayer ? 'PartOf' : ''}${title}`, form);
    if (name === undefined) return fields(shape, { type: own, isLayer });
    if (!definitions.has(name)) {
      definitions.set(name, {});
      definitions.set(name, fields(shape, { type: own, isLayer }));
    }
    return definitions.get(name) === false ? false : { $ref: `#/$defs/${name}` };
  }

  /** Two forms of one type, such as those of a place on a broker, are two schemas. */
  function unused(name: string, form: AnyForm): string {
    const known = names.get(name);
    if (known !== undefined && known !== form) return unused(`${name}_`, form);
    names.set(name, form);
    return name;
  }

  function fields({ props, required, defaults }: Of<Shape, 'props'>, { type, isLayer }: Place): JsonSchema {
    const properties = Object.entries(props).flatMap(([name, form]) => {
      const symbol = type && checker.getPropertyOfType(type, name);
      const typed = symbol && checker.getNonNullableType(checker.getTypeOfSymbol(symbol));
      const schema = schemaOf(form, { type: typed, isLayer });
      const here = required.includes(name) ? schema : removable(schema, { type, isLayer });
      return here === false ? [] : [[name, { ...docOf(symbol, defaults?.[name]), ...here }] as const];
    });
    const known = new Set(properties.map(([name]) => name));
    if (required.some((name) => !known.has(name))) return false;
    return {
      type: 'object',
      properties: Object.fromEntries(properties),
      ...(!isLayer && required.length > 0 && { required }),
      additionalProperties: false,
    };
  }

  function docOf(symbol: ts.Symbol | undefined, value: unknown): JsonSchema {
    const doc = ts.displayPartsToString(symbol?.getDocumentationComment(checker) ?? []);
    const tag = symbol?.getJsDocTags(checker).find(({ name }) => name === 'default');
    const prose = /^- (.*)/s.exec(ts.displayPartsToString(tag?.text ?? []))?.[1];
    const said = [doc, ...(prose === undefined ? [] : [`Left out: ${prose}.`])].filter((text) => text !== '');
    return {
      ...(said.length > 0 && { description: said.join('\n\n').replace(/(?<!\n)\n(?![\n-])/g, ' ') }),
      ...(value !== undefined && { default: value }),
    };
  }

  return { schemaOf, definitions };
}

const isOfRecords = (schema: JsonSchema): boolean =>
  schema !== false &&
  ('$ref' in schema ||
    schema.type === 'object' ||
    (Array.isArray(schema.anyOf) && schema.anyOf.some((one) => isRecord(one) && isOfRecords(one))));

/** Of a union the type with just these props, of which it requires the same; else one that has them all. */
function typeOf(
  checker: ts.TypeChecker,
  type: ts.Type | undefined,
  { props, required }: Of<Shape, 'props'>,
): ts.Type | undefined {
  const names = Object.keys(props);
  const having = (type?.isUnion() ? type.types : [type]).filter((one) =>
    names.every(
      (name) => one && checker.getPropertyOfType(one, name) && mayBe(checker, one, name, props[name]),
    ),
  );
  const same = having.find((one) => {
    const known = one ? checker.getPropertiesOfType(one) : [];
    const needed = known.filter(({ flags }) => (flags & ts.SymbolFlags.Optional) === 0);
    return (
      known.length === names.length &&
      needed.length === required.length &&
      needed.every(({ name }) => required.includes(name))
    );
  });
  return same ?? having[0];
}

/** Whether a prop that tells types apart has the value of this one. */
function mayBe(checker: ts.TypeChecker, type: ts.Type, name: string, form: AnyForm | undefined): boolean {
  if (form?.schema?.kind !== 'value' || !('const' in form.schema.value)) return true;
  const symbol = checker.getPropertyOfType(type, name);
  const typed = symbol && checker.getTypeOfSymbol(symbol);
  return typed?.isStringLiteral() === true && typed.value === form.schema.value.const;
}

/** Types that are written in place have none. */
function interfaceName(type: ts.Type): string | undefined {
  const symbol = type.symbol as ts.Symbol | undefined; // nor have types that are put together
  return symbol === undefined || (symbol.flags & ts.SymbolFlags.Interface) === 0 ? undefined : symbol.name;
}
