// Sentinels with certificates: their clients are told by name how to verify them and every Redis.

import { isRecord } from '../kube/json';
import { breachUnless, envOf, urlOf } from './law';
import type { Law } from './law';
import { SETTINGS, SETTINGS_KEY, settingsOf } from './settings';
import type { CelerySettings } from './settings';
import { mountedAt, isSealedUrl, SERVER_FILES } from './tls';
import { ownWorkloads } from './workloads';
import { inWords, show } from './words';

/** What redis-py is told by name, all of it. */
const BY_NAME: Readonly<Record<string, unknown>> = {
  ssl_cert_reqs: 'required',
  ssl_check_hostname: true,
  ssl_ca_certs: '/etc/stalk/tls/ca.crt',
  ssl_certfile: '/etc/stalk/tls/tls.crt',
  ssl_keyfile: '/etc/stalk/tls/tls.key',
};

const underneath = (value: unknown, key: string): unknown => (isRecord(value) ? value[key] : undefined);

/** Where clients of sentinels are told, by what they do: of Redis and of sentinels, for messages and for results. */
function toldByName({ all, results }: CelerySettings): readonly (readonly [string, unknown])[] {
  const options = ['broker_transport_options'];
  const own = ['broker_use_ssl'];
  if (results?.startsWith('sentinel:') === true) {
    options.push('result_backend_transport_options');
    own.push('redis_backend_use_ssl');
  }
  return [
    ...own.map((name) => [name, all[name]] as const),
    ...options.map((name) => [`${name}.sentinel_kwargs`, underneath(all[name], 'sentinel_kwargs')] as const),
  ];
}

const sentinelsVerified: Law = {
  name: 'clients of sentinels with certificates verify them and every Redis, with files that their pods mount',
  check: (leaf) => {
    const settings = settingsOf(leaf);
    const url = urlOf(settings?.brokerUrl);
    if (settings === undefined || url?.protocol !== 'sentinel:' || !isSealedUrl(url)) return [];
    return [
      ...toldByName(settings).flatMap(([name, value]) =>
        Object.entries(BY_NAME).flatMap(([option, wanted]) =>
          breachUnless(
            underneath(value, option) === wanted,
            SETTINGS,
            `${SETTINGS_KEY}: ${name}.${option} must be ${show(wanted)}, got ${show(underneath(value, option))}`,
          ),
        ),
      ),
      ...toldByName(settings)
        .filter(([name]) => name.endsWith('.sentinel_kwargs'))
        .flatMap(([name, value]) =>
          breachUnless(
            underneath(value, 'ssl') === true,
            SETTINGS,
            `${SETTINGS_KEY}: ${name}.ssl must be true, got ${show(underneath(value, 'ssl'))}`,
          ),
        ),
      ...ownWorkloads(leaf.workloads).flatMap(({ id, pod, containers }) =>
        containers
          .filter((container) => envOf(container, 'STALK_CELERY') !== undefined)
          .flatMap((container) =>
            breachUnless(
              mountedAt(pod, container, '/etc/stalk/tls').length === SERVER_FILES.length,
              id,
              `${container.path}.volumeMounts must hold ${inWords(SERVER_FILES)} at /etc/stalk/tls`,
            ),
          ),
      ),
    ];
  },
};

export const tlsSentinelLaws: readonly Law[] = [sentinelsVerified];
