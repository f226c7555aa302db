// Both sides of a tenant that moves to another broker, and what programs of one side know of the other.
//
// `STALK_MOVING` is JSON, in every program that runs the app's code (stalk_moving.py):
//   side           `old` in a pod that drains, whose own broker is the old one; `new` in all others
//   user           Redis user on the other side
//   password_file  file with its password
//   queues         those of the app that its pools consume
//   lists          whether the user of the old side may list its keys and clients, as it may on a Redis of its own
//   queue          first part of the queues of the other side, as STALK_QUEUE says it of the own one; may be absent
//   settings       Celery settings of the other side, as STALK_CELERY has those of the own one: addresses, transport
//                  options, prefixes and where results are. Certificates that their URLs name are those of the other side.
// It holds no password.

import type { ResolvedTenant } from '../../spec';
import { brokerEndpoint, cacheEndpoint } from '../redis/broker';
import { appQueue } from '../../spec/isolation';
import { consumedQueues } from '../redis/keyspace';
import { MOVING_TLS_DIR } from '../redis/tls';
import type { Variable } from '../process';
import type { AppContext, ClientRole, MovingContext, MovingSide } from './context';
import { MOVING_PASSWORD_DIR } from './paths';
import { celerySettings, OLD_SETTINGS_FILE } from './settings';

export const MOVING_VARIABLE = 'STALK_MOVING';

/** By the side that reads them: pools alone drain the old broker. */
const TOLD: Readonly<Record<MovingSide, readonly ClientRole[]>> = { old: ['worker'], new: ['worker', 'web'] };

const keyOf = (side: MovingSide, role: ClientRole): string =>
  role === 'worker' ? `told-to-${side}.json` : `told-to-${side}-${role}.json`;

/** A tenant's programs, where its broker is. */
export function contextOf(tenant: ResolvedTenant): AppContext {
  const cache = cacheEndpoint(tenant);
  return { tenant, broker: brokerEndpoint(tenant), ...(cache && { cache }) };
}

/** Of the broker that it uses, and of the one that it leaves. */
export function sidesOfApp(tenant: ResolvedTenant): { readonly app: AppContext; readonly old?: AppContext } {
  const app = contextOf(tenant);
  if (tenant.moving === undefined) return { app };
  const old = contextOf(tenant.moving);
  return {
    app: { ...app, moving: { side: 'new', other: asOther(old) } },
    old: { ...old, moving: { side: 'old', other: asOther(app) } },
  };
}

/** Its certificates lie in a folder of their own, beside those of the own side. */
const asOther = ({ tenant, broker }: AppContext): MovingContext['other'] => ({
  tenant,
  broker: { ...broker, ...(broker.tls && { tlsFolder: MOVING_TLS_DIR }) },
});

/** Texts that the sides are told, by the key of the config. */
export const movingTexts = (sides: readonly AppContext[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    sides.flatMap(({ tenant, moving }) =>
      moving
        ? TOLD[moving.side].map((role) => [
            keyOf(moving.side, role),
            `${JSON.stringify(toldOf(tenant, moving, role), null, 2)}\n`,
          ])
        : [],
    ),
  );

const toldOf = (own: ResolvedTenant, { side, other }: MovingContext, role: ClientRole) => ({
  side,
  queues: namedByApp(own),
  lists: mayList(side === 'old' ? own : other.tenant),
  user: other.tenant.broker.users[role],
  password_file: `${MOVING_PASSWORD_DIR}/password`,
  ...(other.tenant.broker.queueBase !== undefined && { queue: other.tenant.broker.queueBase }),
  settings: celerySettings(other),
});

const namedByApp = (tenant: ResolvedTenant): readonly string[] =>
  consumedQueues(tenant).map((queue) => appQueue(tenant.broker.queueBase, queue));

/** Also where nobody else has keys: the rules of its users say so, or there are none. */
function mayList({ broker: { kind, prefix, redis, alsoCache } }: ResolvedTenant): boolean {
  const isEverybody = redis.topology === 'external' && redis.acl === undefined;
  return kind === 'dedicated' && prefix === '' && (isEverybody || alsoCache);
}

/** What a program reads of the other side. */
export const movingVariable = ({ side }: MovingContext, role: ClientRole): Variable => ({
  name: MOVING_VARIABLE,
  config: OLD_SETTINGS_FILE.config,
  key: keyOf(side, role),
});
