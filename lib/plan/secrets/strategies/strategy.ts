// What Stalk asks every strategy of secrets: a new one is a file that answers this, and a line in index.ts.

import type { Secrets } from '../../../spec/strategies';
import type { WantedSecret } from '../wanted';

type Name = Secrets['strategy'];

export interface SecretStrategy<N extends Name = Name> {
  /** Whether somebody else puts the Secrets there: pods say so in an annotation. */
  readonly ownedElsewhere: boolean;
  /** Whether Secrets that only the app reads are made as well. */
  readonly makesAppSecrets: boolean;
  /** Whether a Pulumi stack fills them. */
  readonly filledByStack: boolean;
  /** Where the values come from; absent where Stalk renders nothing. */
  source(wanted: WantedSecret, secrets: Extract<Secrets, { readonly strategy: N }>): SecretSource | undefined;
}

export type SecretSource =
  /** Made of the names, for clusters that may be thrown away. */
  | { readonly from: 'names' }
  | { readonly from: 'store'; readonly store: string; readonly key: string }
  /** Random ones, made in the cluster. */
  | { readonly from: 'generator' };
