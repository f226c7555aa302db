// The form of values that point elsewhere: environment variables, patches.

import type { Derived, DerivedName, EnvValue, Operation, Patches, SecretKey } from '../values';
import type { Json } from '../units';
import { formBy, hinted, passing } from './kind';
import type { Find, Form } from './kind';
import { anything, objectName, oneOf, text } from './kinds';
import { isRecord } from '../../kube/json';
import { all, each, has, list, record, recordOf, when } from './shapes';

const DERIVED_NAMES: Readonly<Record<DerivedName, true>> = {
  'broker.url': true,
  'broker.celeryUrl': true,
  'broker.host': true,
  'broker.port': true,
  'broker.database': true,
  'broker.prefix': true,
  'results.celeryUrl': true,
  'cache.url': true,
  'cache.host': true,
  'cache.port': true,
};

export const secretKey = record<SecretKey>(
  {
    secret: objectName,
    key: text(/^[-._a-zA-Z0-9]+$/, {
      wanted: 'be a key of a Secret',
      fix: 'use letters, digits, -, _ and .',
    }),
  },
  'secret',
  'key',
);

/** As in a Pod: `{ value }`, `{ valueFrom: { secretKeyRef } }`. */
const isKubernetes = (value: unknown): boolean =>
  isRecord(value) && ('value' in value || 'valueFrom' in value);

const derived = record<Derived>({ from: oneOf(...(Object.keys(DERIVED_NAMES) as DerivedName[])) });

const kubernetes = passing<never>(() => false, {
  wanted: 'be a text, { secret, key } or { from }',
  fix: 'write the text alone, or the name and the key of the Secret as { secret, key }',
});

const written: Form<EnvValue> = when(
  (value) => typeof value === 'string',
  anything<string>(),
  when(
    has('from'),
    derived,
    when(
      isRecord,
      when(isKubernetes, kubernetes, secretKey),
      hinted(
        passing<never>(() => false, {
          wanted: 'be a text, { secret, key } or { from }',
          fix: 'put a number or a boolean in quotes',
        }),
        (value) => (Array.isArray(value) ? 'write the list as one text' : undefined),
      ),
    ),
  ),
);

/** A reference of one kind takes the place of the other. */
const envValue: Form<EnvValue> = formBy(written, {
  kind: 'marked',
  byMark: { from: derived, secret: secretKey },
});

/** As Kubernetes has it. A shell keeps no variable with a dot or a dash; other programs read them. */
const variable = hinted(
  text(/^[A-Za-z_.-][\w.-]*$/, {
    wanted: 'be the name of an environment variable',
    fix: 'use letters, digits, _, . and -, no digit first',
  }),
  (name) =>
    typeof name === 'string' && /^[A-Za-z_]/.test(name) ? `write ${name.replace(/\W/g, '_')}` : undefined,
);

export const envForm = hinted(each(variable, envValue), (value) =>
  Array.isArray(value) ? "write a record: { NAME: 'value' }" : undefined,
);

/** Kind, name, API version and namespace make an object the one that it is. */
const IDENTITY = /^(\/(kind|apiVersion|metadata(\/(name|namespace))?))?$/;

const place = text(/^(\/.*)?$/, { wanted: 'be a JSON pointer', fix: 'begin it with /' });

const pointer = all(
  place,
  passing<string>((value) => typeof value !== 'string' || !IDENTITY.test(value), {
    wanted: 'leave kind, apiVersion, name and namespace of the object alone',
    fix: 'patch what is below spec or data, or rename the tenant or pool',
  }),
);

const given = passing<Json>((value) => value !== undefined && value !== null, {
  wanted: 'be given',
  fix: 'write the value, or use remove',
});

const someString = passing<string>((value) => typeof value === 'string', {
  wanted: 'be a text, as every label and annotation is',
  fix: 'put it in quotes',
});

/** Labels and annotations, as one map and one by one. */
function valueAt(path: string): Find {
  if (/\/metadata\/(labels|annotations)$/.test(path)) return each(anything<string>(), someString);
  return /\/metadata\/(labels|annotations)\/[^/]+$/.test(path) ? someString : anything<Json>();
}

const NEEDS: Readonly<Record<string, readonly ('from' | 'value')[]>> = {
  add: ['value'],
  replace: ['value'],
  test: ['value'],
  move: ['from'],
  copy: ['from'],
};

const operation: Form<Operation> = formBy((value) => {
  const { op, path } = isRecord(value) ? value : {};
  return recordOf(
    {
      op: oneOf('add', 'replace', 'test', 'remove', 'move', 'copy'),
      path: op === 'test' ? place : pointer,
      from: op === 'copy' ? place : pointer,
      value: op === 'test' ? given : all(given, valueAt(String(path))),
    },
    'op',
    'path',
    ...(NEEDS[String(op)] ?? []),
  )(value);
});

const objectKey = text(/^(\*|[A-Z][A-Za-z]+)\/[a-z0-9*]([a-z0-9.*-]*[a-z0-9*])?$/, {
  wanted: 'be the kind and name of an object',
  fix: 'write it like "Deployment/worker-default", or "Deployment/*" for all of a kind',
});

export const patches: Form<Patches> = formBy(
  each(objectKey, list(operation, { least: 1, repeats: true, empty: 'remove the line' })),
);
