// How a way in from outside leads nowhere, to somebody else, or past the policies.

import type { Breaches, ClusterBreaches } from '../breach';

export const wayInBreaches: Breaches = {
  'a way in leads to a port of a Service beside it, and says for which hosts': [
    {
      when: 'an Ingress names a port that the Service does not have',
      leaf: 'lab/tenants/on-twin',
      spoil: ({ byKind }) =>
        (byKind('Ingress', 'web').spec.rules[1].http.paths[0].backend.service.port.number = 80),
      says: ['Ingress/web must lead to a port of a Service in its namespace, got web:80'],
    },
    {
      when: 'a route names a Service that is not there',
      leaf: 'lab-operator/tenants/on-twin',
      spoil: ({ byKind }) => (byKind('HTTPRoute', 'web').spec.rules[0].backendRefs[0].name = 'shop'),
      says: ['HTTPRoute/web must lead to a port of a Service in its namespace, got shop:8000'],
    },
    {
      when: 'a route has no backend',
      leaf: 'lab-operator/tenants/on-twin',
      spoil: ({ byKind }) => delete byKind('HTTPRoute', 'web').spec.rules[0].backendRefs,
      says: ['HTTPRoute/web must lead to a Service, got none'],
    },
    {
      when: 'an Ingress takes every host',
      leaf: 'lab/tenants/hybrid',
      spoil: ({ byKind }) => delete byKind('Ingress', 'flower').spec.rules[0].host,
      says: ['Ingress/flower must say its hosts, got every host at /flower'],
    },
    {
      when: 'a route takes every host',
      leaf: 'lab-operator/tenants/hybrid',
      spoil: ({ byKind }) => delete byKind('HTTPRoute', 'flower').spec.hostnames,
      says: ['HTTPRoute/flower must say its hosts, got every host at /flower'],
    },
  ],
  'a way in comes last, so that nothing waits for its address': [
    {
      when: 'it comes first',
      leaf: 'lab-operator/tenants/hybrid',
      spoil: ({ byKind }) =>
        (byKind('HTTPRoute', 'flower').metadata.annotations['argocd.argoproj.io/sync-wave'] = '1'),
      says: [
        'HTTPRoute/flower.metadata.annotations["argocd.argoproj.io/sync-wave"] must be 2 or more, as others would wait for its address, got 1',
      ],
    },
    {
      when: 'an autoscaler waits for it',
      leaf: 'lab/tenants/on-twin',
      spoil: ({ byKind }) =>
        (byKind('HorizontalPodAutoscaler', 'web').metadata.annotations['argocd.argoproj.io/sync-wave'] = '9'),
      says: [
        'Ingress/web.metadata.annotations["argocd.argoproj.io/sync-wave"] must be 9 or more, as others would wait for its address, got 4',
      ],
    },
  ],
  'one Ingress alone has a certificate made in a Secret': [
    {
      when: 'two have one made',
      leaf: 'lab/tenants/sealed-shared',
      spoil: ({ byKind }) => (byKind('Ingress', 'flower').spec.tls[0].secretName = 'web-tls'),
      says: [
        'Ingress/flower.spec.tls must name a Secret of its own, got "web-tls", which Ingress/web has made as well',
        'Ingress/web.spec.tls must name a Secret of its own, got "web-tls", which Ingress/flower has made as well',
      ],
    },
    {
      when: 'it is that of the clients of Redis',
      leaf: 'lab/tenants/sealed-shared',
      spoil: ({ byKind }) => (byKind('Ingress', 'web').spec.tls[0].secretName = 'redis-client-tls'),
      says: [
        'Ingress/web.spec.tls must name a Secret of its own, got "redis-client-tls", which Certificate/redis-client-tls has made as well',
      ],
    },
    {
      when: 'nobody says which Secret',
      leaf: 'lab/tenants/hybrid',
      spoil: ({ byKind }) => delete byKind('Ingress', 'flower').spec.tls[0].secretName,
      says: ['Ingress/flower.spec.tls must name the Secret that cert-manager fills, got none'],
    },
  ],
};

export const wayInClusterBreaches: ClusterBreaches = {
  'no two ways in begin at one host and path': [
    {
      when: 'a tenant takes the host of another',
      cluster: 'lab',
      spoil: (of) =>
        (of('tenants/on-twin').byKind('Ingress', 'web').spec.rules[0].host = 'guarded.example.com'),
      says: [
        'tenants/on-guarded: Ingress/web must leave guarded.example.com/ to tenants/on-twin/Ingress/web, which begins there',
      ],
    },
    {
      when: 'a route takes the path of another',
      cluster: 'lab-operator',
      spoil: (of) =>
        (of('tenants/sealed-shared').byKind('HTTPRoute', 'flower').spec.rules[0].matches[0].path.value = '/'),
      says: [
        'tenants/sealed-shared: HTTPRoute/web must leave sealed.example.com/ to tenants/sealed-shared/HTTPRoute/flower, which begins there',
      ],
    },
  ],
  'the port behind a way in is open to the ingress of the environment': [
    {
      when: 'the policy opens another port',
      cluster: 'lab',
      spoil: (of) =>
        (of('tenants/on-twin').byKind('NetworkPolicy', 'to-web').spec.ingress[0].ports[0].port = 8080),
      says: [
        'tenants/on-twin: Ingress/web must find its way open, got Deployment/web closed to the ingress at port http',
      ],
    },
    {
      when: 'a block of addresses is left out',
      cluster: 'lab-throwaway',
      spoil: (of) => of('tenants/hybrid').byKind('NetworkPolicy', 'to-flower').spec.ingress[0].from.pop(),
      says: [
        'tenants/hybrid: Ingress/flower must find its way open, got Deployment/flower closed to the ingress at port http',
      ],
    },
    {
      when: 'the Service leads to no pod',
      cluster: 'lab-operator',
      spoil: (of) =>
        (of('tenants/hybrid').byKind('Service', 'flower').spec.selector['app.kubernetes.io/instance'] =
          'web'),
      says: ['tenants/hybrid: HTTPRoute/flower must lead to pods, got none behind Service/flower'],
    },
  ],
};
