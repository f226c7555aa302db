// Secrets that a Pulumi stack fills from its configuration.

import type { SecretStrategy } from './strategy';

export const pulumi: SecretStrategy<'pulumi'> = {
  ownedElsewhere: true,
  makesAppSecrets: false,
  filledByStack: true,
  source: () => undefined,
};
