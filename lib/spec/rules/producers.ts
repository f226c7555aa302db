// Programs of other namespaces that send tasks to a tenant.

import type { ResolvedTenant } from '../resolved';
import { show, unless } from './finding';
import type { Finding, Rule } from './finding';

/** Its own namespace lets in what says that it talks to the broker, and that is a process. */
const elsewhere = ({ namespace, producers }: ResolvedTenant): readonly Finding[] =>
  Object.entries(producers).flatMap(([name, producer]) =>
    unless(producer.namespace !== namespace, () => ({
      path: ['producers', name, 'namespace'],
      wanted: 'be another namespace than that of the tenant',
      got: show(producer.namespace),
      fix: 'say the program in processes',
    })),
  );

/** No policy of Stalk's stands before a Redis outside the cluster. */
const reachable = ({ broker, producers }: ResolvedTenant): readonly Finding[] =>
  unless(Object.keys(producers).length === 0 || broker.redis.topology !== 'external', () => ({
    path: ['producers'],
    wanted: 'not be given with a broker that somebody else runs: no policy of Stalk stands before it',
    got: show(producers),
    fix: 'remove it, and let the pods reach that Redis by a policy of their own namespace',
  }));

export const producerRules: readonly Rule[] = [
  { what: 'a producer is in a namespace of its own', of: elsewhere },
  { what: 'a producer can be let in to the broker', of: reachable },
];
