// The Celery settings of a tenant, read back from their ConfigMap.

import { isRecord, parsedJson } from '../kube/json';
import { called } from './leaf';
import type { LeafView } from './leaf';
import type { Container } from './pods';

export const SETTINGS = 'ConfigMap/celery-settings';
export const SETTINGS_KEY = `.data["settings.json"]`;

/** What the laws read of the settings; `all` is everything that is there. */
export interface CelerySettings {
  readonly all: Readonly<Record<string, unknown>>;
  readonly brokerUrl?: string;
  readonly results?: string;
  readonly visibilityTimeout?: number;
  readonly keyPrefix?: string;
  readonly unackedKey?: string;
  readonly prioritySteps: readonly number[];
  readonly separator?: string;
  readonly masterName?: string;
  readonly beatSyncEvery?: number;
}

const CONFIG = 'celery-settings';

/** Of the broker that a tenant leaves. */
const OLD_CONFIG = 'celery-moving';

/** Those that a program starts with; nothing in leaves without a tenant, and where the text is no JSON. */
export function settingsOf(
  leaf: Pick<LeafView, 'objects'>,
  config: string = CONFIG,
): CelerySettings | undefined {
  const all = parsedJson(called(leaf, 'ConfigMap', config)?.data?.['settings.json']);
  if (!isRecord(all)) return undefined;
  const options = all['broker_transport_options'];
  const transport = isRecord(options) ? options : {};
  return {
    all,
    ...text('brokerUrl', all['broker_url']),
    ...text('results', all['result_backend']),
    ...number('visibilityTimeout', transport['visibility_timeout']),
    ...text('keyPrefix', transport['global_keyprefix']),
    ...text('unackedKey', transport['unacked_key']),
    prioritySteps: numbers(transport['priority_steps']),
    ...text('separator', transport['sep']),
    ...text('masterName', transport['master_name']),
    ...number('beatSyncEvery', all['beat_sync_every']),
  };
}

/** Of a container that runs the loader; of the tenant's broker, where it does not. */
export const settingsFor = (
  leaf: Pick<LeafView, 'objects'>,
  container: Pick<Container, 'env'> | undefined,
): CelerySettings | undefined => settingsOf(leaf, configOf(container));

const configOf = (container: Pick<Container, 'env'> | undefined): string | undefined =>
  container?.env?.find(({ name }) => name === 'STALK_CELERY')?.valueFrom?.configMapKeyRef?.name;

/** Of the tenant's broker, and of the one that it leaves. */
export const settingsOfSides = (leaf: Pick<LeafView, 'objects'>): readonly CelerySettings[] =>
  [CONFIG, OLD_CONFIG].flatMap((config) => settingsOf(leaf, config) ?? []);

/** Of the side that a container is not on, while its tenant moves. */
export const settingsAcross = (
  leaf: Pick<LeafView, 'objects'>,
  container: Pick<Container, 'env'>,
): CelerySettings | undefined => settingsOf(leaf, configOf(container) === OLD_CONFIG ? CONFIG : OLD_CONFIG);

/** Whether it works on the broker that its tenant leaves. */
export const isOnOldSide = (container: Pick<Container, 'env'>): boolean => configOf(container) === OLD_CONFIG;

const text = <K extends string>(key: K, value: unknown): { readonly [P in K]?: string } =>
  (typeof value === 'string' ? { [key]: value } : {}) as { readonly [P in K]?: string };

const number = <K extends string>(key: K, value: unknown): { readonly [P in K]?: number } =>
  (typeof value === 'number' ? { [key]: value } : {}) as { readonly [P in K]?: number };

const numbers = (value: unknown): readonly number[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'number') : [];
