// Secrets that External Secrets brings from a store, or makes where both sides read the same Secret.

import type { SecretStrategy } from './strategy';

export const externalSecrets: SecretStrategy<'externalSecrets'> = {
  ownedElsewhere: false,
  makesAppSecrets: false,
  filledByStack: false,
  source: ({ of, foreign }, { generate, store, path }) =>
    generate && of.startsWith('tenants/') && foreign === undefined
      ? { from: 'generator' }
      : { from: 'store', store, key: `${path}/${of}` },
};
