// Passwords: none is rendered outside a disposable cluster, and Celery's settings hold none anywhere.

import { isRecord } from '../kube/json';
import { collect, breachUnless, walk } from './law';
import type { Breach, Law } from './law';
import type { Base } from './kinds';
import { ofKind } from './leaf';
import type { LeafView } from './leaf';
import { isPlain } from '../spec/rules';
import { PROGRAM } from './form';
import { SETTINGS, SETTINGS_KEY, settingsOf } from './settings';

/** `redis://user:password@host`, where the password is more than a reference to a variable. */
const PASSWORD_IN_URL = /[a-z]:\/\/[^\s/:@]*:(?!\$\()[^\s/@]+@/;
/** What `literal` secrets are made of. */
const MADE_OF_NAMES = /not-a-secret/;
const SECRET_NAME = /(PASSWORD|PASSWD|SECRET|TOKEN|API_KEY|DBPASS|SECRET_KEY)$/;

const noSecrets: Law = {
  name: 'outside a disposable cluster nothing looks like a password, and no Secret is rendered',
  check: (leaf) =>
    leaf.disposable
      ? []
      : [
          ...leaf.objects.flatMap((object) => [
            ...breachUnless(
              !isPlainSecret(object),
              object.id,
              ' must come from a store or from somebody else, got a Secret in plain text',
            ),
            ...collect(object, (value, path) =>
              typeof value === 'string' && !PROGRAM.test(path) && isPassword(withoutPlain(value, leaf))
                ? ' must hold no password; take it from a Secret'
                : undefined,
            ),
            ...collect(object, (value) =>
              isSecretVariable(value, leaf)
                ? ' must take its value from a Secret, got plain text'
                : undefined,
            ),
          ]),
          ...ofKind(leaf, 'ConfigMap').flatMap(({ id, data = {} }) =>
            Object.entries(data).flatMap(([key, value]) =>
              breachUnless(
                !SECRET_NAME.test(key) || isNone(value, leaf),
                id,
                `.data.${key} must be in a Secret, got plain text`,
              ),
            ),
          ),
        ],
};

/** One of a user's own may be encrypted by SOPS, or be filled by the cluster. */
const isPlainSecret = ({ kind, own, raw }: Base): boolean =>
  kind === 'Secret' &&
  (own || !isRecord(raw) || (!('sops' in raw) && ('data' in raw || 'stringData' in raw)));

const isPassword = (text: string): boolean => PASSWORD_IN_URL.test(text) || MADE_OF_NAMES.test(text);

type Said = Pick<LeafView, 'plain'>;

const isNone = (text: string, { plain }: Said): boolean => isPlain(text) || plain.includes(text);

const withoutPlain = (text: string, { plain }: Said): string =>
  plain.reduce((rest, said) => rest.replaceAll(said, ''), text);

const isSecretVariable = (node: unknown, leaf: Said): boolean =>
  isRecord(node) &&
  typeof node['value'] === 'string' &&
  !isNone(node['value'], leaf) &&
  typeof node['name'] === 'string' &&
  SECRET_NAME.test(node['name']);

const LOGIN = /:\/\/[^/]*@/;

const settingsHoldNoPassword: Law = {
  name: 'the settings and URLs of Celery hold no user and no password, in no environment',
  check: (leaf) => {
    const found: Breach[] = [];
    walk(settingsOf(leaf)?.all, (value, path) => {
      if (typeof value === 'string' && LOGIN.test(value))
        found.push(
          ...breachUnless(false, SETTINGS, `${SETTINGS_KEY}${path} must hold no user and no password`),
        );
    });
    const variables = ofKind(leaf, 'ConfigMap').flatMap(({ id, data = {} }) =>
      ['CELERY_BROKER_URL', 'CELERY_RESULT_BACKEND'].flatMap((key) =>
        breachUnless(!LOGIN.test(data[key] ?? ''), id, `.data.${key} must hold no user and no password`),
      ),
    );
    return [...found, ...variables];
  },
};

export const secretLaws: readonly Law[] = [noSecrets, settingsHoldNoPassword];
