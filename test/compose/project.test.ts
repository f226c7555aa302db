// What a tenant becomes on a laptop: the services of its plan, with what they read.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import type { Environment, Tenant } from '../../lib';
import { tenants as reference } from '../reference/tenants';
import { jewelryShop } from '../reference/tenants/jewelry-shop';
import { redline } from '../reference/tenants/redline';
import { typesafe } from '../reference/tenants/typesafe';
import { plain, tenantOf } from '../support/synth';
import { composed } from './project';

/** As compose-go 2.4.8 has it: https://github.com/compose-spec/compose-go/blob/v2.4.8/schema/compose-spec.json */
const schema = JSON.parse(
  readFileSync(join(__dirname, 'compose-spec.json'), 'utf8').replace(
    'https://json-schema',
    'http://json-schema',
  ),
) as object;
const formats = { ports: true, expose: true, duration: true } as const;
const validate = new Ajv({ strict: false, formats }).compile(schema);

const wrong = (file: unknown): string => (validate(file) ? '' : JSON.stringify(validate.errors));

const withBroker: Environment = { ...plain, brokers: { main: { topology: 'standalone' } } };
const guest = (name: string, more: Partial<Tenant> = {}): Tenant =>
  tenantOf({ name, broker: { shared: 'main' }, ...more });

describe('the file', () => {
  test.each(
    reference.flatMap(({ name }) => ['dev', 'production'].map((environment) => [name, environment] as const)),
  )('%s of %s follows the Compose Specification', (name, environment) => {
    const tenant = reference.filter((one) => one.name === name);

    expect(
      wrong(composed(tenant, { environment, others: reference.filter((one) => one.name !== name) }).file),
    ).toBe('');
  });

  test('all tenants of an environment are one project', () => {
    const { file } = composed(reference, { environment: 'dev' });

    expect(wrong(file)).toBe('');
    expect(Object.keys(file.networks)).toEqual(reference.map(({ name }) => name));
  });

  test('it is the same each time', () => {
    const text = (): string => composed(reference, { environment: 'production' }).text;

    expect(text()).toBe(text());
  });

  test('no password stands in it', () => {
    const { project, text } = composed([typesafe], { environment: 'production' });

    expect(project.values.map(({ name }) => name)).toContain('REDIS_PASSWORD_TYPESAFE');
    expect(text).toContain('${REDIS_PASSWORD_TYPESAFE?run stalk compose again}');
  });
});

describe('names', () => {
  test('the services of typesafe have the names of its own Compose file', () => {
    const names = new Map([
      ['web', 'api'],
      ['worker-default', 'celery-worker'],
    ]);
    const { file } = composed([typesafe], { environment: 'production', names });

    expect(Object.keys(file.services)).toEqual(
      expect.arrayContaining(['redis', 'celery-worker', 'flower', 'api']),
    );
  });

  test('the services of redline have the names of its own Compose file', () => {
    const names = new Map([
      ['web', 'redline-webgui'],
      ['worker-default', 'celery'],
    ]);
    const { file, service } = composed([redline], { environment: 'production', names });

    expect(Object.keys(file.services)).toEqual(expect.arrayContaining(['redis', 'redline-webgui', 'celery']));
    expect(service('redline-webgui').environment.REDIS_URL).toMatch(/@cache:6379\/0$/);
  });

  test('a service that is called otherwise is found by its first name too', () => {
    const { service } = composed([typesafe], { environment: 'production', names: new Map([['web', 'api']]) });

    expect(service('api').networks).toEqual({ default: { aliases: ['web'] } });
  });
});

describe('Redis', () => {
  test('it has the redis.conf of the plan, users of its tenant, and a password for each', () => {
    const { project, service } = composed([
      tenantOf({ broker: { topology: 'standalone', memory: '256Mi' } }),
    ]);

    expect(project.files.get('stalk/redis/config/redis.conf')).toContain('maxmemory 187904819');
    expect(project.files.get('stalk/redis/rules/users')).toBe('acme - only\n');
    expect([...project.secretFiles.keys()]).toEqual(
      ['acme', 'acme-web', 'acme-scaler'].map((user) => `stalk/secrets/redis/${user}`),
    );
    expect(service('redis').command).toEqual([
      ...['sh', '/opt/redis/data.sh', 'start'],
      ...['redis-server', '/etc/redis/redis.conf'],
    ]);
    expect(service('redis').mem_limit).toBe('256m');
  });

  test.each([
    ['replicated', { topology: 'replicated', replicas: 2 }],
    ['sentinel', { topology: 'sentinel', replicas: 2 }],
    ['external', { topology: 'external', host: 'redis.example.com', cidrs: ['10.9.0.7/32'] }],
    ['TLS', { topology: 'standalone', tls: { secret: 'certificates' } }],
  ] as const)('%s is one server in plain text', (_name, broker) => {
    const { project, service } = composed([tenantOf({ broker })]);

    expect(project.files.get('stalk/redis/config/redis.conf')).toMatch(/^port 6379$/m);
    expect(service('worker-default').environment.CELERY_BROKER_URL).toBe('redis://redis:6379/0');
    expect(Object.keys(project.services.get('worker-default')?.depends_on ?? {})).toEqual(['redis']);
  });

  test('a Redis of a watched environment has no exporter here, and its usual places', () => {
    const environment = {
      ...withBroker,
      peers: { prometheus: { namespace: { name: 'monitoring' }, pods: { app: 'prometheus' } } },
      monitoring: { kind: 'operator', namespace: 'monitoring' },
    } as const;
    const broker = { topology: 'standalone', tls: { secret: 'certificates' } } as const;
    const { project, file } = composed([tenantOf({ broker, cache: {} })], { environment });

    expect(project.files.get('stalk/redis/config/redis.conf')).not.toContain('/run/exporter');
    expect(JSON.stringify(file.services)).not.toMatch(/exporter|9121/);
  });

  test('a Redis of somebody else with one user for all has users of its own here', () => {
    const broker = {
      topology: 'external',
      host: 'redis.example.com',
      cidrs: ['10.9.0.7/32'],
      username: 'default',
    } as const;
    const { project, service } = composed([tenantOf({ broker })]);

    expect(project.files.get('stalk/redis/rules/users')).toMatch(/^acme /);
    expect(service('worker-default').environment.STALK_USER).toBe('acme');
  });

  test('tenants of a shared broker share it, and no tenant that is not here has a user', () => {
    const { project, file, service } = composed([guest('acme'), guest('globex')], {
      environment: withBroker,
      others: [guest('initech')],
    });

    expect(Object.keys(file.services)).toEqual(expect.arrayContaining(['main-redis', 'acme-worker-default']));
    expect(project.files.get('stalk/main-redis/rules/users')).toBe(
      'acme tenant:acme: prefix\nglobex tenant:globex: prefix\n',
    );
    expect(service('main-redis').networks).toEqual({
      acme: { aliases: ['redis'] },
      globex: { aliases: ['redis'] },
    });
    expect(service('acme-worker-default').networks).toEqual({ acme: {} });
  });

  test('another user makes another container, as nothing brings it to a running Redis', () => {
    const labels = (tenants: readonly Tenant[]) =>
      composed(tenants, { environment: withBroker }).service('main-redis').labels;

    expect(labels([guest('acme'), guest('globex')])).not.toEqual(
      labels([guest('acme'), guest('globex'), guest('initech')]),
    );
  });
});

describe('a process', () => {
  const full = tenantOf({
    web: {
      command: ['serve', '$(PORT)', '$HOME'],
      port: 8000,
      health: { path: '/up', host: 'shop.example.com' },
    },
    migrate: { command: ['migrate'], check: ['migrate', '--check'] },
    beat: { scheduler: 'file' },
    flower: { auth: { secret: 'logins', key: 'flower' } },
    cache: {},
    env: {
      PORT: '8000',
      PRICE: 'a$b',
      KEY: { secret: 'app-secrets', key: 'api.key' },
      CACHE: { from: 'cache.url' },
    },
  });

  test('it has the variables of the cluster, with dollars that Compose leaves alone', () => {
    const { environment, command } = composed([full]).service('web');

    expect(environment).toMatchObject({
      PORT: '8000',
      PRICE: 'a$$b',
      STALK_USER: 'acme-web',
      CELERY_LOADER: 'stalk_celery:Loader',
    });
    expect(environment.CACHE).toBe(
      'redis://acme:${CACHE_PASSWORD_ACME?run stalk compose again}@cache:6379/0',
    );
    expect(command).toEqual(['serve', '8000', '$$HOME']);
  });

  test('what only its reader knows is a line of .env to fill in', () => {
    const { project, service } = composed([full]);

    expect(service('web').environment.KEY).toBe('${APP_SECRETS_API_KEY?fill it in, in .env}');
    expect(project.values.find(({ name }) => name === 'APP_SECRETS_API_KEY')).toMatchObject({
      made: 'yours',
    });
    expect(project.values.find(({ name }) => name === 'LOGINS_FLOWER')).toMatchObject({ made: 'login' });
  });

  test('it waits for Redis and for the migrations', () => {
    expect(composed([full]).service('worker-default').depends_on).toEqual({
      redis: { condition: 'service_healthy' },
      cache: { condition: 'service_healthy' },
      migrate: { condition: 'service_completed_successfully' },
    });
  });

  test('its health check is what readiness asks', () => {
    const { service } = composed([full]);

    expect(service('worker-default').healthcheck.test).toEqual(['CMD', 'test', '-f', '/run/stalk/consuming']);
    expect(service('web').healthcheck.test[3]).toContain('"GET", "/up", headers={"Host":"shop.example.com"');
    expect(service('web').healthcheck.retries).toBe(3);
  });

  test('it is as closed as its pod', () => {
    expect(composed([full]).service('web')).toMatchObject({
      user: '10001:10001',
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      mem_limit: '512m',
      cpus: 1,
    });
  });

  test('it stops in the time that its tasks take', () => {
    const { service } = composed([tenantOf({ workers: { slow: { queues: ['celery'], timeLimit: '20m' } } })]);

    expect(service('worker-slow').stop_grace_period).toBe('1230s');
  });

  test('it has a port of this machine, and no name that a second container could not have', () => {
    const { file, service } = composed([full]);

    expect(service('web').ports).toEqual(['127.0.0.1:8000:8000']);
    expect(service('worker-default').ports).toBeUndefined();
    expect(JSON.stringify(file)).not.toContain('container_name');
  });

  test('two that listen on one port have two of this machine; a range is for those who scale', () => {
    const web = { command: ['serve'], port: 8000 } as const;
    const two = [guest('acme', { web }), guest('globex', { web })];
    const { service } = composed(two, { environment: withBroker });
    const ranged = composed([full], { published: new Map([['web', '8000-8009']]) });

    expect(service('globex-web').ports).toEqual(['127.0.0.1:8001:8000']);
    expect(ranged.service('web').ports).toEqual(['127.0.0.1:8000-8009:8000']);
  });

  test('its image is built where that is asked for', () => {
    const { service } = composed([full], { contexts: new Map([['acme', '../../app']]) });

    expect(service('web')).toMatchObject({ build: '../../app', image: 'acme:local' });
    expect(service('redis').build).toBeUndefined();
  });

  test('volumes are its user’s before anything starts', () => {
    const { project, service } = composed(
      [jewelryShop, ...reference.filter(({ name }) => name === 'paless')],
      {
        environment: 'production',
      },
    );

    expect(project.volumes).toContain('paless-media');
    expect(service('prepare-volumes').command[0]).toContain('chown 1000:1000 /volumes/paless-media');
    expect(service('paless-web').depends_on['prepare-volumes']).toEqual({
      condition: 'service_completed_successfully',
    });
  });

  test('a Secret or ConfigMap of somebody else is a file that its reader fills in', () => {
    const { project, service } = composed([
      tenantOf({
        envFrom: [
          { secret: 'extra', optional: true },
          { configMap: 'flags', prefix: 'FLAG_' },
        ],
        files: {
          '/etc/app/conf.yaml': { secret: 'conf', key: 'conf.yaml' },
          '/etc/certs': { configMap: 'certs' },
        },
      }),
    ]);

    expect(service('worker-default').env_file).toEqual([
      './yours/secrets/extra.env',
      './yours/configmaps/flags.env',
    ]);
    expect(service('worker-default').volumes).toEqual(
      expect.arrayContaining([
        './yours/secrets/conf/conf.yaml:/etc/app/conf.yaml:ro,z',
        './yours/configmaps/certs:/etc/certs:ro,z',
      ]),
    );
    expect([...project.yours.keys()].sort()).toEqual([
      'yours/configmaps/certs/.keep',
      'yours/configmaps/flags.env',
      'yours/secrets/conf/conf.yaml',
      'yours/secrets/extra.env',
    ]);
  });

  test('what runs by the clock in the cluster is started by hand', () => {
    const { project, service } = composed([
      tenantOf({ processes: { nightly: { command: ['clear'], cron: '0 3 * * *', timeLimit: '1h' } } }),
    ]);

    expect(service('nightly')).toMatchObject({ profiles: ['by-hand'], restart: 'no' });
    expect(project.byHand).toEqual(['nightly']);
  });
});
