// Breaches of the laws about sidecars.

import type { Breaches } from '../breach';

const proxy = (more: object) => ({ name: 'proxy', image: 'a/b:1', ...more });

export const sidecarBreaches: Breaches = {
  'an init container is a native sidecar only where the environment has them, and no other container is one':
    [
      {
        when: 'the environment has none',
        leaf: 'production/tenants/jewelry-shop',
        spoil: ({ byKind }) =>
          (byKind('Deployment', 'beat').spec.template.spec.initContainers[0].restartPolicy = 'Always'),
        says: [
          'Deployment/beat.spec.template.spec.initContainers[0].restartPolicy must be left out, or "Always" where nativeSidecars of the environment is true, got "Always"',
        ],
      },
      {
        when: 'it is no init container',
        leaf: 'production/tenants/jewelry-shop',
        spoil: ({ byKind }, leaf) => {
          Object.assign(leaf, { nativeSidecars: true });
          byKind('Deployment', 'beat').spec.template.spec.containers[0].restartPolicy = 'Always';
        },
        says: [
          'Deployment/beat.spec.template.spec.containers[0].restartPolicy must be left out, got "Always"',
        ],
      },
    ],
  'a native sidecar starts before every init container that ends': [
    {
      when: 'it starts behind a wait',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => {
        const { spec } = byKind('Deployment', 'beat').spec.template;
        spec.initContainers = [{ name: 'wait' }, proxy({ restartPolicy: 'Always' })];
      },
      says: [
        'Deployment/beat.spec.template.spec.initContainers[1] must come before "wait", which may need it, got "proxy" behind it',
      ],
    },
  ],
  'a Job has one container that runs to its end: a second one would keep it from ending': [
    {
      when: 'a plain sidecar runs beside the migrations',
      leaf: 'production/tenants/jewelry-shop',
      spoil: ({ byKind }) => {
        const job = byKind('Job', 'migrate');
        job.metadata.name = 'migrate-0123456789';
        job.spec.template.spec.containers.push(proxy({}));
      },
      says: [
        'Job/migrate-0123456789.spec.template.spec.containers must hold one, got 2; with nativeSidecars of the environment the others are init containers that end with it',
      ],
    },
  ],
};
