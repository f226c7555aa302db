// The form of values that point elsewhere: environment variables, egress, patches.

import { isIP } from 'node:net';
import type { CidrPeer, Derived, DerivedName, Egress, PodPeer, SecretKey } from '../values';
import {
  all,
  anything,
  each,
  has,
  isRecord,
  list,
  objectName,
  oneOf,
  port,
  record,
  someText,
  text,
  that,
  when,
} from './kinds';
import type { Kind } from './kinds';

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

const envValue: Kind = when(
  (value) => typeof value === 'string',
  anything,
  when(
    has('from'),
    record<Derived>({ from: oneOf(...Object.keys(DERIVED_NAMES)) }),
    when(
      isRecord,
      secretKey,
      that(() => false, {
        wanted: 'be a text, { secret, key } or { from }',
        fix: 'put a number or a boolean in quotes',
      }),
    ),
  ),
);

const variable = text(/^[A-Za-z_][A-Za-z0-9_]*$/, {
  wanted: 'be the name of an environment variable',
  fix: 'use letters, digits and _, no digit first',
});

export const env = each(variable, envValue);

/** `10.20.0.0/16` or `fd00::/8`; a prefix length is required, as in a network policy. */
function isCidr(value: unknown): boolean {
  const [address, length, ...more] = String(value).split('/');
  const version = isIP(address ?? '');
  const bits = version === 4 ? 32 : 128;
  return version > 0 && more.length === 0 && /^\d{1,3}$/.test(length ?? '') && Number(length) <= bits;
}

export const cidr = that(isCidr, {
  wanted: 'be addresses with the length of their prefix',
  fix: 'write them like 10.20.0.0/16',
});

export const labels = all(
  each(anything, someText),
  that((value) => isRecord(value) && Object.keys(value).length > 0, {
    wanted: 'name at least one label',
    fix: 'write it like { app: … }, or every pod would match',
  }),
);

const destination = when(
  has('cidr'),
  record<CidrPeer>({ cidr, except: list(cidr) }),
  when(
    isRecord,
    record<PodPeer>({ pods: labels, namespace: objectName }, 'pods', 'namespace'),
    oneOf('internet'),
  ),
);

export const egress = list(record<Egress>({ to: destination, ports: list(port, { least: 1 }) }, 'to'));

/** Kind, name, API version and namespace make an object the one that it is. */
const IDENTITY = /^(\/(kind|apiVersion|metadata(\/(name|namespace))?))?$/;

const place = text(/^(\/.*)?$/, { wanted: 'be a JSON pointer', fix: 'begin it with /' });

const pointer = all(
  place,
  that((value) => !IDENTITY.test(String(value)), {
    wanted: 'leave kind, apiVersion, name and namespace of the object alone',
    fix: 'patch what is below spec or data, or rename the tenant or pool',
  }),
);

const given = that((value) => value !== undefined && value !== null, {
  wanted: 'be given',
  fix: 'write the value, or use remove',
});

const someString = that((value) => typeof value === 'string', {
  wanted: 'be a text, as every label and annotation is',
  fix: 'put it in quotes',
});

/** Labels and annotations, as one map and one by one. */
function valueAt(path: string): Kind {
  if (/\/metadata\/(labels|annotations)$/.test(path)) return each(anything, someString);
  return /\/metadata\/(labels|annotations)\/[^/]+$/.test(path) ? someString : anything;
}

const NEEDS: Readonly<Record<string, readonly ('from' | 'value')[]>> = {
  add: ['value'],
  replace: ['value'],
  test: ['value'],
  move: ['from'],
  copy: ['from'],
};

const operation: Kind = (value) => {
  const { op, path } = isRecord(value) ? value : {};
  return record<Record<'op' | 'path' | 'from' | 'value', unknown>>(
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
};

const objectKey = text(/^(\*|[A-Z][A-Za-z]+)\/[a-z0-9*]([a-z0-9.*-]*[a-z0-9*])?$/, {
  wanted: 'be the kind and name of an object',
  fix: 'write it like Deployment/worker-default, or Deployment/* for all of a kind',
});

export const patches = each(objectKey, list(operation, { least: 1, repeats: true }));
