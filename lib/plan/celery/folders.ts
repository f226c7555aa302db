// Folders that every process of an app has: the loader, credentials, certificates, what the app writes.

import { CACHE_TLS_DIR, CERTIFICATES, CLIENT_TLS_DIR, MOVING_TLS_DIR } from '../redis/tls';
import type { ClientTls } from '../redis/tls';
import type { ResolvedPods, ResolvedTenant } from '../../spec';
import type { Folder } from '../process';
import type { AppContext, ClientRole, MovingContext } from './context';
import type { VariableTexts } from './dialects/dialect';
import { LOADER_CONFIG, LOADER_DIR, MOVING_PASSWORD_DIR, PASSWORD_DIR, RUN_DIR } from './paths';

/** What the loader needs to speak to Redis. */
export function clientFolders({ tenant, broker, cache }: AppContext, role: ClientRole): Folder[] {
  const { secret, users } = tenant.broker;
  return [
    { name: 'stalk-loader', path: LOADER_DIR, config: LOADER_CONFIG },
    { name: 'redis-password', path: PASSWORD_DIR, secret, files: { [users[role]]: 'password' } },
    ...certificates('redis-tls', CLIENT_TLS_DIR, broker.tls),
    ...certificates('cache-tls', CACHE_TLS_DIR, cache?.tls),
  ];
}

/** Its password and certificates. */
export const otherFolders = (
  { other: { tenant, broker } }: MovingContext,
  role: ClientRole,
): readonly Folder[] => [
  {
    name: 'moving-password',
    path: MOVING_PASSWORD_DIR,
    secret: tenant.broker.secret,
    files: { [tenant.broker.users[role]]: 'password' },
  },
  ...certificates('moving-tls', MOVING_TLS_DIR, broker.tls),
];

/** None where a public authority signed: the image knows it. */
const certificates = (name: string, path: string, tls: ClientTls | undefined): Folder[] =>
  tls === undefined || tls.mode === 'public'
    ? []
    : [{ name, path, secret: tls.secret, files: sameName(CERTIFICATES[tls.mode]) }];

const sameName = (files: readonly string[]): VariableTexts =>
  Object.fromEntries(files.map((file) => [file, file]));

/** Also what the wait for Redis notes for its pod. */
export const RUN_FOLDER: Folder = { name: 'stalk-run', path: RUN_DIR, scratch: '1Mi' };

export const appFolders = ({ app }: ResolvedTenant): Folder[] => [
  RUN_FOLDER,
  ...app.writable.map(({ path, size }) => ({ name: folderName(path), path, scratch: size })),
  ...Object.entries(app.volumes).map(([name, volume]) => ({
    name,
    path: volume.path,
    claim: 'claim' in volume ? volume.claim : name,
  })),
];

/** Memory that processes share; a container has 64 MiB of it by itself. */
export const sharedMemoryFolders = (size: ResolvedPods['sharedMemory']): Folder[] =>
  size === undefined ? [] : [{ name: 'shared-memory', path: '/dev/shm', memory: size }];

/** `/usr/src/app/tmp` is the folder `writable-usr-src-app-tmp`: no claim is called that. */
const folderName = (path: string): string =>
  `writable-${path
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(-54)}`;
