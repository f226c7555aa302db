// Checks that break something, only when asked: a killed worker's task is finished by another, a restarted Redis keeps its data.

import { guarded } from '../section';
import type { SectionOfChecks } from '../section';
import { killPod, killProcess } from './killed';
import { restart } from './restarted';

export const disruption: SectionOfChecks = {
  id: 'disruption',
  title: 'Disruption: a killed worker, a restarted Redis',
  async *run(world) {
    if (!world.options.disruptive) return;
    for (const here of world.tenants) {
      for (const pool of here.tenant.workers) {
        const subject = `${here.tenant.name} worker-${pool.name}`;
        const child = {
          id: 'disruption.process',
          subject,
          expected: 'the task of a killed process is finished',
        };
        yield* guarded(child, async () => [await killProcess(world, here, pool, child)]);
        const pod = {
          id: 'disruption.pod',
          subject,
          expected: 'the task of a killed pod is finished by another',
        };
        yield* guarded(pod, async () => [await killPod(world, here, pool, pod)]);
      }
    }
    for (const server of world.servers.filter(({ use }) => use === 'broker')) {
      const about = {
        id: 'disruption.redis',
        subject: server.of,
        expected: 'a key outlives a restart, and tasks go on',
      };
      yield* guarded(about, async () => [await restart(world, server, about)]);
    }
  },
};
