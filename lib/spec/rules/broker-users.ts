// How many tenants a shared broker can have: their passwords lie in one Secret.

import type { ResolvedEnvironment, ResolvedTenant } from '../resolved';
import { byKey } from './cross';
import { unless } from './finding';
import type { Finding } from './finding';

/**
 * What etcd takes of one object (`--max-request-bytes`), less room for its labels. It comes before the 1 MiB of values
 * that the API server takes, and before the 256 KiB at which `kubectl apply` ends for the ConfigMap of rules.
 * @see https://etcd.io/docs/v3.5/dev-guide/limit/
 */
export const SECRET_ROOM = 1.5 * 1024 ** 2 - 16 * 1024;

/**
 * What Kubernetes takes of annotations, less room for the rest of the object: plain `kubectl apply` writes the whole Secret
 * into one, and only passwords that are rendered are applied so.
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/
 */
export const LITERAL_ROOM = 256 * 1024 - 2 * 1024;

/** A key stands in the data and in the list of who owns which field; 16 bytes are around each (measured: 14). */
const entry = (key: string, value: number): number => 2 * key.length + value + 16;

/** Of every password that Stalk does not make of names, in `docs/secrets.md`. */
const PASSWORD = 32;

const inKib = (bytes: number): string => `${Math.ceil(bytes / 1024)} KiB`;

/** `"<key>":"<value>",` */
const inJson = (key: string, value: string): number => key.length + value.length + 6;

/** Bytes of a user: its password, and the next one, as all may be rotated at once. */
function bytesOf(user: string, broker: string, { name, secrets }: ResolvedEnvironment): number {
  if (secrets.strategy === 'literal') return inJson(user, `not-a-secret_${name}_brokers-${broker}_${user}`);
  return entry(user, PASSWORD) + entry(`${user}.next`, PASSWORD);
}

interface Room {
  readonly bytes: number;
  readonly wanted: string;
  readonly fix: string;
}

const ANOTHER = 'make a second shared broker, and name it in broker.shared of some of them';

const IN_ETCD: Room = {
  bytes: SECRET_ROOM,
  wanted: `have users whose passwords fit into one Secret of ${inKib(SECRET_ROOM)}`,
  fix: ANOTHER,
};

const IN_AN_ANNOTATION: Room = {
  bytes: LITERAL_ROOM,
  wanted: `have users whose literal passwords fit into the ${inKib(LITERAL_ROOM)} that plain kubectl apply takes of an object`,
  fix: `${ANOTHER}, or use secrets: { strategy: 'existing' }`,
};

export function usersFit(
  tenants: readonly ResolvedTenant[],
  environment: ResolvedEnvironment,
): readonly Finding[] {
  const room = environment.secrets.strategy === 'literal' ? IN_AN_ANNOTATION : IN_ETCD;
  const shared = tenants.filter(
    ({ broker }) => broker.kind === 'shared' && broker.redis.topology !== 'external',
  );
  return [...byKey(shared, ({ broker }) => broker.name)].flatMap(([name, clients]) => {
    const users = new Set(clients.flatMap(({ broker }) => Object.values(broker.users) as string[]));
    const bytes = [...users].reduce((sum, user) => sum + bytesOf(user, name, environment), 0);
    return unless(bytes <= room.bytes, () => ({
      path: ['brokers', name],
      wanted: room.wanted,
      got: `${inKib(bytes)} for ${clients.length} tenants`,
      fix: room.fix,
    }));
  });
}
