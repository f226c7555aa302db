// Who owns the Secrets that hold Redis passwords.

import type { ResolvedEnvironment } from './resolved';

/** Whether somebody else puts them there: Stalk renders references only. */
export const ownedElsewhere = ({ secrets }: ResolvedEnvironment): boolean =>
  secrets.strategy === 'existing' || secrets.strategy === 'pulumi';
