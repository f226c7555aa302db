// What a program is, by its image and its command.

/** Servers that Stalk does not run, by the last part of their image. */
const PRODUCTS: readonly (readonly [RegExp, string])[] = [
  [/exporter/, 'exporter'],
  [/^(redis|valkey|keydb|dragonfly|redis-stack(-server)?|eqalpha-keydb)$/, 'redis'],
  [/^redis-?sentinel$|^valkey-?sentinel$/, 'sentinel'],
  [/^(postgres|postgresql|postgis|pgvector|timescaledb.*|pgautoupgrade|postgresql-repmgr)$/, 'PostgreSQL'],
  [/^pgbouncer.*|^pgpool$/, 'a pooler of PostgreSQL'],
  [/^(mysql|mariadb|percona.*|mariadb-galera)$/, 'MySQL'],
  [/^(mongo|mongodb)$/, 'MongoDB'],
  [/^rabbitmq.*$/, 'RabbitMQ'],
  [/^memcached$/, 'memcached'],
  [/^(elasticsearch|opensearch|meilisearch|solr|typesense)$/, 'a search engine'],
  [/^(minio|seaweedfs|localstack)$/, 'an object store'],
  [/^(clickhouse.*|zookeeper|kafka|cp-kafka|cassandra)$/, 'a data store'],
  [/^(nginx.*|caddy|traefik|httpd|haproxy|envoy)$/, 'a proxy'],
  [/^(gotenberg|tika)$/, 'a converter'],
  [/^(cloud-sql-proxy|gce-proxy|cloudsql-proxy)$/, 'a proxy of a database'],
  [/^(mailhog|mailpit|maildev|smtp)$/, 'a mail server'],
  [/^(prometheus|grafana|jaeger.*|otel.*|opentelemetry-collector.*|statsd.*)$/, 'monitoring'],
  [/^(busybox|alpine|kubectl|curl|wait-for.*|k8s-wait-for)$/, 'a shell'],
];

/** `registry.example.com/bitnami/redis:7.2` is `redis`. */
export const lastPart = (image: string): string =>
  String(String(image.split('@')[0]).split('/').at(-1))
    .replace(/:[^:]*$/, '')
    .toLowerCase();

export const productOf = (image: string | undefined): string | undefined =>
  image === undefined ? undefined : PRODUCTS.find(([name]) => name.test(lastPart(image)))?.[1];

const SERVERS =
  /(^|\/|\s)(gunicorn|uvicorn|hypercorn|daphne|granian|uwsgi|waitress-serve|twistd|mod_wsgi-express)(\s|$)|uwsgi|gunicorn|runserver|flask run|fastapi run/;

export const isServer = (words: readonly string[]): boolean => SERVERS.test(words.join(' '));

const MIGRATIONS =
  /manage\.py\s+migrate|django-admin\s+migrate|alembic\s+(\S+\s+)*upgrade|flask\s+db\s+upgrade|\bdb\s+(migrate|upgrade)\b|\bupgradedb\b|\binitdb\b|\bmigrate\b/;

export const isMigration = (words: readonly string[]): boolean => MIGRATIONS.test(words.join(' '));

/** What a name or a script of somebody's own says: a guess, and told as one. */
export function likelyRole(text: string): 'worker' | 'beat' | 'flower' | 'migrate' | undefined {
  const words = text.toLowerCase();
  if (/flower/.test(words)) return 'flower';
  if (/beat|celery\S*schedul/.test(words)) return 'beat';
  if (/worker|celery/.test(words)) return 'worker';
  if (/migrat|initializer|db-?init/.test(words)) return 'migrate';
  return undefined;
}

/** `registry.example.com/acme/shop-web:1` and `registry.example.com/acme/shop-worker:1` are of one maker. */
export function ofOneMaker(a: string, b: string): boolean {
  const folder = (image: string): string => String(image.split('@')[0]).split('/').slice(0, -1).join('/');
  const stem = (image: string): string => String(lastPart(image).split(/[-_.]/)[0]);
  return folder(a) === folder(b) && (folder(a) !== '' || stem(a) === stem(b));
}
