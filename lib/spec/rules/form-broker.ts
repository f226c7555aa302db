// The form of a tenant's broker in one environment, which knows the names of its shared ones.

import { nearest } from '../nearest';
import { props, required } from '../props';
import { brokerUse } from '../broker-use';
import { movingLines } from '../moving';
import type { TenantBroker } from '../moving';
import type { PropLines } from '../props';
import { redisAsItWas, redisWith } from '../redis';
import { isRecord } from '../../kube/json';
import { show } from './finding';
import type { Finding } from './finding';
import { BROKERS } from './form-guesses';
import { redisRecord } from './form-redis';
import { formBy, hinted, passing, textOf } from './kind';
import type { Form } from './kind';
import { has } from './shapes';

/** Where a tenant's messages go: a place on one of these brokers, or a Redis of its own; and the one that it leaves. */
export function brokerOf(brokers: readonly string[]): Form<TenantBroker> {
  const more = movingLines(sideOf(brokers, place(brokers, {}), redisAsItWas));
  return sideOf(brokers, place(brokers, more), redisWith(more));
}

const sideOf = <U, R>(brokers: readonly string[], use: Form<U>, own: Form<R>): Form<U | R> =>
  hinted(redisRecord(placeOr(use, own)), (value) =>
    brokers.includes(textOf(value)) ? `write { shared: ${show(value)} }` : undefined,
  );

/** Props of a place alone say that it is one, without its name too. */
const isPlace = (value: unknown): boolean =>
  has('shared')(value) || (!has('topology')(value) && (has('isolation')(value) || has('group')(value)));

/** Which broker it is, under nearly the right name: without it nothing is known of the other props. */
function misspelt(value: unknown): readonly Finding[] | undefined {
  if (!isRecord(value) || has('shared')(value) || has('topology')(value)) return undefined;
  const found = Object.keys(value).flatMap((key) => {
    const meant = nearest(key, ['shared', 'topology']);
    return meant === undefined
      ? []
      : [{ path: [key], wanted: 'be a known prop', got: show(value[key]), fix: `write ${meant}` }];
  });
  return found.length > 0 ? found : undefined;
}

/** Another kind of broker begins anew: what keeps keys apart on a shared Redis says nothing about one's own. */
const placeOr = <U, R>(use: Form<U>, own: Form<R>): Form<U | R> =>
  formBy((value) => misspelt(value) ?? (isPlace(value) ? use : own)(value), {
    kind: 'apart',
    mark: 'shared',
    marked: use,
    other: own,
  });

function place<P extends PropLines>(brokers: readonly string[], more: P) {
  const shared = passing<string>((name) => brokers.includes(textOf(name)), {
    wanted: 'name a shared broker of the environment',
    fix:
      brokers.length > 0
        ? `use ${brokers.map(show).join(' or ')}`
        : 'add it to the environment or ask for a topology',
  });
  return props({
    ...brokerUse.lines,
    ...more,
    shared: required(
      hinted(shared, (name) => {
        const near = nearest(textOf(name), brokers);
        return near === undefined ? BROKERS(name) : `use ${show(near)}`;
      }),
    ),
  });
}
