// Servers of a Redis, whoever runs them: groups of equal pods, their names in the network, and who reaches whom.

import type { Memory, ResolvedServerPods } from '../../spec';
import type { ProbeDefaults, Resources } from '../../spec/compute';
import type { PodGroup } from './endpoint';
import { SERVER_TLS_DIR } from './tls';

/** All that runs for one Redis. */
export interface RedisPlan {
  /** ConfigMap with the scripts, named by their content: a tree holds each once. */
  readonly scripts: string;
  /** Users of the servers themselves. */
  readonly users: readonly ('replica' | 'sentinel')[];
  readonly services: readonly ServerService[];
  readonly policies: readonly ServerPolicy[];
  /** Each starts after those before it. */
  readonly servers: readonly Server[];
}

/** Equal pods under one name. */
export interface Server {
  readonly component: PodGroup['component'];
  /** Noun that a person would type: `redis`, `redis-replica`, `sentinel`. */
  readonly name: string;
  /** Absent where it is decided while they run. */
  readonly role?: 'primary' | 'replica';
  readonly replicas: number;
  /** Name of the server whose pods start first. */
  readonly after?: string;
  /** Service that names each pod. */
  readonly serviceName: string;
  readonly image: string;
  readonly config: { readonly file: string; readonly text: string };
  readonly port: number;
  readonly main: ServerProgram;
  /** Beside it, where the environment is watched. */
  readonly exporter?: ServerExporter;
  /** Run once, when the users are written. */
  readonly before: readonly ServerProgram[];
  /** Variables of the program that writes and applies users. */
  readonly userVariables: {
    readonly build: readonly ServerVariable[];
    readonly watch: readonly ServerVariable[];
  };
  /** Rules of a sentinel are other ones, for the same users. */
  readonly kind: 'redis' | 'sentinel';
  readonly probes: ProbeDefaults;
  /** Seconds between SIGTERM and SIGKILL. */
  readonly grace: number;
  /** Secret with the certificate, where it speaks TLS. */
  readonly certificate?: string;
  readonly pods: ResolvedServerPods;
  /** Evicted last: a broker that goes takes every tenant's work with it. */
  readonly evictedLast: boolean;
  /** Absent: it has nothing to keep. */
  readonly data?: { readonly claim: Memory; readonly storageClass: string } | { readonly scratch: Memory };
}

export interface ServerProgram {
  readonly name: string;
  readonly command: readonly string[];
  /** Absent: a helper's. */
  readonly resources?: Resources;
  readonly variables: readonly ServerVariable[];
  readonly folders: readonly ServerFolder[];
}

/** redis_exporter. */
export interface ServerExporter {
  readonly image: string;
  readonly resources: Resources;
  /** Where it asks, and the file of its password; what makes its user is told the same. */
  readonly variables: readonly ServerVariable[];
  /** What it is told besides. */
  readonly settings: readonly ServerVariable[];
}

/** A text, or the name of the pod. */
export type ServerVariable = { readonly name: string } & (
  { readonly value: string } | { readonly podName: true }
);

export type ServerFolder = keyof typeof FOLDERS;

export const FOLDERS = {
  config: '/etc/redis',
  scripts: '/opt/redis',
  rules: '/etc/redis-users/rules',
  passwords: '/etc/redis-users/passwords',
  tls: SERVER_TLS_DIR,
  /** Written by the scripts: users, internal passwords. */
  run: '/run/redis',
  data: '/data',
  /** Shared with redis_exporter, which sees nothing else: its password, and the socket of a Redis that speaks TLS. */
  exporter: '/run/exporter',
} as const;

export interface ServerService {
  readonly name: string;
  /** Server that it belongs to. */
  readonly of: Pick<Server, 'component' | 'name'>;
  readonly pods: PodGroup;
  /** Names each pod. */
  readonly headless: boolean;
  /** Leads to its pods also while they are not ready. */
  readonly unready: boolean;
  readonly port: number;
}

/** Who may reach some pods, and whom they may reach. */
export interface ServerPolicy {
  readonly name: string;
  readonly of: Pick<Server, 'component' | 'name'>;
  readonly pods: PodGroup;
  readonly port: number;
  readonly from: readonly ('clients' | 'scaler' | 'backups' | PodGroup)[];
  readonly to: readonly { readonly pods: PodGroup; readonly port: number }[];
}
