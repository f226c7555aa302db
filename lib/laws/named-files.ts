// Files of certificates that Celery's settings name, of the own broker and of the one across a move.

import { isRecord, parsedJson } from '../kube/json';
import { breachUnless } from './law';
import type { Law } from './law';
import { called } from './leaf';
import type { LeafView } from './leaf';
import { mountedAt } from './tls';
import type { Container } from './pods';
import { ownWorkloads } from './workloads';
import { show } from './words';

const SETTINGS_IN = new Set(['STALK_CELERY', 'STALK_MOVING']);

const FILES = new Set(['ssl_ca_certs', 'ssl_certfile', 'ssl_keyfile']);

/** At every depth: sentinels have options of their own, below those of their Redis. */
const namedIn = (value: unknown): readonly string[] =>
  isRecord(value)
    ? Object.entries(value).flatMap(([key, one]) =>
        FILES.has(key) && typeof one === 'string' ? [one] : namedIn(one),
      )
    : [];

const named = (leaf: LeafView, { env = [] }: Container): readonly string[] =>
  env.flatMap(({ name = '', valueFrom }) => {
    const from = valueFrom?.configMapKeyRef;
    const text = SETTINGS_IN.has(name)
      ? called(leaf, 'ConfigMap', from?.name)?.data?.[from?.key ?? '']
      : undefined;
    return namedIn(parsedJson(text));
  });

const folderOf = (file: string): string => file.slice(0, file.lastIndexOf('/'));

const filesAreThere: Law = {
  name: 'every file of certificates that settings name is mounted where they name it',
  check: (leaf) =>
    ownWorkloads(leaf.workloads).flatMap(({ id, pod, containers }) =>
      containers.flatMap((container) =>
        [...new Set(named(leaf, container))].flatMap((file) =>
          breachUnless(
            mountedAt(pod, container, folderOf(file)).includes(file),
            id,
            `${container.path}: its settings must name files that it mounts, got ${show(file)}`,
          ),
        ),
      ),
    ),
};

export const namedFileLaws: readonly Law[] = [filesAreThere];
