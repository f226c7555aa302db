// How a container misses a file that it works with, or shows one to everybody.

import type { Breaches } from '../breach';
import type { Json } from '../../support/synth';

const watching = (pod: Json): Json => pod.containers.find(({ name }: Json) => name === 'users');

export const fileBreaches: Breaches = {
  'every script that a container starts is there, with the folders that it works in': [
    {
      when: 'the sidecar does not see the rules',
      leaf: 'production/brokers/shared',
      spoil: ({ byKind }) => {
        const users = watching(byKind('StatefulSet', 'redis').spec.template.spec);
        users.volumeMounts = users.volumeMounts.filter(({ name }: Json) => name !== 'rules');
      },
      says: [
        `StatefulSet/redis.spec.template.spec.containers[1].volumeMounts must hold what "/opt/redis/users.sh" works with, got no /etc/redis-users/rules`,
      ],
    },
    {
      when: 'a script reads another that is not there',
      leaf: 'lab/tenants/own-guarded',
      spoil: ({ byKind }) => delete byKind('ConfigMap', 'sentinel-scripts').data['ask.sh'],
      says: [
        `StatefulSet/redis.spec.template.spec.containers[0].volumeMounts must hold what "/opt/redis/start.sh" works with, got no /opt/redis/ask.sh`,
        `StatefulSet/sentinel.spec.template.spec.initContainers[1].volumeMounts must hold what "/opt/redis/sentinel.sh" works with, got no /opt/redis/ask.sh`,
      ],
    },
    {
      when: 'the script of a probe is not there',
      leaf: 'production/brokers/shared',
      spoil: ({ byKind }) => delete byKind('ConfigMap', 'redis-scripts').data['probe.sh'],
      says: [
        `StatefulSet/redis.spec.template.spec.containers[0].volumeMounts must hold what "/opt/redis/probe.sh" works with, got no /opt/redis/probe.sh`,
      ],
    },
    {
      when: 'the loader is not there',
      leaf: 'production/tenants/redline',
      spoil: ({ byKind }) => delete byKind('ConfigMap', 'stalk-loader').data['stalk_celery.py'],
      says: ['web', 'worker-default'].map(
        (name) =>
          `Deployment/${name}.spec.template.spec.initContainers[0].volumeMounts must hold what "/opt/stalk/stalk_celery.py" works with, got no /opt/stalk/stalk_celery.py`,
      ),
    },
    {
      when: 'a module that a module of the loader imports is not there',
      leaf: 'production/tenants/redline',
      spoil: ({ byKind }) => delete byKind('ConfigMap', 'stalk-loader').data['stalk_full.py'],
      says: ['web', 'worker-default'].map(
        (name) =>
          `Deployment/${name}.spec.template.spec.initContainers[0].volumeMounts must hold what "/opt/stalk/stalk_celery.py" works with, got no /opt/stalk/stalk_full.py`,
      ),
    },
  ],
  'passwords and keys are files that only the pod’s own user and group may read': [
    {
      when: 'the mode is the kubelet’s',
      leaf: 'production/tenants/redline',
      spoil: ({ byKind }) => {
        const { volumes } = byKind('Deployment', 'web').spec.template.spec;
        delete volumes.find(({ name }: Json) => name === 'redis-password').secret.defaultMode;
      },
      says: [
        `Deployment/web.spec.template.spec.volumes[2].secret ("redis-password") must have files of mode 0440, got 0644`,
      ],
    },
    {
      when: 'one file has a mode of its own',
      leaf: 'production/tenants/redline',
      spoil: ({ byKind }) => {
        const { volumes } = byKind('Deployment', 'web').spec.template.spec;
        volumes.find(({ name }: Json) => name === 'redis-password').secret.items[0].mode = 0o444;
      },
      says: [
        `Deployment/web.spec.template.spec.volumes[2].secret ("redis-password") must have files of mode 0440, got 0444`,
      ],
    },
  ],
};
