// Holds one object against the fields of its kind: what is wrong in it, and the part of it that can be read.

import { customFields, isCustom, typeOfCustom } from './custom';
import { schemaFields, typeOfKind } from './kubernetes';
import type { Fields } from './kubernetes';
import { apiVersionOf } from './versions';
import { isRecord } from '../kube/json';
import { nearest } from '../spec/nearest';
import { show, step } from './words';

/** One thing that is wrong in the form of an object. */
export interface Flaw {
  /** `type` makes the field unreadable, `unknown` is a field that Kubernetes drops or refuses. */
  readonly about: 'type' | 'unknown';
  /** What stands behind the object's id: `.spec.replicas must be …`. */
  readonly text: string;
}

export interface Reading {
  readonly flaws: readonly Flaw[];
  /** Without the fields that are unknown or of a wrong type. */
  readonly fit: Readonly<Record<string, unknown>>;
}

/** Reads any JSON: nothing in it can make this fail. What Stalk writes is read as the version that Stalk writes. */
export function readObject(raw: unknown, own: boolean): Reading {
  const flaws: Flaw[] = [];
  const { apiVersion, kind, ...body } = isRecord(raw) ? unsealed(raw, own) : {};
  for (const [name, value] of Object.entries({ apiVersion, kind }))
    if (typeof value !== 'string') flaws.push(wrong(`.${name}`, 'text', value));
  const [version, called] = [textOr(apiVersion), textOr(kind)];
  const expected = (own ? apiVersionOf(called) : undefined) ?? version;
  const type = typeOfKind(expected, called) ?? typeOfCustom(expected, called);
  const read = { flaws, open: type === undefined || isCustom(type) };
  const fit = record(body, type === undefined ? METADATA_ONLY : fieldsIn(type), '', read);
  return {
    flaws: [...flaws, ...nameless(fit['metadata'], flaws)],
    fit: { ...fit, apiVersion: version, kind: called },
  };
}

/** Kubernetes lets a client leave the name out, and makes one up with each apply. */
function nameless(metadata: unknown, told: readonly Flaw[]): Flaw[] {
  const named = isRecord(metadata) && metadata['name'] !== undefined;
  const known = told.some(({ text }) => /^\.metadata(\.name)? /.test(text));
  return named || known ? [] : [{ about: 'type', text: '.metadata.name must be given' }];
}

/** SOPS writes `sops` beside the values that it encrypts, and takes it away before the object is applied. */
function unsealed(raw: Readonly<Record<string, unknown>>, own: boolean): Readonly<Record<string, unknown>> {
  const { sops, ...rest } = raw;
  return own || sops === undefined ? raw : rest;
}

const textOr = (value: unknown): string => (typeof value === 'string' ? value : '');

const METADATA_ONLY: Fields = new Map([['metadata', { type: 'ObjectMeta', required: true }]]);

interface Pass {
  readonly flaws: Flaw[];
  /** Whether fields that nobody knows are let through. */
  readonly open: boolean;
}

const wrong = (path: string, wanted: string, got: unknown): Flaw => {
  const fix = got === null ? '; leave the field out' : remedy(wanted, got);
  return { about: 'type', text: `${path} must be ${wanted}, got ${show(got)}${fix}` };
};

function remedy(wanted: string, got: unknown): string {
  if (typeof got !== 'string') return wanted === 'text' && isScalar(got) ? `; write "${String(got)}"` : '';
  if (wanted === INTEGER && /^-?\d+$/.test(got)) return `; write ${got}`;
  return wanted === FLAG && /^(true|false)$/.test(got) ? `; write ${got}` : '';
}

const isScalar = (value: unknown): value is number | boolean =>
  typeof value === 'number' || typeof value === 'boolean';

const INTEGER = 'a whole number';
const FLAG = 'true or false';

const QUANTITY = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+|[numkMGTPE]|[KMGTPE]i)?$/;

/** What is no record: its name in a sentence, and how it is recognised. */
const ATOMS: Readonly<Record<string, readonly [wanted: string, is: (value: unknown) => boolean]>> = {
  string: ['text', (v) => typeof v === 'string'],
  Date: ['text', (v) => typeof v === 'string'],
  number: [INTEGER, (v) => Number.isInteger(v)],
  boolean: [FLAG, (v) => typeof v === 'boolean'],
  IntOrString: ['text or a whole number', (v) => typeof v === 'string' || Number.isInteger(v)],
  'string | number': ['text or a whole number', (v) => typeof v === 'string' || Number.isInteger(v)],
  Quantity: [
    'a quantity such as 500m or 1Gi',
    (v) => (typeof v === 'string' && QUANTITY.test(v)) || Number.isFinite(v),
  ],
};

/** Any JSON is right there, such as in a schema of a CustomResourceDefinition. */
const OPAQUE = new Set(['any', 'JsonSchemaProps']);

const MAP = /^\{ ?\[key: string\]: (\w[\w:]*(?:\[\])?) ?\}$/;

const fieldsIn = (type: string): Fields | undefined =>
  isCustom(type) ? customFields(type) : schemaFields(type);

/** The readable part of a value; nothing where there is none. */
function valueOf(value: unknown, type: string, path: string, pass: Pass): unknown {
  if (value === undefined || OPAQUE.has(type)) return value;
  const atom = ATOMS[type];
  if (atom !== undefined) return atom[1](value) ? value : refuse(wrong(path, atom[0], value), pass);
  if (type.endsWith('[]')) return listOf(value, type.slice(0, -2), path, pass);
  if (!isRecord(value)) return refuse(wrong(path, 'an object', value), pass);
  const inner = MAP.exec(type)?.[1];
  if (inner !== undefined) return mapOf(value, inner, path, pass);
  const fields = fieldsIn(type);
  return fields === undefined ? value : record(value, fields, path, { ...pass, open: isCustom(type) });
}

function refuse(flaw: Flaw, { flaws }: Pass): undefined {
  flaws.push(flaw);
  return undefined;
}

function listOf(value: unknown, type: string, path: string, pass: Pass): unknown {
  if (!Array.isArray(value)) return refuse(wrong(path, 'a list', value), pass);
  return value.map((item, i) => valueOf(item, type, `${path}[${i}]`, pass)).filter((v) => v !== undefined);
}

const mapOf = (value: object, type: string, path: string, pass: Pass): unknown =>
  Object.fromEntries(
    Object.entries(value)
      .map(([key, item]) => [key, valueOf(item, type, `${path}${step(key)}`, pass)] as const)
      .filter(([, item]) => item !== undefined),
  );

function record(
  value: Readonly<Record<string, unknown>>,
  fields: Fields | undefined,
  path: string,
  pass: Pass,
): Readonly<Record<string, unknown>> {
  const known: Fields = fields ?? new Map();
  const read: Record<string, unknown> = {};
  for (const [key, found] of Object.entries(value)) {
    const field = known.get(key) ?? ENVELOPE.get(key);
    const fit = field && valueOf(found, field.type, `${path}.${key}`, pass);
    if (fit !== undefined) read[key] = fit;
    if (field === undefined && !pass.open)
      pass.flaws.push(stranger(`${path}${step(key)}`, nearest(key, [...known.keys()])));
  }
  pass.flaws.push(...missing(value, known, path));
  return read;
}

const missing = (value: Readonly<Record<string, unknown>>, known: Fields, path: string): Flaw[] =>
  [...known]
    .filter(([key, { required }]) => required && value[key] === undefined)
    .map(([key]) => ({ about: 'type', text: `${path}.${key} must be given` }));

/** Claim templates repeat them. */
const ENVELOPE: Fields = new Map(
  ['apiVersion', 'kind'].map((name) => [name, { type: 'string', required: false }]),
);

const stranger = (path: string, near: string | undefined): Flaw => ({
  about: 'unknown',
  text: `${path} must be a field of Kubernetes 1.27${near === undefined ? ', got one that it does not know; leave it out' : `, got an unknown one; did you mean ${near}`}`,
});
