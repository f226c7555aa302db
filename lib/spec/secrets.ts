// Who owns the Secrets that hold Redis passwords and certificates.

import type { Tls } from './redis';
import type { ResolvedEnvironment } from './resolved';

/** Whether somebody else puts them there: Stalk renders references only. */
export const ownedElsewhere = ({ secrets }: ResolvedEnvironment): boolean =>
  secrets.strategy === 'existing' || secrets.strategy === 'pulumi';

/** Whether somebody else puts the certificates there; cert-manager makes those of an issuer. */
export const certificatesElsewhere = (tls: Tls | undefined): boolean => tls !== undefined && 'secret' in tls;
