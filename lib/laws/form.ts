// The form of every object: its API version, its fields, their types, and no value that is a slip.

import { collect, breachUnless, walk } from './law';
import type { Breach, Law } from './law';
import { called } from './leaf';
import type { LeafView } from './leaf';
import { SETTINGS, SETTINGS_KEY, settingsOf } from './settings';
import { apiVersionOf } from './versions';
import { show } from './words';

/** While an object breaks this law, no other law is told of it: what they would say follows from this. */
export const types: Law = {
  name: 'every field has a value of its type, and none that Kubernetes needs is missing',
  check: ({ readings }) =>
    readings.flatMap(({ object: { id, raw }, flaws }) => {
      const fieldBreaches = flaws
        .filter(({ about }) => about === 'type')
        .map(({ text }) => ({ object: id, text: `${id}${text}` }));
      const nulls = collect({ id, raw }, (value) =>
        value === null ? ' must be a value, got null; leave the field out' : undefined,
      );
      return [
        ...fieldBreaches,
        ...nulls.filter((found) => !fieldBreaches.some(({ text }) => sameField(text, found.text))),
      ];
    }),
};

const sameField = (a: string, b: string): boolean => a.split(' must ')[0] === b.split(' must ')[0];

const fields: Law = {
  name: 'every field is known to Kubernetes 1.27',
  check: ({ readings }) =>
    readings.flatMap(({ object: { id }, flaws }) =>
      flaws
        .filter(({ about }) => about === 'unknown')
        .map(({ text }) => ({ object: id, text: `${id}${text}` })),
    ),
};

const versions: Law = {
  name: 'only API versions of Kubernetes 1.27 are used',
  check: ({ objects }) =>
    objects
      .filter(({ own }) => own)
      .flatMap(({ id, kind, apiVersion }) =>
        breachUnless(
          apiVersion === apiVersionOf(kind),
          id,
          `.apiVersion must be ${show(apiVersionOf(kind))}, got ${show(apiVersion)}`,
        ),
      ),
};

const values: Law = {
  name: 'no value is empty or a slip of JavaScript',
  check: (leaf) => [
    ...leaf.objects
      .filter(({ own }) => own)
      .flatMap((object) => collect(object, (value, path) => slip(value, path, object.kind))),
    ...ofSettings(leaf),
  ],
};

function ofSettings(leaf: LeafView): Breach[] {
  const text = called(leaf, 'ConfigMap', 'celery-settings')?.data?.['settings.json'];
  const settings = settingsOf(leaf);
  if (settings === undefined)
    return breachUnless(
      text === undefined,
      SETTINGS,
      `${SETTINGS_KEY} must be an object of JSON, got ${show(text)}`,
    );
  const found: Breach[] = [];
  walk(settings.all, (value, path) => {
    const said = path === '' ? undefined : (slip(value, path, '') ?? none(value));
    if (said !== undefined) found.push(...breachUnless(false, SETTINGS, `${SETTINGS_KEY}${path}${said}`));
  });
  return found;
}

const none = (value: unknown): string | undefined =>
  value === null ? ' must be a value, got null; leave the field out' : undefined;

const SLIPS = /\bundefined\b|\bNaN\b|\[object [A-Z]\w*\]|^null$/;

/** Programs may use such words. */
export const PROGRAM =
  /^\.data(\.users|\.probe|\['(stalk_\w+|users|users-plan|users-note|probe)\.(py|sh|awk)'\])/;

/** Kubernetes gives these a meaning. */
const MAY_BE_EMPTY = /\.(emptyDir|podSelector|namespaceSelector)$/;

/** An object of the core API, such as a Service. */
const CORE_GROUP = /\.backendRefs\[\d+\]\.group$/;

const ENV_VALUE = /\.env\[\d+\]\.value$/;

function slip(value: unknown, path: string, kind: string): string | undefined {
  if (value === undefined || Number.isNaN(value)) return ` must be a value, got ${String(value)}`;
  return typeof value === 'string' ? slipInText(value, path, kind) : hollow(value, path);
}

function slipInText(text: string, path: string, kind: string): string | undefined {
  if (SLIPS.test(text) && !PROGRAM.test(path)) return ` must be text that somebody wrote, got ${show(text)}`;
  const mayBeEmpty =
    ENV_VALUE.test(path) || CORE_GROUP.test(path) || (kind === 'ConfigMap' && path.startsWith('.data'));
  return text === '' && !mayBeEmpty ? ` must be text, got ""; leave the field out` : undefined;
}

function hollow(value: unknown, path: string): string | undefined {
  const empty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  return empty && !MAY_BE_EMPTY.test(path)
    ? ` must hold something, got ${show(value)}; leave the field out`
    : undefined;
}

export const formLaws: readonly Law[] = [types, fields, versions, values];
