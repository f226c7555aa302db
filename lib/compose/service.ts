// A service of Compose, as far as Stalk writes one, and what all of its containers have.

import type { Memory } from '../spec';
import type { Resources } from '../spec/compute';
import { bytes, millicores } from '../spec/units';
import type { HealthCheck } from './health';

export type Condition = 'service_healthy' | 'service_completed_successfully' | 'service_started';

export interface Service {
  readonly image: string;
  readonly build?: string;
  readonly profiles?: readonly string[];
  /** Absent, what the image starts. */
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly user: string;
  readonly working_dir?: string;
  readonly env_file?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly ports?: readonly string[];
  readonly networks?: Readonly<Record<string, { readonly aliases?: readonly string[] }>>;
  readonly network_mode?: 'none' | `service:${string}`;
  readonly extra_hosts?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: Condition }>>;
  readonly healthcheck?: HealthCheck;
  readonly restart: 'unless-stopped' | 'no';
  readonly stop_grace_period?: string;
  readonly mem_limit?: string;
  readonly cpus?: number;
  readonly read_only: boolean;
  readonly cap_drop: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
}

/** Its own services, such as a database. */
export const LAPTOP = ['host.docker.internal:host-gateway'] as const;

/** As the pods have it. */
export const HARDENED = {
  cap_drop: ['ALL'],
  security_opt: ['no-new-privileges:true'],
} as const;

export const limitsOf = ({ cpu, memory }: Resources) => ({
  mem_limit: size(memory.limit),
  cpus: millicores(cpu.limit) / 1000,
});

/** Docker's `m` is Kubernetes' `Mi`. */
const size = (memory: Memory): string => `${Math.ceil(bytes(memory) / 2 ** 20)}m`;

/**
 * Room to write, as an `emptyDir` is one, where programs run too. It is the user's own: in a container that starts again,
 * runc gives a tmpfs the mode of the folder below it, which is root's (seen with runc 1.1.5).
 */
export const scratchAt = (path: string, memory: Memory, user: number): string =>
  `${path}:size=${size(memory)},uid=${user},gid=${user},mode=1777,exec`;

/** A file or folder of the project. `z` lets containers read it where SELinux is on. */
export const fileAt = (source: string, target: string): string => `./${source}:${target}:ro,z`;

/** Data that outlives a container. A new volume is empty, whatever the image has at its path. */
export const volumeAt = (name: string, target: string): string => `${name}:${target}:nocopy`;

/** Another content makes another container: files that are mounted are not looked at by Compose. */
export const CONTENT_LABEL = 'stalk.dev/content';
