// The kubeconfig and its chosen context, or one clear line for each thing that is wrong with them.

import { delimiter } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import type { Cluster } from '@kubernetes/client-node';
import { ClusterError, reasonOf } from './errors';

export interface Target {
  readonly config: KubeConfig;
  readonly context: string;
  readonly server: string;
}

/** Read where kubectl reads it: $KUBECONFIG, ~/.kube/config, a pod's own account. */
export function kubeconfig(context: string | undefined): Target {
  const files = String(process.env['KUBECONFIG'] ?? '')
    .split(delimiter)
    .filter(Boolean);
  const config = new KubeConfig();
  const name = `kubeconfig ${files.length > 0 ? files.join(delimiter) : '~/.kube/config'}`;
  // Each by itself first, as the client does not say which of them it cannot read
  refuse(
    files.flatMap((file) => wrongIn(`kubeconfig ${file}`, () => new KubeConfig().loadFromFile(file, STRICT))),
  );
  refuse(wrongIn(name, () => config.loadFromDefault(STRICT)));
  const chosen = chosenOf(config, context, name);
  config.setCurrentContext(chosen);
  return { config, context: chosen, server: serverOf(config, name) };
}

function refuse(lines: readonly string[]): void {
  if (lines.length > 0) throw new ClusterError(lines.join('\n'));
}

const STRICT = { onInvalidEntry: 'throw' } as const;

function wrongIn(name: string, load: () => void): readonly string[] {
  try {
    load();
    return [];
  } catch (error) {
    // The client takes no YAML at all for an object
    const got = error instanceof TypeError ? 'nothing in it' : reasonOf(error);
    return [`${name}: must be a kubeconfig, got ${got}; correct it, or set KUBECONFIG to another`];
  }
}

/** Name of the context that the client makes up when there is no kubeconfig. */
const MADE_UP = 'loaded-context';

function chosenOf(config: KubeConfig, asked: string | undefined, name: string): string {
  const names = config.getContexts().map((one) => one.name);
  const chosen = asked ?? String(config.getCurrentContext());
  if (names.length === 0)
    throw new ClusterError(`${name}: must have a context, got none; set KUBECONFIG to the cluster's`);
  if (names[0] === MADE_UP)
    throw new ClusterError(
      'kubeconfig: must be named by KUBECONFIG or be ~/.kube/config, got neither; set one',
    );
  if (names.includes(chosen)) return chosen;
  const there = names.join(', ');
  if (asked !== undefined)
    throw new ClusterError(`--context must be one of ${name}, got ${asked}; there are ${there}`);
  const got = config.getCurrentContext() ? chosen : 'none';
  throw new ClusterError(
    `${name}: current-context must name a context, got ${got}; choose one with --context, there are ${there}`,
  );
}

function serverOf(config: KubeConfig, name: string): string {
  const { cluster, user } = config.getContextObject(config.getCurrentContext()) ?? {};
  const found = config.getCurrentCluster();
  const where = `${name}: context "${config.getCurrentContext()}"`;
  const listed = (what: string, got: string | undefined, there: readonly { readonly name: string }[]) =>
    new ClusterError(
      `${where}: its ${what} must be listed, got ${got}; there are ${there.map((one) => one.name).join(', ') || 'none'}`,
    );
  if (!found) throw listed('cluster', cluster, config.getClusters());
  if (user && !config.getCurrentUser()) throw listed('user', user, config.getUsers());
  if (usable(found)) return found.server;
  throw new ClusterError(
    `${where}: server of cluster ${cluster} must be a URL with https, got ${found.server}; correct it`,
  );
}

/** The client sends no credentials in the clear unless it is told that this is meant. */
function usable({ server, skipTLSVerify }: Cluster): boolean {
  if (!URL.canParse(server)) return false;
  const { protocol } = new URL(server);
  return protocol === 'https:' || (protocol === 'http:' && skipTLSVerify);
}
