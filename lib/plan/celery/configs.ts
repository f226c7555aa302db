// Texts and data that an app's processes share: configs of the platform, claims of the app.

import type { ResolvedTenant } from '../../spec';
import type { Memory } from '../../spec/units';
import { BEAT, SCHEDULE_CLAIM } from './beat';
import type { AppContext } from './context';
import type { VariableTexts } from './dialects/dialect';
import { movingTexts } from './moving';
import { celerySettings, settingsFile } from './settings';
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
  settingsConfig(app, settings),
  { name: app.tenant.app.configMap, texts: sharedVariables(app) },
];

/** Of the broker that a tenant leaves, and what each side knows of the other. */
export const oldConfigs = (app: AppContext, old: AppContext): readonly Config[] =>
  configsOf(old, celerySettings(old)).map((config) =>
    config.name === settingsFile(old).config
      ? { ...config, texts: { ...config.texts, ...movingTexts([app, old]) } }
      : config,
  );

const settingsConfig = (app: AppContext, settings: Settings): Config => {
  const { config, key } = settingsFile(app);
  return { name: config, texts: { [key]: `${JSON.stringify(settings, null, 2)}\n` } };
};

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
