// Texts and data that an app's processes share: configs of the platform, claims of the app.

import type { ResolvedTenant } from '../../spec';
import type { Memory } from '../../spec/units';
import { BEAT, SCHEDULE_CLAIM } from './beat';
import type { AppContext } from './context';
import type { VariableTexts } from './dialects/dialect';
import { SETTINGS_FILE } from './settings';
import type { Settings } from './settings';
import { sharedVariables } from './variables';

/** Texts by their key. */
export interface Config {
  readonly name: string;
  readonly texts: VariableTexts;
}

/** Data that outlives a process. */
export interface Claim {
  readonly name: string;
  readonly size: Memory;
  readonly storageClass: string;
  readonly access: 'ReadWriteOnce' | 'ReadWriteMany';
  /** Name of the only process that finds it; absent, all do. */
  readonly of?: string;
}

export const configsOf = (app: AppContext, settings: Settings): readonly Config[] => [
  { name: SETTINGS_FILE.config, texts: { [SETTINGS_FILE.key]: `${JSON.stringify(settings, null, 2)}\n` } },
  { name: app.tenant.app.configMap, texts: sharedVariables(app) },
];

/** Without those that somebody else made. */
export const claimsOf = ({ app, beat, environment }: ResolvedTenant): readonly Claim[] => [
  ...Object.entries(app.volumes).flatMap(([name, volume]) => {
    if ('claim' in volume) return [];
    const { size, storageClass, access } = volume;
    return [{ name, size, storageClass, access }];
  }),
  ...(beat?.scheduler === 'file'
    ? [
        {
          name: SCHEDULE_CLAIM,
          size: beat.storage,
          storageClass: environment.storageClass,
          access: 'ReadWriteOnce' as const,
          of: BEAT,
        },
      ]
    : []),
];
