// How a network is opened too far, or not far enough.

import type { ClusterBreaches } from '../breach';
import { referenceEnvironment } from '../../support/synth';

const PEERS = referenceEnvironment('production').peers ?? {};

export const networkClusterBreaches: ClusterBreaches = {
  'every pod of an app reaches the broker that its settings name': [
    {
      when: 'a pod does not say that it is a client',
      cluster: 'production',
      spoil: (of) =>
        delete of('tenants/tenant-a').byKind('Deployment', 'beat').spec.template.metadata.labels[
          'stalk.dev/broker-client'
        ],
      says: [
        `tenants/tenant-a: Deployment/beat must reach its broker redis.broker-shared.svc.cluster.local, got no way; let both ends' NetworkPolicies name its labels`,
      ],
    },
    {
      when: 'the way to the sentinels is closed',
      cluster: 'lab',
      spoil: (of) => of('tenants/on-guarded').byKind('NetworkPolicy', 'to-broker').spec.egress.pop(),
      says: [
        `tenants/on-guarded: Deployment/web must reach its broker sentinel-0.sentinel-headless.broker-guarded.svc.cluster.example.com, got no way; let both ends' NetworkPolicies name its labels`,
        `tenants/on-guarded: Deployment/worker-default must reach its broker sentinel-0.sentinel-headless.broker-guarded.svc.cluster.example.com, got no way; let both ends' NetworkPolicies name its labels`,
      ],
    },
    {
      when: 'the way to an external broker is closed',
      cluster: 'lab',
      spoil: (of) =>
        (of('tenants/outside').byKind('NetworkPolicy', 'to-broker').spec.egress[0].to[0].ipBlock.cidr =
          '10.9.0.8/32'),
      says: [
        `tenants/outside: Deployment/worker-default must reach its broker redis.example.com, got no way; let both ends' NetworkPolicies name its labels`,
      ],
    },
  ],
  'who may leave for a Redis may enter there, and who may enter may leave': [
    {
      when: 'a tenant’s namespace has no label of its broker',
      cluster: 'production',
      spoil: (of) =>
        delete of('tenants/tenant-a').byKind('Namespace', 'tenant-a').metadata.labels['stalk.dev/broker'],
      says: [
        'tenants/tenant-a: Job/migrate must find both ends of its way to broker-shared/StatefulSet/redis open or closed, got port 6379 open to leave and no more',
        'tenants/tenant-a: Deployment/beat must find both ends of its way to broker-shared/StatefulSet/redis open or closed, got port 6379 open to leave and no more',
        'tenants/tenant-a: Deployment/web must find both ends of its way to broker-shared/StatefulSet/redis open or closed, got port 6379 open to leave and no more',
        'tenants/tenant-a: Deployment/worker-default must find both ends of its way to broker-shared/StatefulSet/redis open or closed, got port 6379 open to leave and no more',
      ],
    },
    {
      when: 'a namespace has the label of a broker that its tenant does not use',
      cluster: 'production',
      spoil: (of) =>
        (of('tenants/redline').byKind('Namespace', 'redline').metadata.labels['stalk.dev/broker'] = 'shared'),
      says: [
        'tenants/redline: Deployment/web must find both ends of its way to broker-shared/StatefulSet/redis open or closed, got port 6379 open to enter and no more',
        'tenants/redline: Deployment/worker-default must find both ends of its way to broker-shared/StatefulSet/redis open or closed, got port 6379 open to enter and no more',
      ],
    },
    {
      when: 'a tenant forgets its cache',
      cluster: 'production',
      spoil: (of) => (of('tenants/redline').byKind('NetworkPolicy', 'to-cache').spec.egress = []),
      says: [
        'tenants/redline: Deployment/web must find both ends of its way to redline/StatefulSet/cache open or closed, got port 6379 open to enter and no more',
        'tenants/redline: Deployment/worker-default must find both ends of its way to redline/StatefulSet/cache open or closed, got port 6379 open to enter and no more',
      ],
    },
  ],
  'no pod of a tenant reaches a pod or a Redis of another': [
    {
      when: 'a policy is about all namespaces',
      cluster: 'production',
      spoil: (of) =>
        (of('tenants/redline').byKind('NetworkPolicy', 'redis').spec.ingress[0].from[0].namespaceSelector =
          {}),
      says: [
        'tenants/paless: Job/migrate must not reach another tenant, got a way to redline/StatefulSet/redis',
        'tenants/paless: Deployment/beat must not reach another tenant, got a way to redline/StatefulSet/redis',
        'tenants/paless: Deployment/web must not reach another tenant, got a way to redline/StatefulSet/redis',
        'tenants/paless: Deployment/worker-default must not reach another tenant, got a way to redline/StatefulSet/redis',
        'tenants/tenant-a: Job/migrate must not reach another tenant, got a way to redline/StatefulSet/redis',
        'tenants/tenant-a: Deployment/beat must not reach another tenant, got a way to redline/StatefulSet/redis',
        'tenants/tenant-a: Deployment/web must not reach another tenant, got a way to redline/StatefulSet/redis',
        'tenants/tenant-a: Deployment/worker-default must not reach another tenant, got a way to redline/StatefulSet/redis',
        'tenants/tenant-b: Job/migrate must not reach another tenant, got a way to redline/StatefulSet/redis',
        'tenants/tenant-b: Deployment/beat must not reach another tenant, got a way to redline/StatefulSet/redis',
        'tenants/tenant-b: Deployment/web must not reach another tenant, got a way to redline/StatefulSet/redis',
        'tenants/tenant-b: Deployment/worker-default must not reach another tenant, got a way to redline/StatefulSet/redis',
        'tenants/typesafe: Deployment/flower must not reach another tenant, got a way to redline/StatefulSet/redis',
        'tenants/typesafe: Deployment/web must not reach another tenant, got a way to redline/StatefulSet/redis',
        'tenants/typesafe: Deployment/worker-default must not reach another tenant, got a way to redline/StatefulSet/redis',
        'tenants/jewelry-shop: Job/migrate must not reach another tenant, got a way to redline/StatefulSet/redis',
        'tenants/jewelry-shop: Deployment/beat must not reach another tenant, got a way to redline/StatefulSet/redis',
        'tenants/jewelry-shop: Deployment/web must not reach another tenant, got a way to redline/StatefulSet/redis',
        'tenants/jewelry-shop: Deployment/worker-default must not reach another tenant, got a way to redline/StatefulSet/redis',
      ],
    },
  ],
  'every pod is closed both ways but for what is opened, and finds names': [
    {
      when: 'a namespace has no default',
      cluster: 'dev',
      spoil: (of) =>
        (of('tenants/typesafe').byKind('NetworkPolicy', 'default-deny').spec.policyTypes = ['Egress']),
      says: [
        'tenants/typesafe: Namespace/typesafe must have a NetworkPolicy that closes all pods both ways',
        'tenants/typesafe: Deployment/worker-default must have a NetworkPolicy for what enters, got none',
        'tenants/typesafe: Deployment/worker-default must be closed to strangers, got a way in',
      ],
    },
    {
      when: 'names cannot be asked for',
      cluster: 'lab',
      spoil: (of) => of('tenants/outside').byKind('NetworkPolicy', 'dns').spec.egress[0].ports.pop(),
      says: [
        'tenants/outside: Deployment/queues must reach DNS by UDP, got no way',
        'tenants/outside: Deployment/worker-default must reach DNS by UDP, got no way',
      ],
    },
    {
      when: 'the whole world is open',
      cluster: 'production',
      spoil: (of) => {
        const { spec } = of('tenants/typesafe').byKind('NetworkPolicy', 'egress');
        spec.podSelector.matchLabels['app.kubernetes.io/component'] = 'web';
        spec.egress = [{}];
      },
      says: [
        'tenants/typesafe: Deployment/web must not leave for a stranger, got a way out',
        `tenants/typesafe: Deployment/web must not reach the cloud's metadata at 169.254.169.254, got a way`,
      ],
    },
    {
      when: 'the cloud’s metadata is in reach',
      cluster: 'production',
      spoil: (of) => {
        const { spec } = of('tenants/typesafe').byKind('NetworkPolicy', 'egress');
        spec.podSelector.matchLabels['app.kubernetes.io/component'] = 'web';
        spec.egress[0] = { to: [{ ipBlock: { cidr: '0.0.0.0/0' } }] };
      },
      says: [
        `tenants/typesafe: Deployment/web must not reach the cloud's metadata at 169.254.169.254, got a way`,
      ],
    },
  ],
  'KEDA reaches brokers, the ingress web and Flower, Prometheus metrics; nobody else, and only where they are':
    [
      {
        when: 'the ingress finds no way in',
        cluster: 'production',
        spoil: (of) =>
          (of('tenants/paless').byKind('NetworkPolicy', 'to-web').spec.ingress[0].ports[0].port = 80),
        says: ['tenants/paless: Deployment/web must let ingress in at 8000, got nothing'],
      },
      {
        when: 'KEDA is let in where there is none',
        cluster: 'dev',
        spoil: (of) =>
          of('tenants/paless')
            .byKind('NetworkPolicy', 'redis')
            .spec.ingress[0].from.push({
              namespaceSelector: { matchLabels: PEERS.keda?.namespace },
              podSelector: { matchLabels: PEERS.keda?.pods },
            }),
        says: [
          'tenants/paless: StatefulSet/redis must be closed to keda-operator of keda, which no peer of the environment names, got a way in at 6379',
        ],
      },
      {
        when: 'load balancers find no way in',
        cluster: 'lab-throwaway',
        spoil: (of) =>
          (of('tenants/on-twin').byKind('NetworkPolicy', 'to-web').spec.ingress[0].ports[0].port = 80),
        says: [
          'tenants/on-twin: Deployment/web must let 10.30.0.0/24 in at 8000, got nothing',
          'tenants/on-twin: Deployment/web must let fd00:30::/64 in at 8000, got nothing',
        ],
      },
      {
        when: 'load balancers find a way to Redis',
        cluster: 'lab-throwaway',
        spoil: (of) =>
          of('brokers/main')
            .byKind('NetworkPolicy', 'redis')
            .spec.ingress[0].from.push({ ipBlock: { cidr: '10.30.0.0/24' } }),
        says: ['brokers/main: StatefulSet/redis must be closed to 10.30.0.0/24, got a way in at 6379'],
      },
      {
        when: 'addresses are let in that nobody names',
        cluster: 'lab',
        spoil: (of) =>
          of('tenants/on-twin')
            .byKind('NetworkPolicy', 'to-web')
            .spec.ingress[0].from.push({ ipBlock: { cidr: '0.0.0.0/0' } }),
        says: [
          'tenants/on-twin: Deployment/web must be closed to 0.0.0.0/0, which no peer of the environment names, got a way in at 8000',
        ],
      },
    ],
  'programs of an app reach each other where a Service sends requests and nowhere else, and not Flower': [
    {
      when: 'programs may not leave for a server',
      cluster: 'lab',
      spoil: (of) => of('tenants/sealed-shared').byKind('NetworkPolicy', 'calls').spec.egress.pop(),
      says: ['Job/migrate', 'Deployment/beat', 'Deployment/worker-default'].map(
        (from) =>
          `tenants/sealed-shared: ${from} must reach Deployment/web at 8000, got nothing; let NetworkPolicy/calls and NetworkPolicy/to-web name the ports of Services alone`,
      ),
    },
    {
      when: 'they reach a server behind what stands in front of it',
      cluster: 'lab',
      spoil: (of) => {
        const { byKind } = of('tenants/many');
        const behind = { port: 8000, protocol: 'TCP' };
        byKind('NetworkPolicy', 'calls').spec.egress[0].ports.push(behind);
        byKind('NetworkPolicy', 'to-web').spec.ingress[1].ports.push(behind);
      },
      says: [
        'Job/migrate',
        ...['admin', 'consumer', 'listener', 'websockets', 'worker-default', 'worker-reports'].map(
          (name) => `Deployment/${name}`,
        ),
        'CronJob/nightly',
      ].map(
        (from) =>
          `tenants/many: ${from} must reach Deployment/web at 4180, got 8000 and 4180; let NetworkPolicy/calls and NetworkPolicy/to-web name the ports of Services alone`,
      ),
    },
    {
      when: 'they reach Flower',
      cluster: 'lab',
      spoil: (of) => {
        const { byKind } = of('tenants/sealed-shared');
        const [rule] = byKind('NetworkPolicy', 'calls').spec.egress;
        const flower = { podSelector: { matchLabels: { 'app.kubernetes.io/component': 'flower' } } };
        const ports = [{ port: 5555, protocol: 'TCP' }];
        byKind('NetworkPolicy', 'calls').spec.egress.push({ ...rule, to: [flower], ports });
        const [, programs] = byKind('NetworkPolicy', 'to-web').spec.ingress;
        byKind('NetworkPolicy', 'to-flower').spec.ingress.push({ ...programs, ports });
      },
      says: ['Job/migrate', 'Deployment/beat', 'Deployment/web', 'Deployment/worker-default'].map(
        (from) =>
          `tenants/sealed-shared: ${from} must not reach Deployment/flower, got 5555; let NetworkPolicy/calls and NetworkPolicy/to-flower name the ports of Services alone`,
      ),
    },
  ],
  'a replica reaches its primary, and Redis nothing else but names': [
    {
      when: 'sentinels cannot look at Redis',
      cluster: 'lab',
      spoil: (of) => delete of('brokers/guarded').byKind('NetworkPolicy', 'redis-sentinels').spec.ingress,
      says: [
        'brokers/guarded: StatefulSet/sentinel must reach broker-guarded/StatefulSet/redis at 6379, got nothing',
      ],
    },
    {
      when: 'replicas are cut off',
      cluster: 'lab',
      spoil: (of) => delete of('brokers/twin').byKind('NetworkPolicy', 'redis').spec.egress,
      says: [
        'brokers/twin: StatefulSet/redis must reach broker-twin/StatefulSet/redis-replica at 6379, got nothing',
        'brokers/twin: StatefulSet/redis-replica must reach broker-twin/StatefulSet/redis at 6379, got nothing',
      ],
    },
  ],
};
