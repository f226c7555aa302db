// First guesses of people who come from elsewhere, and what this contract says instead.

import { guesses } from './kind';

export const DIALECTS = guesses([
  [
    /^(flask|fast-?api|starlette|litestar|quart|sanic|aiohttp|tornado|bottle|falcon|pyramid|plain|python|none)$/i,
    'write "celery", the dialect of every app that is neither Django nor Paperless',
  ],
  [/^(wagtail|drf|django.*)$/i, 'write "django"'],
  [/^paperless.*$/i, 'write "paperless"'],
]);

const REDIS_ONLY = 'use "standalone", a Redis: Stalk runs Celery on Redis and on nothing else';

export const BROKERS = guesses([
  [/sqs/i, `${REDIS_ONLY}; or "external", an ElastiCache with cluster mode disabled`],
  [/rabbit|amqp|kafka|nats|pubsub|servicebus|memory$|filesystem|zookeeper|mongo|postgres|mysql/i, REDIS_ONLY],
  [
    /memorydb|serverless/i,
    'use "external" with a service that has cluster mode disabled: Celery cannot follow slots',
  ],
  [/cluster/i, 'use "replicated" or "sentinel": Celery cannot follow the slots of a cluster'],
  [
    /elasti-?cache|memorystore|upstash|managed|azure|aws|cloud|remote|aiven|heroku|digital-?ocean|dragonfly|keydb/i,
    'write "external" with host and cidrs, and username where the service has one user for all',
  ],
  [/^(ha|redis-?ha|failover|high.?availability)$/i, 'write "sentinel"'],
  [/^(master.*|primary.*|replica.*|leader.*)$/i, 'write "replicated"'],
  [/^(single|redis|redis-stack|valkey|one|dedicated|own|simple)$/i, 'write "standalone"'],
]);

export const STRATEGIES = guesses([
  [/vault|aws|gcp|azure|external|eso|doppler|1password/i, 'write "externalSecrets" with store and path'],
  [/seal|sops|manual|kube|k8s|secret|none|csi/i, 'write "existing": Secrets that you make, however you do'],
  [/plain|dev|inline|generate|random/i, 'write "literal" where the cluster is disposable'],
]);

export const POOLS = guesses([
  [/^eventlet$/i, 'write "gevent"'],
  [/^(process(es)?|fork|multiprocess.*)$/i, 'write "prefork"'],
  [/^(async(io)?|greenlets?)$/i, 'write "gevent"'],
]);

export const ORDERS = guesses([
  [/^(priority|fifo|listed|in.?order|first|strict|sorted)$/i, 'write "as-listed"'],
  [/^(round.?robin|fair|equal|turns?)$/i, 'write "round-robin"'],
]);

export const SCHEDULERS = guesses([
  [/django|database|^db$/i, 'write "database"'],
  [/redbeat|redis/i, 'write "redbeat"'],
  [/persistent|celery|shelve|default/i, 'write "file"'],
]);

export const BACKENDS = guesses([
  [/^rediss?:/i, 'write "redis": the broker of the tenant keeps them'],
  [/django|database|^db|sql/i, 'write "django-db"'],
  [/rpc|amqp|memcache|cache|mongo|s3|file/i, 'write "redis", or "none"'],
  [/^(no|off|false|disabled|ignore.*)$/i, 'write "none"'],
]);

export const MONITORS = guesses([
  [/operator|stack|crd|coreos/i, 'write "operator"'],
  [/prom|annot|scrape|plain|agent/i, 'write "annotations", or "operator" where the Prometheus Operator runs'],
]);

export const SERIALIZERS = guesses([[/./, 'write "json", or "pickle" where every producer is trusted']]);

export const LOG_LEVELS = guesses([
  [/^warn$/i, 'write "warning"'],
  [/^(trace|verbose|all)$/i, 'write "debug"'],
  [/^fatal$/i, 'write "critical"'],
]);

export const DELIVERIES = guesses([
  [/exactly/i, 'write "at-least-once" and make tasks idempotent: no broker delivers exactly once'],
  [/late/i, 'write "at-least-once"'],
  [/early/i, 'write "at-most-once"'],
]);

export const ACCESSES = guesses([
  [/^rwo$/i, 'write "ReadWriteOnce"'],
  [/^rwx$/i, 'write "ReadWriteMany"'],
]);

export const AFFINITIES = guesses([
  [/^(soft|best.?effort)$/i, 'write "preferred"'],
  [/^(hard|strict|must)$/i, 'write "required"'],
]);

export const EFFECTS = guesses([
  [/^no-?schedule$/i, 'write "NoSchedule"'],
  [/^no-?exec(ute)?$/i, 'write "NoExecute"'],
  [/^prefer/i, 'write "PreferNoSchedule"'],
]);
