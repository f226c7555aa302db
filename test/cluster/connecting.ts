// Connects where it is told to and answers what came of it: a process of its own, as Jest cannot load the official client.

import { ClusterError } from '../../lib/cluster';
import { connect } from '../../lib/cluster/connect';

/** Environment and context of one question. */
export interface Question {
  readonly KUBECONFIG: string;
  readonly HOME: string;
  readonly context?: string;
}

process.on('message', ({ context, ...environment }: Question) => {
  Object.assign(process.env, environment);
  void cameOf(context).then((answer) => process.send?.(answer));
});

async function cameOf(context: string | undefined): Promise<string> {
  try {
    return await connect(context === undefined ? {} : { context }).version();
  } catch (error) {
    return error instanceof ClusterError ? error.message : `a bug: ${String(error)}`;
  }
}
