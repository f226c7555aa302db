// Secrets that somebody else puts into the cluster.

import type { SecretStrategy } from './strategy';

export const existing: SecretStrategy<'existing'> = {
  ownedElsewhere: true,
  makesAppSecrets: false,
  filledByStack: false,
  source: () => undefined,
};
