// Every strategy of secrets by the name that the contract gives it.

import type { ResolvedEnvironment } from '../../../spec';
import type { WantedSecret } from '../wanted';
import { existing } from './existing';
import { externalSecrets } from './external-secrets';
import { literal } from './literal';
import { pulumi } from './pulumi';
import type { SecretSource, SecretStrategy } from './strategy';

const STRATEGIES = { literal, existing, externalSecrets, pulumi };

/** The name and the shape of an environment's secrets belong together: the contract's types say so. */
export const strategyOf = ({ secrets }: Pick<ResolvedEnvironment, 'secrets'>): SecretStrategy =>
  STRATEGIES[secrets.strategy] as SecretStrategy;

export const sourceOf = (
  wanted: WantedSecret,
  environment: Pick<ResolvedEnvironment, 'secrets'>,
): SecretSource | undefined => strategyOf(environment).source(wanted, environment.secrets);
