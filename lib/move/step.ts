// Where a tenant stands between two brokers by its list: what the next commit writes.

import { sourceText } from '../adopt/print';
import type { ResolvedBroker, ResolvedTenant, Tenant } from '../spec';

/** What a person does next, in the order in which a move goes. */
export interface Step {
  readonly stands: 'before' | 'moving' | 'elsewhere' | 'there';
  readonly lines: readonly string[];
}

/** What a tenant's list and its overlay say of its broker; undefined where they leave it to the environment. */
export type BrokerAsked = Tenant['broker'];

/** Each prop of it: one that is forgotten, such as a database, would leave the messages there. */
const written = (asked: BrokerAsked, { name }: ResolvedBroker): string =>
  sourceText(asked === undefined ? { shared: name } : sidesOf(asked).now);

function sidesOf(asked: NonNullable<BrokerAsked>): { readonly now: object; readonly before?: object } {
  if (!('movingFrom' in asked)) return { now: asked };
  const { movingFrom, ...now } = asked;
  return { now, ...(movingFrom && { before: movingFrom }) };
}

/** The two the other way round. */
const swapped = (asked: NonNullable<BrokerAsked>): string => {
  const { now, before } = sidesOf(asked);
  return sourceText({ ...before, movingFrom: now });
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
  return `topology: '${to}'${MUST_SAY[to as (typeof TOPOLOGIES)[number]]}`;
};

/** Props that the topology cannot do without. */
const MUST_SAY: Readonly<Record<(typeof TOPOLOGIES)[number], string>> = {
  standalone: '',
  replicated: ', replicas: 1',
  sentinel: ', replicas: 2',
  external: ", host: '…', cidrs: ['…']",
};

export function stepOf(tenant: ResolvedTenant, to: string, asked?: BrokerAsked): Step {
  const { name, broker, moving } = tenant;
  if (moving === undefined) return nameOf(broker) === to ? there(name, to) : before(tenant, to, asked);
  if (nameOf(broker) === to)
    return { stands: 'moving', lines: [`${name} moves from ${nameOf(moving.broker)} to ${to}.`] };
  return {
    stands: 'elsewhere',
    lines: [
      `${name} moves from ${nameOf(moving.broker)} to ${nameOf(broker)}, and not to ${to}.`,
      ...(nameOf(moving.broker) === to && asked !== undefined
        ? ['To take it back, write in its list:', '', `  broker: ${swapped(asked)},`]
        : ['Let it end first: nothing moves from two brokers at once.']),
    ],
  };
}

const there = (name: string, to: string): Step => ({
  stands: 'there',
  lines: [`${name} is on ${to}, and moves nowhere.`],
});

const before = (tenant: ResolvedTenant, to: string, asked: BrokerAsked): Step => ({
  stands: 'before',
  lines: [
    `${tenant.name} is on ${nameOf(tenant.broker)}. To move it to ${to}, write in its list:`,
    '',
    `  broker: { ${target(to, tenant)}, movingFrom: ${written(asked, tenant.broker)} },`,
    '',
    ...sizes(tenant, to),
    'npx stalk synth refuses what does not fit, such as too few connections; npx stalk diff says what changes.',
    `Commit it, and ask again: npx stalk move ${tenant.name} --to ${to} says what is left on the old broker.`,
  ],
});

/** A Redis of its own that begins with the defaults may be too small for what lies on the old one. */
const sizes = ({ environment }: ResolvedTenant, to: string): readonly string[] =>
  Object.hasOwn(environment.brokers, to) || to === 'external'
    ? []
    : ['Write memory, storage and tls beside topology where the defaults do not fit: docs/operating.md.'];
