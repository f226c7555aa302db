// Queues that nobody consumes: their tasks would wait for ever, and nothing would say so.

import { physicalQueue } from '../isolation';
import { at } from '../layers';
import type { ResolvedTenant } from '../resolved';
import type { CrossFinding, CrossRule, SoundTenant } from './cross';
import { consumed } from './cross-groups';
import { quoted, show } from './finding';
import type { Path } from './finding';

type Queues = ReadonlySet<string>;

export const queueRules: CrossRule = (everybody) => {
  const consumers = consumed(everybody);
  return everybody.known.flatMap((known) => {
    const { name, broker, consumedElsewhere } = known.tenant;
    const others = consumedElsewhere.map((queue) => physicalQueue(broker.queueBase, queue));
    const own = new Set([...(consumers.get(name) ?? []), ...others]);
    return own.size === 0 ? nobody(known) : [...defaultQueue(known, own), ...named(known, own)];
  });
};

/** What to write where another program consumes it. */
const elsewhere = ({ consumedElsewhere }: ResolvedTenant, queue: string): string =>
  `write consumedElsewhere: ${show([...consumedElsewhere, queue])} if a program outside Stalk consumes it`;

/** An external broker may have consumers that Stalk does not know. */
const nobody = ({ tenant }: SoundTenant): readonly CrossFinding[] =>
  tenant.broker.redis.topology === 'external'
    ? []
    : [
        {
          tenant: tenant.name,
          path: ['workers'],
          wanted: 'hold a pool, unless a pool of its group serves the tenant: nobody would run its tasks',
          got: 'nothing',
          fix: `write workers: { default: { queues: ['celery'] } }, or ${elsewhere(tenant, 'celery')}`,
        },
      ];

/** Known where the platform names it or the author does; an app may set another in its code. */
function defaultQueue({ tenant }: SoundTenant, own: Queues): readonly CrossFinding[] {
  const setting = tenant.celery.task_default_queue;
  const queue = tenant.broker.queueBase ?? (typeof setting === 'string' ? setting : undefined);
  if (queue === undefined || own.has(queue)) return [];
  const isolated = tenant.broker.queueBase !== undefined;
  const typed = isolated ? 'celery' : queue;
  return [
    {
      tenant: tenant.name,
      path: isolated ? ['workers'] : ['celery', 'task_default_queue'],
      wanted: isolated
        ? 'consume "celery", the default queue, to which every task without a route goes'
        : 'be a queue that a pool consumes',
      got: isolated ? `the queues ${listed(tenant, own)}` : show(setting),
      fix: `add ${show(typed)} to the queues of a pool, or ${elsewhere(tenant, typed)}`,
    },
  ];
}

/** Queues that the author names outside the pools: of the schedule, of the routes and of the objectives. */
function named({ tenant, asked }: SoundTenant, own: Queues): readonly CrossFinding[] {
  return [...scheduled(tenant), ...routed(tenant), ...promised(asked)]
    .filter(([, queue]) => !own.has(physicalQueue(tenant.broker.queueBase, queue)))
    .map(([path, queue]) => ({
      tenant: tenant.name,
      path,
      wanted: 'be a queue that a pool consumes',
      got: show(queue),
      fix: `add ${show(queue)} to the queues of a pool, use one of ${listed(tenant, own)}, or ${elsewhere(tenant, queue)}`,
    }));
}

type Named = readonly (readonly [Path, string])[];

const scheduled = ({ beat }: ResolvedTenant): Named =>
  Object.entries(beat?.schedule ?? {}).flatMap(([name, { queue }]) =>
    queue === undefined ? [] : [[['beat', 'schedule', name, 'queue'], queue] as const],
  );

const routed = ({ celery: { task_routes: routes } }: ResolvedTenant): Named =>
  Object.keys(typeof routes === 'object' && !Array.isArray(routes) ? routes : {}).flatMap((task) => {
    const queue = at((routes as Readonly<Record<string, unknown>>)[task], 'queue');
    return typeof queue === 'string' ? [[['celery', 'task_routes', task, 'queue'], queue] as const] : [];
  });

const promised = ({ objectives }: SoundTenant['asked']): Named =>
  Object.keys(objectives?.queues ?? {}).map((queue) => [['objectives', 'queues', queue], queue] as const);

/** As the author typed them. */
function listed({ broker: { queueBase: base } }: ResolvedTenant, own: Queues): string {
  const logical = [...own].map((queue) => {
    if (base === undefined) return queue;
    return queue === base ? 'celery' : queue.slice(base.length + 1);
  });
  return quoted(logical);
}
