// A tenant that moves: who works on the broker that it leaves, and as whom.

import { breachUnless, envOf } from './law';
import type { Law } from './law';
import type { PodSpec } from './pods';
import { isOnOldSide, settingsOfSides } from './settings';
import { ownWorkloads } from './workloads';
import { show } from './words';

const secretAt = (pod: PodSpec, volume: string): string | undefined =>
  pod.volumes?.find(({ name }) => name === volume)?.secret?.secretName;

/** A message that is sent there once more would keep the old broker from ever being empty. */
const workersAlone: Law = {
  name: 'only workers that drain are on the broker that their tenant leaves, each pool of them once',
  check: (leaf) => {
    if (settingsOfSides(leaf).length < 2) return [];
    const pods = ownWorkloads(leaf.workloads).filter(({ main }) => envOf(main, 'STALK_CELERY') !== undefined);
    const names = new Set(pods.map(({ name }) => name));
    return pods.flatMap(({ id, name, labels, main }) => {
      const drains = name.endsWith('-draining');
      const isWorker = labels['app.kubernetes.io/component'] === 'worker';
      return [
        ...breachUnless(
          isOnOldSide(main) === drains,
          id,
          `.spec.template.spec.containers[0].env must ${drains ? '' : 'not '}have the settings of the old broker`,
        ),
        ...breachUnless(!drains || isWorker, id, ' must be a worker, as it is on the old broker'),
        ...breachUnless(
          !isWorker || drains || names.has(`${name}-draining`),
          id,
          ' must have a pool beside it that drains the old broker',
        ),
      ];
    });
  },
};

/** Both passwords lie in the pod, each in a folder of its own. */
const asWorker: Law = {
  name: 'what drains the old broker comes to each side as the worker of that one, and with the password of that one',
  check: (leaf) =>
    ownWorkloads(leaf.workloads)
      .filter(({ main }) => isOnOldSide(main))
      .flatMap(({ id, pod, main }) => {
        const user = envOf(main, 'STALK_USER')?.value;
        const [own, other] = ['redis-password', 'moving-password'].map((volume) => secretAt(pod, volume));
        return [
          ...breachUnless(
            user !== undefined && !user.endsWith('-web'),
            id,
            ` must come as the worker of its tenant, got ${show(user)}`,
          ),
          ...breachUnless(
            own !== undefined && other !== undefined && own !== other,
            id,
            ` must have the passwords of two brokers from two Secrets, got ${show(own)} and ${show(other)}`,
          ),
          ...breachUnless(
            envOf(main, 'STALK_MOVING')?.valueFrom?.configMapKeyRef?.key === 'told-to-old.json',
            id,
            ' must be told of the new broker by STALK_MOVING',
          ),
        ];
      }),
};

export const movingLaws: readonly Law[] = [workersAlone, asWorker];
