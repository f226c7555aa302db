// Who owns the Secrets that hold certificates.

import type { Tls } from './tls';

/** Whether somebody else puts the certificates there; cert-manager makes those of an issuer. */
export const certificatesElsewhere = (tls: Tls | undefined): boolean => tls !== undefined && 'secret' in tls;
