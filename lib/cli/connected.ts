// The cluster that a command works with: that of the kubeconfig, or of another context in it.

import type { Cluster } from '../cluster';

/** Its client takes a second to load, and only a command that runs needs it. */
export async function connectedTo(context: string | undefined): Promise<Cluster> {
  const { connect } = await import('../cluster/connect');
  return connect(context === undefined ? {} : { context });
}
