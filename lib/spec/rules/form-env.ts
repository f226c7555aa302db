// The form of environment variables, and how people write them elsewhere.

import { isRecord } from '../../kube/json';
import { hinted, impossible } from './kind';
import { text } from './kinds';
import { when } from './shapes';

/** As Kubernetes has it. A shell keeps no variable with a dot or a dash; other programs read them. */
export const variable = hinted(
  text(/^[A-Za-z_.-][\w.-]*$/, {
    wanted: 'be the name of an environment variable',
    fix: 'use letters, digits, _, . and -, no digit first',
  }),
  (name) =>
    typeof name === 'string' && /^[A-Za-z_]/.test(name) ? `write ${name.replace(/\W/g, '_')}` : undefined,
);

/** Begins the name of a variable. */
export const variablePrefix = text(/^[A-Za-z_][\w.-]*$/, {
  wanted: 'begin the name of an environment variable',
  fix: 'use letters, digits, _, . and -, no digit first: "APP_"',
});

/** As in a Pod: `{ value }`, `{ valueFrom: { secretKeyRef } }`. */
const isKubernetes = (value: unknown): boolean =>
  isRecord(value) && ('value' in value || 'valueFrom' in value);

export const isKeyOfSecret = (value: unknown): boolean => isRecord(value) && !isKubernetes(value);

const WANTED = 'be a text, { secret, key } or { from }';

/** A value that no variable has. */
export const notAVariable = when(
  isRecord,
  impossible({
    wanted: WANTED,
    fix: 'write the text alone, or the name and the key of the Secret as { secret, key }',
  }),
  hinted(impossible({ wanted: WANTED, fix: 'put a number or a boolean in quotes' }), (value) =>
    Array.isArray(value) ? 'write the list as one text' : undefined,
  ),
);
