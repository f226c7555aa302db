// The Celery settings of a tenant, as they lie in their ConfigMap.

import type { Json, Manifest, Synth } from './synth';

/** Nothing in leaves without a tenant. */
export function settingsOf(manifests: readonly Manifest[]): Json {
  const config = manifests.find(
    ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'celery-settings',
  );
  return config === undefined ? undefined : JSON.parse(config['data']['settings.json']);
}

export function changeSettings({ byKind }: Synth, change: (settings: Json) => void): void {
  const config = byKind('ConfigMap', 'celery-settings');
  const settings = JSON.parse(config.data['settings.json']);
  change(settings);
  config.data['settings.json'] = JSON.stringify(settings);
}
