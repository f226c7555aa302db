// A Secret that pods read, whoever puts it there.

import type { Labels } from '../../kube/labels';

export interface WantedSecret {
  /** Name of the Secret: one key for each user. */
  readonly secret: string;
  readonly labels: Labels;
  readonly users: readonly string[];
  /** What the users belong to, in the store and in literal values: `brokers/shared`, `tenants/acme/redis`. */
  readonly of: string;
  /** `all` takes every property that the store has, so that `<user>.next` comes by itself in a rotation. */
  readonly take: 'all' | 'named';
  /** Keys of other systems, which enter no URL: any text is right. */
  readonly anyText?: true;
  /** Somebody else's server has the passwords: none may be made up here. */
  readonly foreign?: true;
}
