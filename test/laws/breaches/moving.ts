// Breaches of the laws about a tenant that moves.

import { envOf } from '../breach';
import type { Breaches } from '../breach';
import type { Json, Synth } from '../../support/synth';

const LEAF = 'lab/tenants/moving-shared';

const podIn = ({ byKind }: Synth, name: string): Json => byKind('Deployment', name).spec.template.spec;
const settings = (pod: Json): Json => envOf(pod.containers[0], 'STALK_CELERY').valueFrom.configMapKeyRef;

export const movingBreaches: Breaches = {
  'only workers that drain are on the broker that their tenant leaves, each pool of them once': [
    {
      when: 'web sends to the old broker while workers drain it',
      leaf: LEAF,
      spoil: (objects) => {
        settings(podIn(objects, 'web')).name = 'celery-moving';
      },
      says: [
        'Deployment/web.spec.template.spec.containers[0].env must not have the settings of the old broker',
      ],
    },
    {
      when: 'a pool that drains is on the new broker',
      leaf: LEAF,
      spoil: (objects) => {
        settings(podIn(objects, 'worker-default-draining')).name = 'celery-settings';
      },
      says: [
        'Deployment/worker-default-draining.spec.template.spec.containers[0].env must have the settings of the old broker',
      ],
    },
    {
      when: 'nothing drains the old broker',
      leaf: LEAF,
      spoil: (_, leaf) => {
        leaf.manifests = leaf.manifests.filter(({ metadata }) => metadata.name !== 'worker-default-draining');
      },
      says: ['Deployment/worker-default must have a pool beside it that drains the old broker'],
    },
  ],
  'what drains the old broker comes to each side as the worker of that one, and with the password of that one':
    [
      {
        when: 'it comes as web',
        leaf: LEAF,
        spoil: (objects) => {
          envOf(podIn(objects, 'worker-default-draining').containers[0], 'STALK_USER').value =
            'moving-shared-web';
        },
        says: [
          'Deployment/worker-default-draining must come as the worker of its tenant, got "moving-shared-web"',
        ],
      },
      {
        when: 'it has the password of one side for both',
        leaf: LEAF,
        spoil: (objects) => {
          const { volumes } = podIn(objects, 'worker-default-draining');
          const secretOf = (name: string): Json =>
            volumes.find((volume: Json) => volume.name === name).secret;
          secretOf('redis-password').secretName = secretOf('moving-password').secretName;
        },
        says: [
          'Deployment/worker-default-draining must have the passwords of two brokers from two Secrets, got "redis-credentials-of-twin" and "redis-credentials-of-twin"',
        ],
      },
      {
        when: 'it knows nothing of the new broker',
        leaf: LEAF,
        spoil: (objects) => {
          const [main] = podIn(objects, 'worker-default-draining').containers;
          main.env = main.env.filter(({ name }: Json) => name !== 'STALK_MOVING');
        },
        says: ['Deployment/worker-default-draining must be told of the new broker by STALK_MOVING'],
      },
    ],
};
