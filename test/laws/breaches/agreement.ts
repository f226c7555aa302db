// How client and broker come to disagree.

import { replaceInRules } from '../breach';
import type { ClusterBreaches } from '../breach';

export const agreementClusterBreaches: ClusterBreaches = {
  'the broker knows every user of its tenants, and lets it reach what its settings name': [
    {
      when: 'the broker has no such user',
      cluster: 'production',
      spoil: (of) => replaceInRules(of('brokers/shared'), 'users', 'tenant-a tenant-a: prefix client\n', ''),
      says: [
        `brokers/shared: ConfigMap/redis-rules.data.users: "tenant-a-web" must be given, as tenants/tenant-a comes with that user`,
        `brokers/shared: ConfigMap/redis-rules.data.users: "tenant-a" must be given, as tenants/tenant-a comes with that user`,
      ],
    },
    {
      when: 'a user has another prefix',
      cluster: 'production',
      spoil: (of) => replaceInRules(of('brokers/shared'), 'users', 'tenant-a tenant-a:', 'tenant-a else:'),
      says: [
        `brokers/shared: ConfigMap/redis-rules.data.users: "tenant-a-web" must hold ~tenant-a:*, the keys of tenants/tenant-a`,
        `brokers/shared: ConfigMap/redis-rules.data.users: "tenant-a" must hold ~tenant-a:*, the keys of tenants/tenant-a`,
      ],
    },
  ],
  'client and broker take a password from one place': [
    {
      when: 'the store has two places',
      cluster: 'production',
      spoil: (of) =>
        (of('brokers/shared').byKind('ExternalSecret', 'redis-users').spec.dataFrom[0].extract.key =
          'elsewhere'),
      says: [
        `tenants/tenant-a: ExternalSecret/redis-credentials must take the password of tenant-a-web from where brokers/shared takes it, "elsewhere", got "stalk/production/brokers/shared"`,
        `tenants/tenant-a: ExternalSecret/redis-credentials must take the password of tenant-a from where brokers/shared takes it, "elsewhere", got "stalk/production/brokers/shared"`,
        `tenants/tenant-b: ExternalSecret/redis-credentials must take the password of tenant-b-web from where brokers/shared takes it, "elsewhere", got "stalk/production/brokers/shared"`,
        `tenants/tenant-b: ExternalSecret/redis-credentials must take the password of tenant-b from where brokers/shared takes it, "elsewhere", got "stalk/production/brokers/shared"`,
      ],
    },
    {
      when: 'a literal differs',
      cluster: 'dev',
      spoil: (of) =>
        (of('tenants/tenant-a').byKind('Secret', 'redis-credentials').stringData['tenant-a'] = 'x'),
      says: [
        'tenants/tenant-a: Secret/redis-credentials must take the password of tenant-a from where brokers/shared takes it',
      ],
    },
  ],
  'no user of a shared broker reaches a key of a tenant that it does not belong to': [
    {
      when: 'a prefix begins another',
      cluster: 'production',
      spoil: (of) => replaceInRules(of('brokers/shared'), 'users', ' tenant-b:', ' tenant-a:b:'),
      says: [
        `brokers/shared: ConfigMap/redis-rules.data.users: "tenant-a" must reach no key of tenant-b, got tenant-a:*, which covers tenant-a:b:*`,
      ],
    },
  ],
};
