// The form of an environment and its tenants: what must hold before a number can be derived from it.

import { environment as environmentTable } from '../environment';
import type { Environment } from '../environment';
import { optional, props } from '../props';
import { onlyShared } from '../resolve-redis';
import { tenant } from '../tenant';
import type { Tenant } from '../tenant';
import { quoted } from './finding';
import type { Finding } from './finding';
import { brokerOf } from './form-broker';
import { patches } from './form-patches';
import { prop } from './shapes';
import { movingVersions } from './versions';

export const formOfEnvironment = (asked: Environment): readonly Finding[] => [
  ...environmentTable(asked),
  ...movingVersions(asked),
];

/** What is wrong with a tenant that has its overlay on, before anything is derived from it. */
export function formOf(environment: Environment): (asked: Tenant) => readonly Finding[] {
  const brokers = Object.keys(environment.brokers ?? {});
  const kind = props({ ...tenant.lines, broker: optional(brokerOf(brokers)) });
  const needed = onlyShared(environment.brokers) === undefined;
  const overlaid = prop('overlays', prop(environment.name, prop('patches', patches)));
  return (asked) => [
    ...kind(asked),
    ...(asked.overlays?.[environment.name]?.patches === undefined ? [] : overlaid(asked)),
    ...(needed && asked.broker === undefined ? [noBroker(brokers)] : []),
  ];
}

const noBroker = (brokers: readonly string[]): Finding => ({
  path: ['broker'],
  wanted: 'be given where the environment does not have exactly one shared broker',
  got: 'nothing',
  fix:
    brokers.length > 0
      ? `name one: { shared: '${brokers[0]}' }, of ${quoted(brokers)}`
      : "write { topology: 'standalone' } for a Redis of its own",
});
