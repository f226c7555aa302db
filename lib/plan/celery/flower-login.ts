// Who may look at Flower, as it reads it.

import type { EnvValue, FlowerAuth } from '../../spec';

/** Its own names begin with `FLOWER_`; a proxy lets in whom it knows, and Flower asks nobody. */
export function flowerVariables(auth: FlowerAuth): Readonly<Record<string, EnvValue>> {
  if (auth === 'proxy') return {};
  if ('key' in auth) return { FLOWER_BASIC_AUTH: auth };
  const { secret, user, password } = auth;
  return {
    [USER]: { secret, key: user },
    [PASSWORD]: { secret, key: password },
    FLOWER_BASIC_AUTH: `$(${USER}):$(${PASSWORD})`,
  };
}

const USER = 'STALK_FLOWER_USER';
const PASSWORD = 'STALK_FLOWER_PASSWORD';
