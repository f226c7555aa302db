// Where the passwords of Redis users come from, on the side of the server and of its clients.

import { PlainObject } from '../kube';
import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { IExternalSecret } from '@kubernetes-models/external-secrets/external-secrets.io/v1/ExternalSecret';
import type { IPassword } from '@kubernetes-models/external-secrets/generators.external-secrets.io/v1alpha1/Password';
import { sourceOf } from '../plan/secrets/strategies';
import type { WantedSecret } from '../plan/secrets/wanted';
import type { ResolvedEnvironment } from '../spec';

export interface PasswordsProps extends WantedSecret {
  readonly environment: ResolvedEnvironment;
}

/** Renders what puts the Secret there; nothing where somebody else does. */
export function passwords(scope: Construct, props: PasswordsProps): ApiObject[] {
  const source = sourceOf(props, props.environment);
  switch (source?.from) {
    case 'names':
      return [literalSecret(scope, props)];
    case 'generator':
      return generated(scope, props);
    case 'store':
      return [fromStore(scope, props, source.store, source.key)];
    case undefined:
      return [];
  }
}

/** Passwords enter URLs, so nothing in them needs escaping. */
const LENGTH = 32;

/** The same at every synth, and nobody takes it for a secret. */
export const literalPassword = (environment: string, of: string, user: string): string =>
  `not-a-secret_${environment}_${of}_${user}`.replace(/[^A-Za-z0-9_-]/g, '-').padEnd(LENGTH, '_');

/**
 * A Secret made of its own names, for clusters that may be thrown away. The key `login` holds user and password, as
 * Flower wants them: without a colon nobody could log in.
 */
export function literalSecret(
  scope: Construct,
  { secret, labels, environment, users, of }: Omit<PasswordsProps, 'take'>,
  login?: string,
): ApiObject {
  const value = (key: string): string =>
    `${key === login ? 'flower:' : ''}${literalPassword(environment.name, of, key)}`;
  // a Secret of the app may be called `web` or `flower`, as constructs beside it are
  // and the generated class copies all keys for each key
  return new PlainObject(scope, `secret-${secret}`, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: secret, labels },
    type: 'Opaque',
    // A shared broker that nobody uses yet has no users
    ...(users.length > 0 && { stringData: Object.fromEntries(users.map((user) => [user, value(user)])) }),
  });
}

function fromStore(scope: Construct, props: PasswordsProps, store: string, key: string): ApiObject {
  const { secret, labels, users, take } = props;
  const object: IExternalSecret = {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name: secret, labels },
    spec: {
      refreshInterval: '1m', // how soon a rotation in the store is seen
      secretStoreRef: { kind: 'ClusterSecretStore', name: store },
      target: { name: secret, creationPolicy: 'Owner', deletionPolicy: 'Retain' },
      ...(take === 'all'
        ? { dataFrom: [{ extract: { key } }] }
        : { data: users.map((user) => ({ secretKey: user, remoteRef: { key, property: user } })) }),
    },
  };
  return new PlainObject(scope, secret, { ...object });
}

/** `secretKeys` is newer than the published types: one password for each key. */
type PasswordGenerator = IPassword & { readonly spec: { readonly secretKeys: readonly string[] } };

/** The operator makes new values whenever it looks, so it looks once. */
function generated(scope: Construct, { secret, labels, users }: PasswordsProps): ApiObject[] {
  const generator: PasswordGenerator = {
    apiVersion: 'generators.external-secrets.io/v1alpha1',
    kind: 'Password',
    metadata: { name: secret, labels },
    spec: { length: LENGTH, symbols: 0, noUpper: false, allowRepeat: true, secretKeys: [...users] },
  };
  const object: IExternalSecret = {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name: secret, labels },
    spec: {
      refreshInterval: '0',
      target: { name: secret, creationPolicy: 'Owner', deletionPolicy: 'Retain' },
      dataFrom: [
        {
          sourceRef: {
            generatorRef: {
              apiVersion: 'generators.external-secrets.io/v1alpha1',
              kind: 'Password',
              name: secret,
            },
          },
        },
      ],
    },
  };
  const first = new PlainObject(scope, `${secret}-generator`, { ...generator });
  const second = new PlainObject(scope, secret, { ...object });
  second.addDependency(first);
  return [first, second];
}
