// What autoscalers count: the lists that their workers take tasks from, on the broker that these ask.

import { breachUnless, envOf, option, urlOf } from './law';
import type { Breach, Law } from './law';
import type { Kinds, Trigger } from './kinds';
import { ownOfKind } from './leaf';
import { isOfUsage, workloadOf } from './scaling';
import { settingsOf } from './settings';
import type { CelerySettings } from './settings';
import type { WorkloadView } from './workloads';
import { inWords, quoted, show } from './words';

type Scaled = Kinds['ScaledObject'];

/** Tasks that workers hold, and those among them whose time is to come: one pod holds all of these. */
const HELD = 'inflight';
const DELAYED = 'delayed';

const triggers: Law = {
  name: 'a ScaledObject adds up named triggers, what its pool holds among them, and hides no failure',
  check: (leaf) =>
    ownOfKind(leaf, 'ScaledObject').flatMap(({ id, spec }) => {
      const { triggers: all = [], advanced, fallback } = spec ?? {};
      const { formula, target, activationTarget } = advanced?.scalingModifiers ?? {};
      const names = all.filter((one) => !isOfUsage(one)).map(({ name = '' }) => name);
      const at = '.spec.advanced.scalingModifiers';
      const wanted = names.map((name) => (name === DELAYED ? `min(${name}, 1.0)` : name)).join(' + ');
      return [
        ...breachUnless(
          formula === wanted,
          id,
          `${at}.formula must be ${show(wanted)}, got ${show(formula)}`,
        ),
        ...breachUnless(
          new Set(names).size === names.length,
          id,
          `.spec.triggers must have names of their own, got ${inWords(names)}`,
        ),
        ...breachUnless(
          [HELD, DELAYED].every((name) => names.includes(name)),
          id,
          `.spec.triggers must count the tasks that workers hold, by the names of ${inWords([HELD, DELAYED])}, got ${inWords(names)}`,
        ),
        ...breachUnless(
          fallback === undefined,
          id,
          `.spec.fallback must be left out, got ${show(fallback)}; it hides that nothing is counted`,
        ),
        ...Object.entries({ target, activationTarget }).flatMap(([key, value]) =>
          breachUnless(typeof value === 'string', id, `${at}.${key} must be text, got ${show(value)}`),
        ),
        ...all.flatMap(({ metadata = {} }, i) =>
          Object.entries(metadata).flatMap(([key, value]) =>
            breachUnless(
              typeof value === 'string',
              id,
              `.spec.triggers[${i}].metadata.${key} must be text, got ${show(value)}`,
            ),
          ),
        ),
      ];
    }),
};

const lists: Law = {
  name: 'a ScaledObject counts the queues of its workers, on their broker, in their database',
  check: (leaf) => {
    const settings = settingsOf(leaf);
    return ownOfKind(leaf, 'ScaledObject').flatMap((scaled) => {
      const counted = (scaled.spec?.triggers ?? [])
        .filter((one) => !isOfUsage(one))
        .map(({ metadata }) => metadata?.['listName']);
      const wanted = listsOf(workloadOf(scaled, leaf), settings);
      return [
        ...breachUnless(
          JSON.stringify(counted) === JSON.stringify(wanted),
          scaled.id,
          `.spec.triggers must count the lists of its workers, ${show(wanted[0])} and so on, got ${counted.length === 0 ? 'none' : quoted(counted.map(String), 2)}`,
        ),
        ...(scaled.spec?.triggers ?? []).flatMap((trigger, i) =>
          isOfUsage(trigger) ? [] : place({ scaled, trigger, at: `.spec.triggers[${i}]` }, settings),
        ),
      ];
    });
  },
};

function listsOf(worker: WorkloadView | undefined, settings: CelerySettings | undefined): string[] {
  const { keyPrefix = '', unackedKey = 'unacked', prioritySteps = [], separator = '' } = settings ?? {};
  const queues = (option(worker?.main.command, 'queues') ?? '').split(',');
  const held = `${keyPrefix}${unackedKey}.${worker && envOf(worker.main, 'STALK_POOL')?.value}`;
  return [
    ...queues.flatMap((queue) =>
      prioritySteps.map((step) => `${keyPrefix}${queue}${step === 0 ? '' : `${separator}${step}`}`),
    ),
    held,
    `${held}.delayed`,
  ];
}

interface Placed {
  readonly scaled: Scaled;
  readonly trigger: Trigger;
  readonly at: string;
}

/** Where a trigger looks, against where the workers look. */
function place(
  { scaled: { id, metadata: own }, trigger, at }: Placed,
  settings: CelerySettings | undefined,
): Breach[] {
  const urls = (settings?.brokerUrl ?? '').split(';').flatMap((url) => urlOf(url) ?? []);
  const [broker] = urls;
  if (broker === undefined)
    return breachUnless(false, id, `${at} must ask the broker of the workers, got no broker_url`);
  const { address, addresses, databaseIndex } = trigger.metadata ?? {};
  const database = broker.pathname.slice(1);
  const sentinels = urls.map(({ host }) => host).join();
  const name = `${broker.hostname}:${broker.port}`;
  const short = `${broker.hostname}.${own.namespace}.svc.`;
  const found = String(address);
  const guarded = broker.protocol === 'sentinel:';
  return [
    ...breachUnless(
      databaseIndex === database,
      id,
      `${at}.metadata.databaseIndex must be ${show(database)}, got ${show(databaseIndex)}`,
    ),
    ...breachUnless(
      guarded || found === name || found.startsWith(short),
      id,
      `${at}.metadata.address must be ${show(name)}, got ${show(address)}`,
    ),
    ...breachUnless(
      !guarded || asksSentinels(trigger, sentinels, settings),
      id,
      `${at} must ask the sentinels of the workers, ${sentinels}, got ${show(addresses)}`,
    ),
  ];
}

const asksSentinels = (
  { type, metadata = {} }: Trigger,
  sentinels: string,
  settings: CelerySettings | undefined,
): boolean =>
  type === 'redis-sentinel' &&
  metadata['sentinelMaster'] === settings?.masterName &&
  metadata['addresses'] === sentinels;

export const triggerLaws: readonly Law[] = [triggers, lists];
