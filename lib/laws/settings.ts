// The Celery settings of a tenant, read back from their ConfigMap.

import { isRecord } from '../kube/json';
import { called } from './leaf';
import type { LeafView } from './leaf';

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

/** Nothing in leaves without a tenant, and where the text is no JSON. */
export function settingsOf(leaf: Pick<LeafView, 'objects'>): CelerySettings | undefined {
  const all = parsed(called(leaf, 'ConfigMap', 'celery-settings')?.data?.['settings.json']);
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

const text = <K extends string>(key: K, value: unknown): { readonly [P in K]?: string } =>
  (typeof value === 'string' ? { [key]: value } : {}) as { readonly [P in K]?: string };

const number = <K extends string>(key: K, value: unknown): { readonly [P in K]?: number } =>
  (typeof value === 'number' ? { [key]: value } : {}) as { readonly [P in K]?: number };

const numbers = (value: unknown): readonly number[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'number') : [];

function parsed(json: string | undefined): unknown {
  try {
    return json === undefined ? undefined : JSON.parse(json);
  } catch {
    return undefined;
  }
}
