// Where Redis passwords come from.

import { optional, props, required } from './props';
import type { Contract, PropsOf } from './props';
import { storePath, strategy } from './rules/form-names';
import { hinted } from './rules/kind';
import type { Form } from './rules/kind';
import { flag, objectName } from './rules/kinds';
import { named, only } from './rules/shapes';
import { show } from './rules/show';

/** Passwords derived from names, in plain sight: only where the environment is `disposable`. */
export interface LiteralSecrets extends Contract, PropsOf<typeof literal> {}

const literal = props({ strategy: required(only('literal', strategy)) });

/** Secrets that somebody else puts there: `redis-users` beside a broker, `redis-credentials` beside its tenants. */
export interface ExistingSecrets extends Contract, PropsOf<typeof existing> {}

const existing = props({ strategy: required(only('existing', strategy)) });

/** External Secrets Operator reads one store for both sides. */
export interface ExternalSecretsStore extends Contract, PropsOf<typeof externalSecrets> {}

const externalSecrets = props({
  strategy: required(only('externalSecrets', strategy)),

  /** Name of a ClusterSecretStore. */
  store: required(objectName),

  /** Path in it; `<path>/brokers/<broker>` holds one property for each Redis user, `<user>.next` in a rotation. */
  path: required(storePath),

  /**
   * Let the operator make up the passwords of dedicated brokers, once.
   * @default false (they are read from the store as well)
   */
  generate: optional(flag),
});

/** Passwords from Pulumi's stack configuration; the charts hold references only. */
export interface PulumiSecrets extends Contract, PropsOf<typeof pulumi> {}

const pulumi = props({ strategy: required(only('pulumi', strategy)) });

export type Secrets = LiteralSecrets | ExistingSecrets | ExternalSecretsStore | PulumiSecrets;

export const secretsForm: Form<Secrets> = hinted(
  named('strategy', { literal, existing, externalSecrets, pulumi }, literal),
  (value) => (typeof value === 'string' ? `write { strategy: ${show(value)} }` : undefined),
);
