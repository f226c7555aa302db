// Where a tenant stands between two brokers by its list: what the next commit writes.

import { defaultPrefix } from '../spec/isolation';
import type { ResolvedBroker, ResolvedTenant } from '../spec';

/** What a person does next, in the order in which a move goes. */
export interface Step {
  readonly stands: 'before' | 'moving' | 'elsewhere' | 'there';
  readonly lines: readonly string[];
}

/** As the list writes a broker: its own Redis by what stands there already. */
const written = ({ kind, name, isolation, prefix }: ResolvedBroker, tenant: string): string => {
  if (kind === 'dedicated') return '{ …the Redis that stands in broker now, with all its props }';
  const more = [
    ...(isolation === 'hybrid' ? [] : [`isolation: '${isolation}'`]),
    ...(prefix === '' || prefix === defaultPrefix(tenant) ? [] : [`prefix: '${prefix}'`]),
  ];
  return `{ ${[`shared: '${name}'`, ...more].join(', ')} }`;
};

const TOPOLOGIES = ['standalone', 'replicated', 'sentinel', 'external'] as const;

/** What may stand behind `--to`: a shared broker of the environment, or the topology of one of its own. */
export const destinations = ({ environment }: ResolvedTenant): readonly string[] => [
  ...Object.keys(environment.brokers),
  ...TOPOLOGIES,
];

const nameOf = ({ kind, name, redis }: ResolvedBroker): string => (kind === 'shared' ? name : redis.topology);

const target = (to: string, { environment }: ResolvedTenant): string => {
  if (Object.hasOwn(environment.brokers, to)) return `shared: '${to}'`;
  return to === 'standalone' ? "topology: 'standalone'" : `topology: '${to}', …`;
};

export function stepOf(tenant: ResolvedTenant, to: string): Step {
  const { name, broker, moving } = tenant;
  if (moving === undefined) return nameOf(broker) === to ? there(name, to) : before(tenant, to);
  if (nameOf(broker) === to)
    return { stands: 'moving', lines: [`${name} moves from ${nameOf(moving.broker)} to ${to}.`] };
  return {
    stands: 'elsewhere',
    lines: [
      `${name} moves from ${nameOf(moving.broker)} to ${nameOf(broker)}, and not to ${to}.`,
      nameOf(moving.broker) === to
        ? 'To take it back, write the two the other way round: what is in broker into movingFrom, and the other way.'
        : 'Let it end first: nothing moves from two brokers at once.',
    ],
  };
}

const there = (name: string, to: string): Step => ({
  stands: 'there',
  lines: [`${name} is on ${to}, and moves nowhere.`],
});

const before = (tenant: ResolvedTenant, to: string): Step => ({
  stands: 'before',
  lines: [
    `${tenant.name} is on ${nameOf(tenant.broker)}. To move it to ${to}, write in its list:`,
    '',
    `  broker: { ${target(to, tenant)}, movingFrom: ${written(tenant.broker, tenant.name)} },`,
    '',
    'npx stalk synth refuses what does not fit, such as too few connections; npx stalk diff says what changes.',
    `Commit it, and ask again: npx stalk move ${tenant.name} --to ${to} says what is left on the old broker.`,
  ],
});
