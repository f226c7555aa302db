// Values made of names, for clusters that may be thrown away.

import type { SecretStrategy } from './strategy';

export const literal: SecretStrategy<'literal'> = {
  ownedElsewhere: false,
  makesAppSecrets: true,
  filledByStack: false,
  source: () => ({ from: 'names' }),
};
