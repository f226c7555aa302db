// A look as a person reads it: brokers and tenants, worst first, and below each what is wrong with it.

import { shortMemory, shortTime } from './durations';
import type {
  BeatStatus,
  BrokerStatus,
  OldSideStatus,
  PodCount,
  PoolStatus,
  QueueStatus,
  Share,
  Status,
  TenantStatus,
  Trouble,
} from './status';
import { STATE, tableLines, wordWrapped } from './table';
import type { Column, TableRow, Style } from './table';

/** Up to so many tenants, each has rows for its pools and queues; of more, those that need a look. */
const DETAILED = 10;

export interface Shown extends Style {
  /** Folder of the pages that say what to do. */
  readonly runbooks: string;
}

export function statusText(status: Status, shown: Shown): readonly string[] {
  const { brokers, tenants } = status;
  const detailed = (tenant: TenantStatus): boolean => tenants.length <= DETAILED || tenant.state !== 'ok';
  return [
    ...headline(status).flatMap((line) => wordWrapped(line, shown, 0)),
    '',
    ...tableLines(BROKERS, brokers.map(brokerRow), shown),
    '',
    ...tableLines(
      TENANTS,
      tenants.flatMap((tenant) => [
        tenantRow(tenant),
        ...(detailed(tenant) ? partRows(tenant) : []),
        ...oldRows(tenant, detailed(tenant)),
      ]),
      shown,
    ),
    ...legend(status, shown),
  ];
}

function headline({ environment, cluster, at, brokers, tenants, alerts }: Status): readonly string[] {
  const worse = [...brokers, ...tenants].filter(({ state }) => state !== 'ok').length;
  const counts = `${counted(tenants.length, 'tenant')}, ${counted(brokers.length, 'broker')}`;
  const said =
    'unknown' in alerts
      ? `alerts unknown: ${alerts.unknown}`
      : `${counted(alerts.firing.length, 'alert')} firing`;
  return [
    `${environment} on ${cluster} at ${at.slice(11, 19)} UTC`,
    `${counts}; ${worse === 0 ? 'all ok' : `${worse} not ok`}; ${said}`,
  ];
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** Not known, or nothing to know. */
const NONE = '-';

const BROKERS: readonly Column[] = [
  { title: 'BROKER' },
  { title: STATE },
  { title: 'KIND', dispensable: 3 },
  { title: 'PRIMARY', dispensable: 1 },
  { title: 'PODS', right: true, dispensable: 2 },
  { title: 'MEMORY', right: true },
  { title: 'CONNECTIONS', right: true, dispensable: 0 },
];

const brokerRow = (broker: BrokerStatus): TableRow => ({
  cells: [
    broker.name,
    broker.state,
    broker.kind,
    broker.primaries.join(', ') || NONE,
    broker.kind === 'external' ? NONE : podsText(broker.pods),
    broker.memory ? memoryShare(broker.memory) : NONE,
    broker.connections ? `${broker.connections.used} of ${broker.connections.max}` : NONE,
  ],
  state: broker.state,
  notes: broker.troubles.map(troubleText),
});

const podsText = ({ ready, wanted }: PodCount): string => `${ready}/${wanted}`;

const memoryShare = ({ used, max }: Share): string =>
  `${shortMemory(used)} of ${shortMemory(max)}, ${Math.round((100 * used) / max)} %`;

/** The name of the alert is that of the page about it. */
const troubleText = ({ alert, text }: Trouble): string => (alert === undefined ? text : `${text} [${alert}]`);

const TENANTS: readonly Column[] = [
  { title: 'TENANT' },
  { title: STATE },
  { title: 'WORKERS', right: true, dispensable: 0 },
  { title: 'WAITING', right: true },
  { title: 'OLDEST', right: true },
  { title: 'IN HAND', right: true, dispensable: 2 },
  { title: 'FOR', right: true, dispensable: 3 },
  { title: 'BEAT', right: true, dispensable: 1 },
];

const tenantRow = (tenant: TenantStatus): TableRow => ({
  cells: [tenant.name, tenant.state, ...workCells(tenant), ...[tenant.beat ? beatText(tenant.beat) : NONE]],
  state: tenant.state,
  notes: tenant.troubles.map(troubleText),
});

function workCells({ pools, queues, inHand }: OldSideStatus): readonly string[] {
  const known = queues.filter(({ waiting }) => waiting !== undefined);
  const oldest = queues.flatMap((queue) => (queue.oldest === undefined ? [] : [queue.oldest]));
  return [
    pools.length === 0 ? NONE : podsText(totalOf(pools)),
    known.length === 0 ? NONE : String(known.reduce((sum, queue) => sum + Number(queue.waiting), 0)),
    oldest.length === 0 ? NONE : shortTime(Math.max(...oldest)),
    inHand ? String(inHand.messages) : NONE,
    inHand?.oldest === undefined
      ? NONE
      : `${shortTime(inHand.oldest)} of ${shortTime(inHand.visibilityTimeout)}`,
  ];
}

/** What is left where a tenant leaves. */
const oldRows = ({ movingFrom }: TenantStatus, isDetailed: boolean): readonly TableRow[] =>
  movingFrom === undefined
    ? []
    : [
        row(`  leaves ${movingFrom.broker}`, '', ...workCells(movingFrom)),
        ...(isDetailed ? partRows(movingFrom, '    ') : []),
      ];

const totalOf = (pools: readonly PoolStatus[]): PodCount => ({
  ready: pools.reduce((sum, { ready }) => sum + ready, 0),
  wanted: pools.reduce((sum, { wanted }) => sum + wanted, 0),
});

function beatText({ ready, lastTick }: BeatStatus): string {
  if (lastTick !== undefined) return `${shortTime(lastTick)} ago`;
  return ready > 0 ? 'ticks' : 'silent';
}

/** Its pools and queues. */
const partRows = ({ pools, queues }: OldSideStatus, indent = '  '): readonly TableRow[] => [
  ...pools.map((pool) => row(`${indent}${pool.name}`, poolText(pool), podsText(pool))),
  ...queues.map(({ name, waiting, oldest }: QueueStatus) =>
    row(
      `${indent}queue ${name}`,
      ...['', ''],
      waiting === undefined ? NONE : String(waiting),
      oldest === undefined ? NONE : shortTime(oldest),
    ),
  ),
];

const row = (...cells: readonly string[]): TableRow => ({ cells: TENANTS.map((_, i) => cells[i] ?? '') });

const poolText = ({ atRest }: PoolStatus): string => (atRest ? 'at rest' : '');

/** What a reader of these numbers would ask. */
function legend({ brokers, tenants }: Status, shown: Shown): readonly string[] {
  const troubles = [...brokers, ...tenants].flatMap((one) => one.troubles);
  const queues = tenants.flatMap((tenant) => tenant.queues);
  const lines = [
    ...(troubles.some(({ alert }) => alert !== undefined)
      ? [`What to do about [Name]: ${shown.runbooks}/Name.md`]
      : []),
    ...(queues.some(({ waiting = 0, oldest }) => waiting > 0 && oldest === undefined)
      ? [
          'OLDEST is unknown where messages do not say when they were sent: those of producers without the loader, and all while monitoring is off',
        ]
      : []),
    ...(tenants.some(({ beat }) => beat?.lastTick === undefined && Number(beat?.ready) > 0)
      ? ['BEAT ticks, by its readiness; name up to 20 tenants to see when']
      : []),
  ];
  return lines.length === 0 ? [] : ['', ...lines.flatMap((line) => wordWrapped(line, shown, 0))];
}
