// What secrets look like. Samples are put together here, so that no scanner takes this file for a leak.

import { isPlain, masked, namesSecret, secretIn } from '../../lib/spec/rules/secret-patterns';
import { environmentWith, saysOf, tenantWith } from './helpers';

const a = (length: number, letters = 'a1B2c3D4'): string => letters.repeat(length).slice(0, length);

/** Texts with one secret each, and the text as a message may show it. */
const SECRETS: readonly (readonly [what: string, text: string, shown: string])[] = [
  ['a private key', `-----BEGIN RSA ${'PRIVATE'} KEY-----\nMIIE`, '…'],
  ['a private key', `-----BEGIN PGP ${'PRIVATE'} KEY BLOCK-----\nxcZY`, '…'],
  ['a private key', `AGE-SECRET-KEY-1${a(58, 'ABC123')}`, '…'],
  ['a JSON Web Token', `eyJ${a(20)}.eyJ${a(30)}.${a(43)}`, '…'],
  ['a key of AWS', `AKIA${a(16, 'ABCD2345')}`, '…'],
  ['a key of Google Cloud', `AIza${a(35)}`, '…'],
  ['a token of Google', `GOCSPX-${a(28)}`, '…'],
  ['a key of Azure', `AccountName=x;AccountKey=${a(86)}==;Suffix=y`, 'AccountName=x;AccountKey=…;Suffix=y'],
  [
    'a signature of Azure',
    `https://x.blob.core.windows.net/c?sv=1&sig=${a(43)}`,
    'https://x.blob.core.windows.net/c?sv=1&sig=…',
  ],
  ['a secret of Azure', `abc8Q~${a(34)}`, '…'],
  ['a token of GitHub', `ghp_${a(36)}`, '…'],
  ['a token of GitHub', `github_pat_${a(82)}`, '…'],
  ['a token of GitLab', `glpat-${a(20)}`, '…'],
  ['a token of Slack', `xoxb-${a(24)}`, '…'],
  [
    'a webhook of Slack',
    `https://hooks.slack.com/services/T0/B0/${a(24)}`,
    'https://hooks.slack.com/services/…',
  ],
  ['a key of Stripe', `sk_live_${a(24)}`, '…'],
  ['a key of Stripe', `rk_test_${a(24)}`, '…'],
  ['a token of npm', `npm_${a(36)}`, '…'],
  ['a token of PyPI', `pypi-AgE${a(60)}`, '…'],
  ['a token of Docker', `dckr_pat_${a(27)}`, '…'],
  ['a key of an AI service', `sk-proj-${a(40)}`, '…'],
  ['a key of an AI service', `sk-ant-${a(40)}`, '…'],
  ['a token of Hugging Face', `hf_${a(34)}`, '…'],
  ['a key of SendGrid', `SG.${a(22)}.${a(43)}`, '…'],
  ['a key of Twilio', `SK${a(32, '0a1b')}`, '…'],
  ['a token of DigitalOcean', `dop_v1_${a(64, '0a1b')}`, '…'],
  ['a token of Vault', `hvs.${a(24)}`, '…'],
  ['a token of Telegram', `123456789:AA${a(33)}`, '…'],
  ['a token of Shopify', `shpat_${a(32, '0a1b')}`, '…'],
  ['a token of Databricks', `dapi${a(32, '0a1b')}`, '…'],
  ['a token of Grafana or Sentry', `glsa_${a(32)}`, '…'],
  ['a URL with a password', 'postgres://acme:hunter2@db:5432/acme', 'postgres://…@db:5432/acme'],
  ['a URL with a password', 'redis://:hunter2@redis/0', 'redis://…@redis/0'],
  ['a password before a host', 'me:hunter2@registry.example.com', 'me:…@registry.example.com'],
  ['a token of an HTTP header', `Authorization: Bearer ${a(20)}`, 'Authorization: Bearer …'],
  ['a password', 'serve --password=hunter2', 'serve --password=…'],
  ['a password', 'serve --db-password hunter2 --port 1', 'serve --db-password … --port 1'],
  ['a password', "PGPASSWORD='hunter2' psql", "PGPASSWORD='…' psql"],
  ['a password', 'MYSQL_PWD=hunter2 mysql', 'MYSQL_PWD=… mysql'],
  ['a password', 'REDISCLI_AUTH=hunter2 redis-cli', 'REDISCLI_AUTH=… redis-cli'],
  ['a password', 'mysql -u root -phunter2 acme', 'mysql -u root -p… acme'],
  ['a password', 'sshpass -p hunter2 ssh x', 'sshpass -p … ssh x'],
  ['a password', 'redis-cli -h redis -a hunter2 ping', 'redis-cli -h redis -a … ping'],
  ['a password', 'curl -u me:hunter2 https://x', 'curl -u me:… https://x'],
  ['a password', '{"user":"me","password":"hunter2"}', '{"user":"me","password":"…"}'],
  ['a password', 'host=db user=me password=hunter2', 'host=db user=me password=…'],
];

const NONE: readonly string[] = [
  ...[
    '',
    'production',
    'https://example.com',
    'postgres://db:5432/acme',
    'https://abc123@o1.ingest.sentry.io/1',
  ],
  ...['redis://acme:$(PASSWORD)@redis/0', 'serve --password=$PASSWORD', 'PGPASSWORD=${DB_PASSWORD} psql'],
  ...['serve --password-file=/run/secrets/x', 'serve --token /run/secrets/token', 'use_password=true'],
  ...['serve -p 8000', 'mysql --protocol=tcp --port=3306', 'gunicorn -k uvicorn.workers.UvicornWorker'],
  ...['a sentence about a password and a token', 'acme.tasks.secrets.rotate', 'sk-learn', 'task-runner'],
  ...['mailto:me@example.com', 'git@github.com:acme/x.git', `acme/jobs:1@sha256:${a(64, '0a1b')}`],
  ...[`acme/jobs@sha256:${a(64, '0a1b')}`, '2f1c9c3e-8f0a-4d8e-9a55-0f6a3f6d0b1e', 'JWT', 'Bearer'],
];

describe('a secret is known by its value', () => {
  test.each(SECRETS)('%s: %s', (what, text, shown) => {
    expect(secretIn(text)).toBe(what);
    expect(masked(text)).toBe(shown);
  });

  test.each(NONE)('fails to find one in: %s', (text) => {
    expect(secretIn(text)).toBeUndefined();
    expect(masked(text)).toBe(text);
  });
});

describe('a secret is known by its name', () => {
  test.each([
    ...[
      'DB_PASSWORD',
      'PAPERLESS_DBPASS',
      'SECRET_KEY',
      'API_KEY',
      'apiKey',
      'GITHUB_TOKEN',
      'CLIENT_SECRET',
    ],
    ...['AWS_SECRET_ACCESS_KEY', 'ENCRYPTION_KEY', 'DB_PWD', 'AZURE_CONNECTION_STRING', 'CREDENTIALS'],
  ])('%s', (name) => {
    expect(namesSecret(name)).toBe(true);
  });

  test.each(['PASSWORD_FILE', 'TOKEN_URL', 'MAX_TOKENS', 'COMPASS', 'KEYSPACE', 'SECRET_NAME', 'KEY_PREFIX'])(
    'fails to find one in %s',
    (name) => {
      expect(namesSecret(name)).toBe(false);
    },
  );

  test.each(['', '/run/secrets/token', '$(TOKEN)', '${TOKEN}', 'true', 'None'])(
    '%s is no secret under it',
    (value) => {
      expect(isPlain(value)).toBe(true);
    },
  );
});

describe('a secret is never shown', () => {
  const SECRET = 'hunter2';

  test.each([
    [{ env: { API_KEY: SECRET } }],
    [{ env: { API_KEY: { secret: SECRET } } }],
    [{ env: { API_KEY: [SECRET] } }],
    [{ env: { DATABASE_URL: `postgres://me:${SECRET}@db/x` } }],
    [{ env: { CELERY_BROKER_URL: `redis://:${SECRET}@redis/0` } }],
    [{ celery: { broker_url: `redis://:${SECRET}@redis/0` } }],
    [{ celery: { redis_password: SECRET } }],
    [{ celery: { cassandra_auth_kwargs: { username: 'me', password: SECRET } } }],
    [{ celery: { broker_transport_options: { sentinel_kwargs: { password: SECRET } } } }],
    [{ celery: { BROKER_PASSWORD: SECRET } }],
    [{ web: { command: ['mysql', `-p${SECRET}`], port: 8000 } }],
    [{ web: { command: ['serve', '--password', SECRET], port: 80 } }],
    [{ web: { command: `serve --password ${SECRET}`, port: 8000 } }],
    [{ migrate: { command: { password: SECRET } } }],
    [{ broker: { topology: 'external', password: SECRET } }],
    [{ broker: `redis://:${SECRET}@redis/0` }],
    [
      {
        broker: {
          topology: 'external',
          host: `redis://:${SECRET}@redis/0`,
          cidrs: ['10.0.0.1/32'],
          username: 'a',
        },
      },
    ],
    [{ app: { password: SECRET } }],
    [{ flower: { auth: { password: SECRET } } }],
    [{ egress: [{ to: `https://me:${SECRET}@api.example.com` }] }],
    [{ workers: { default: { passwords: { redis_password: SECRET } } } }],
    [{ overlays: { dev: { env: { API_KEY: SECRET } } } }],
  ])('by a message about %j', (change) => {
    const found = saysOf([tenantWith(change)]);

    expect(found).not.toEqual([]);
    expect(found.join('\n')).not.toContain(SECRET);
  });

  test('by a message about an environment', () => {
    const gitops = { repo: `https://me:${SECRET}@git.example.com/x`, revision: 'main', path: 'dist' };

    expect(saysOf([], environmentWith({ gitops, registry: `me:${SECRET}@registry` })).join()).not.toContain(
      SECRET,
    );
  });
});

test('a cluster to throw away may have secrets in plain sight', () => {
  const leaky = tenantWith({ env: { API_KEY: 'hunter2' } });

  expect(saysOf([leaky], environmentWith({ disposable: true }))).toEqual([]);
});
