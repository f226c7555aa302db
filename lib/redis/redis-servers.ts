// A Redis as its plan says: every object of its servers, whatever the topology.

import { Construct } from 'constructs';
import { labels } from '../kube';
import type { Footprint } from '../traits/quota';
import { Backups } from './backup';
import { serverIdentity, surroundings } from './base';
import type { RedisProps } from './base';
import { server } from './server';
import type { RenderedServer } from './server';
import { service } from './services';

export class RedisServers extends Construct {
  readonly servers: readonly RenderedServer[];
  /** What runs beside them by the clock takes of the namespace's quota. */
  readonly runs: readonly Footprint[];

  constructor(scope: Construct, id: string, props: RedisProps) {
    super(scope, id);
    const { plan } = props;
    const sources = surroundings(this, props);
    for (const one of plan.services) service(this, one, labels(serverIdentity(props, one.of)));
    const rendered = new Map<string, RenderedServer>();
    for (const one of plan.servers) {
      const made = server(this, { ...props, server: one, sources });
      const first = one.after === undefined ? undefined : rendered.get(one.after);
      if (first) made.workload.addDependency(first.workload);
      rendered.set(one.name, made);
    }
    this.servers = [...rendered.values()];
    const { backup } = props.redis;
    const after = [...sources.objects, ...this.servers.map(({ workload }) => workload)];
    this.runs = backup ? new Backups(this, 'backup', { ...props, backup, after }).footprints : [];
  }
}
