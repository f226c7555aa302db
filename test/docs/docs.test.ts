// The docs' code is the code of files that are built, and what those files promise is rendered here.

import { parseSync } from '@swc/core';
import { dev } from '../../docs/examples/environment';
import { acme } from '../../docs/examples/acme';
import { production as behindAddresses } from '../../docs/examples/expose/addresses';
import * as certManager from '../../docs/examples/expose/cert-manager';
import { shop as withFlower } from '../../docs/examples/expose/flower';
import { production as behindAGateway } from '../../docs/examples/expose/gateway';
import * as ingress from '../../docs/examples/expose/ingress';
import * as azure from '../../docs/examples/external-azure';
import * as dragonfly from '../../docs/examples/external-dragonfly';
import * as elasticache from '../../docs/examples/external-elasticache';
import * as memorystore from '../../docs/examples/external-memorystore';
import * as upstash from '../../docs/examples/external-upstash';
import * as valkey from '../../docs/examples/external-valkey';
import * as group from '../../docs/examples/isolation-group';
import { shop } from '../../docs/examples/processes';
import * as patched from '../../docs/examples/patches';
import * as hybrid from '../../docs/examples/isolation-hybrid';
import { acme as promoted } from '../../docs/examples/promotion/acme';
import { environments as promotion } from '../../docs/examples/promotion/environments';
import * as prefix from '../../docs/examples/isolation-prefix';
import * as queue from '../../docs/examples/isolation-queue';
import type { Environment, Tenant } from '../../lib';
import { platforms } from '../../lib';
import { judge, renderedLeaves } from '../../lib/laws';
import { manifestsOf } from '../../lib/output/manifests';
import { blocksOf, pages, textOf } from './pages';

interface Shown {
  readonly queues: string | undefined;
  readonly prefix: string | undefined;
  readonly user: string | undefined;
}

/** What one worker Deployment of the rendered tenants says about names. */
function shown(tenants: readonly Tenant[], folder: string, deployment: string): Shown {
  const [platform] = platforms({ environments: [dev], tenants });
  const leaf = platform?.leaves.find((l) => l.folder === folder);
  if (!leaf) throw new Error(`no leaf ${folder}`);
  const manifests = manifestsOf(leaf).map(({ manifest }) => JSON.parse(JSON.stringify(manifest)));
  const find = (kind: string, name: string) =>
    manifests.find((m) => m.kind === kind && m.metadata.name === name);
  const container = find('Deployment', deployment).spec.template.spec.containers[0];
  const settings = JSON.parse(find('ConfigMap', 'celery-settings').data['settings.json']);
  return {
    queues: container.command.find((word: string) => word.startsWith('--queues=')),
    prefix: settings.broker_transport_options.global_keyprefix,
    user: container.env.find((v: { name: string }) => v.name === 'STALK_USER').value,
  };
}

describe('code in the docs', () => {
  const blocks = pages.flatMap(blocksOf);
  const quoted = blocks.flatMap(({ page, file, code }) =>
    file === undefined ? [] : [[page, file, code] as const],
  );

  test('there is some', () => {
    expect(quoted.length).toBeGreaterThan(4);
  });

  test.each(quoted)('%s quotes %s as it is', (_page, file, code) => {
    expect(code).toBe(textOf(file).replace(/'(\.\.\/)+lib'/g, "'@stalk/stalk'")); // as it looks in a project
  });

  test('other TypeScript in the docs parses', () => {
    const own = blocks.filter(({ language, file }) => language === 'ts' && file === undefined);

    for (const { code } of own) expect(() => parseSync(code, { syntax: 'typescript' })).not.toThrow();
  });
});

describe('the message in the README', () => {
  test('is what those mistakes give', () => {
    const typo: Tenant = { ...acme, broker: { shared: 'mian' } };
    const small: Tenant = {
      ...acme,
      name: 'globex',
      workers: {
        default: { queues: ['celery'], concurrency: 4, memory: { request: '256Mi', limit: '64Mi' } },
      },
      overlays: { prod: {} },
    };
    const environments = [dev, { ...dev, name: 'production' }];

    const render = () => platforms({ environments, tenants: [typo, small] });

    const message = /```\n(\d+ problems[\s\S]*?)\n```/.exec(textOf('README.md'))?.[1];
    expect(render).toThrow(new Error(message));
  });
});

describe('the examples', () => {
  test('a small tenant is on the only shared broker, hybrid', () => {
    expect(shown([acme], 'tenants/acme', 'worker-default')).toEqual({
      queues: '--queues=tenant-acme',
      prefix: 'tenant:acme:',
      user: 'acme',
    });
  });

  test('queue isolation names the queues and has no prefix', () => {
    const tenants = [queue.first, queue.second];

    expect(shown(tenants, 'tenants/001', 'worker-reports')).toEqual({
      queues: '--queues=tenant-001.reports',
      prefix: undefined,
      user: '001',
    });
    expect(shown(tenants, 'tenants/002', 'worker-default').queues).toBe('--queues=tenant-002');
  });

  test('prefix isolation leaves the queues their names', () => {
    expect(shown([prefix.tenant], 'tenants/001', 'worker-default')).toEqual({
      queues: '--queues=celery',
      prefix: 'tenant:001:',
      user: '001',
    });
  });

  test('hybrid isolation does both', () => {
    expect(shown([hybrid.tenant], 'tenants/001', 'worker-default')).toEqual({
      queues: '--queues=tenant-001',
      prefix: 'tenant:001:',
      user: '001',
    });
  });

  test('one pool serves the queues of a group, under its one user', () => {
    expect(shown([group.host, group.guest], 'tenants/001', 'worker-all')).toEqual({
      queues: '--queues=tenant-001,tenant-001.reports,tenant-002,tenant-002.reports',
      prefix: 'tenant:acme:',
      user: 'acme',
    });
  });

  test.each<[string, Environment, Tenant, RegExp, string]>([
    [
      'ElastiCache',
      elasticache.production,
      elasticache.acme,
      /^rediss:.*amazonaws\.com:6379\/0\?(?!.*ca_certs)/,
      'acme',
    ],
    [
      'Memorystore',
      memorystore.production,
      acme,
      /^rediss:\/\/10\.30\.0\.4:6378\/0\?.*ssl_ca_certs=/,
      'default',
    ],
    ['Azure', azure.production, acme, /^rediss:.*azure\.net:10000\/0\?(?!.*ca_certs)/, 'default'],
    ['Upstash', upstash.production, acme, /^rediss:.*upstash\.io:6379\/0\?(?!.*ca_certs)/, 'default'],
    [
      'Valkey',
      valkey.production,
      valkey.acme,
      /^rediss:.*valkey\.example\.com:6379\/0\?.*ssl_ca_certs=/,
      'acme',
    ],
    ['Dragonfly', dragonfly.production, acme, /^redis:\/\/dragonfly\.example\.com:6379\/0$/, 'default'],
  ])('a service renders and breaks no law: %s', (_, environment, tenant, url, user) => {
    const [platform] = platforms({ environments: [environment], tenants: [tenant] });
    const leaves = platform ? renderedLeaves(platform) : [];
    const find = (kind: string, name: string) =>
      leaves
        .flatMap(({ manifests }) => JSON.parse(JSON.stringify(manifests)))
        .find((m) => m.kind === kind && m.metadata.name === name);

    expect(JSON.parse(find('ConfigMap', 'celery-settings').data['settings.json']).broker_url).toMatch(url);
    const { env } = find('Deployment', 'worker-default').spec.template.spec.containers[0];
    expect(env).toContainEqual({ name: 'STALK_USER', value: user });
    expect(judge(leaves)).toEqual([]);
  });

  test.each<[string, Environment, Tenant, string, RegExp]>([
    ['an Ingress', ingress.production, ingress.shop, 'Ingress/web', /"secretName":"shop-tls"/],
    ['cert-manager', certManager.production, certManager.shop, 'Ingress/web', /"secretName":"web-tls"/],
    ['Flower', ingress.production, withFlower, 'Ingress/flower', /auth-url/],
    [
      'a Gateway',
      behindAGateway,
      { ...ingress.shop, overlays: { production: { web: { expose: { tls: true } } } } },
      'HTTPRoute/web',
      /"sectionName":"https"/,
    ],
    ['load balancers', behindAddresses, certManager.shop, 'NetworkPolicy/to-web', /"cidr":"10.20.1.0\/24"/],
  ])('what is exposed renders and breaks no law: by %s', (_, environment, tenant, id, text) => {
    const [platform] = platforms({ environments: [environment], tenants: [tenant] });
    const leaves = platform ? renderedLeaves(platform) : [];

    const found = leaves
      .flatMap(({ manifests }) => manifests)
      .find(({ kind, metadata }) => `${kind}/${metadata.name}` === id);
    expect(JSON.stringify(found)).toMatch(text);
    expect(judge(leaves)).toEqual([]);
  });

  test('patches of all layers reach the objects that they name', () => {
    const [platform] = platforms({ environments: [patched.production], tenants: [patched.acme] });
    const objects = (platform?.leaves ?? []).flatMap((leaf) =>
      manifestsOf(leaf).map(({ manifest }) => manifest),
    );
    const find = (key: string) => objects.find(({ kind, metadata }) => `${kind}/${metadata.name}` === key);

    expect(find('Deployment/worker-default')).toMatchObject({
      metadata: { labels: { 'cost-center': 'platform' } },
      spec: { minReadySeconds: 10, template: { metadata: { annotations: { 'example.com/pager': 'on' } } } },
    });
    expect(find('StatefulSet/redis')).toMatchObject({
      spec: { template: { spec: { priorityClassName: 'high' } } },
    });
  });

  test('processes become what their page says, and break no law', () => {
    const [platform] = platforms({ environments: [dev], tenants: [shop] });
    const leaves = platform ? renderedLeaves(platform) : [];
    const found = leaves
      .flatMap(({ manifests }) => manifests)
      .map(({ kind, metadata }) => `${kind}/${metadata.name}`);

    expect(found).toEqual(
      expect.arrayContaining([
        ...['Deployment/websockets', 'Service/websockets', 'PodDisruptionBudget/websockets'],
        ...['Deployment/listener', 'Deployment/imports', 'PodDisruptionBudget/imports', 'CronJob/nightly'],
      ]),
    );
    expect(found).not.toContain('Service/listener');
    expect(found).not.toContain('PodDisruptionBudget/listener');
    expect(judge(leaves)).toEqual([]);
  });

  test('promotion gives each environment its own version, from YAML and from JSON', () => {
    const images = platforms({ environments: promotion, tenants: [promoted] }).map(({ leaves }) => {
      const written = JSON.stringify(
        leaves.flatMap((leaf) => manifestsOf(leaf).map(({ manifest }) => manifest)),
      );
      return [...new Set([...written.matchAll(/"image":"(acme[^"]*)"/g)].map(([, image]) => image))];
    });

    expect(images).toEqual([['acme/jobs:2.5.0-rc.3'], ['acme/jobs:2.4.1']]);
  });
});
