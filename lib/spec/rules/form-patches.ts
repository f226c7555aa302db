// The form of patches.

import type { Operation, Patches } from '../values';
import type { Json } from '../units';
import { formBy, passing } from './kind';
import type { Find, Form } from './kind';
import { anything, oneOf, text } from './kinds';
import { isRecord } from '../../kube/json';
import { all, each, list, recordOf } from './shapes';

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

const someString = passing<string>(
  (value) => typeof value === 'string',
  { wanted: 'be a text, as every label and annotation is', fix: 'put it in quotes' },
  { type: 'string' },
);

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

const operation: Form<Operation> = formBy(
  (value) => {
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
  },
  undefined,
  {
    kind: 'value',
    value: {
      type: 'object',
      properties: {
        op: { enum: ['add', 'replace', 'test', 'remove', 'move', 'copy'] },
        path: { type: 'string' },
        from: { type: 'string' },
        value: {},
      },
      required: ['op', 'path'],
      additionalProperties: false,
    },
  },
);

const objectKey = text(/^(\*|[A-Z][A-Za-z]+)\/[a-z0-9*]([a-z0-9.*-]*[a-z0-9*])?$/, {
  wanted: 'be the kind and name of an object',
  fix: 'write it like "Deployment/worker-default", or "Deployment/*" for all of a kind',
});

export const patches: Form<Patches> = formBy(
  each(objectKey, list(operation, { least: 1, repeats: true, empty: 'remove the line' })),
);
