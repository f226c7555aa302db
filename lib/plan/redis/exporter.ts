// redis_exporter beside a Redis or a sentinel: the address that it asks at, and what it is told.

import type { ResolvedExporter } from '../../spec';
import { FOLDERS } from './server';
import type { ServerExporter } from './server';

/** Its user, whose password is made anew in each pod and never leaves it. */
export const EXPORTER_USER = 'exporter';

/** Redis makes its socket in this folder where it speaks TLS: the other one holds passwords of `admin` and `probe`. */
export const SHARED_SOCKET = `${FOLDERS.exporter}/redis.sock`;

/** `port` is one for plain text; absent where Redis has none. */
export const serverExporter = ({ image, resources }: ResolvedExporter, port?: number): ServerExporter => ({
  image,
  resources,
  variables: [
    {
      name: 'REDIS_ADDR',
      value: port === undefined ? `unix://${SHARED_SOCKET}` : `redis://127.0.0.1:${port}`,
    },
    { name: 'REDIS_PASSWORD_FILE', value: `${FOLDERS.exporter}/passwords` },
  ],
  settings: SETTINGS,
});

/** As variables: releases that know no such flag end at it, and leave out a variable. */
const SETTINGS = [
  { name: 'REDIS_USER', value: EXPORTER_USER },
  // CONFIG GET shows the password with which replicas copy everything
  { name: 'REDIS_EXPORTER_CONFIG_COMMAND', value: '-' },
  { name: 'REDIS_EXPORTER_CONNECTION_TIMEOUT', value: '3s' }, // as long as a probe waits
  { name: 'REDIS_EXPORTER_EXCLUDE_LATENCY_HISTOGRAM_METRICS', value: 'true' }, // twenty series a command
  { name: 'REDIS_EXPORTER_REDIS_ONLY_METRICS', value: 'true' }, // forty series about the exporter itself
];
