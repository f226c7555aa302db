// Who lets people into Flower: a user and a password of its own, or a proxy before it.

import { props, required } from './props';
import type { Contract, PropsOf } from './props';
import { formBy } from './rules/kind';
import type { Form } from './rules/kind';
import { objectName, oneOf } from './rules/kinds';
import { has, when } from './rules/shapes';
import { keyName, secretKey } from './values';
import type { SecretKey } from './values';

/** User and password of Flower's basic auth under two keys of one Secret. */
export interface FlowerLogin extends Contract, PropsOf<typeof flowerLogin> {}

const flowerLogin = props({
  /** Name of the Secret. */
  secret: required(objectName),

  /** Key of the user. */
  user: required(keyName),

  /** Key of the password; it holds no comma, at which Flower parts its logins. */
  password: required(keyName),
});

export type FlowerAuth = SecretKey | FlowerLogin | 'proxy';

const secretOrLogin = when(has('user'), flowerLogin, secretKey);

export const flowerAuth: Form<FlowerAuth> = formBy(
  when((value) => value === 'proxy', oneOf('proxy'), secretOrLogin),
  { kind: 'marked', byMark: { user: flowerLogin, key: secretKey } },
);
