// Laws about whole clusters: who reaches whom, and what clients and brokers say about each other.

import { agreementLaws } from '../support/laws/agreement';
import { judgeClusters } from '../support/laws/judge';
import { networkLaws } from '../support/laws/network';
import { tlsClusterLaws } from '../support/laws/tls';

judgeClusters([...networkLaws, ...agreementLaws, ...tlsClusterLaws]);
