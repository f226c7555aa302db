// Every number, name and setting that the reference texts give, as it is rendered: docs/systems/ has the same tables.

import { lookup, referenceLeaves } from './support/synth';
import type { Json } from './support/synth';

/** Object, pointer into it (an item of a list goes by its name, JSON in a string is read), value. */
type Fact = readonly [object: string, pointer: string, value: unknown];

const WORKER = 'Deployment/worker-default';
const SETTINGS = 'ConfigMap/celery-settings';
const PALESS = 'ConfigMap/paperless-config';
const POD = 'spec/template/spec';
const MAIN = `${POD}/containers/0`;
const ENV = `${MAIN}/env`;
const CLAIM = 'spec/volumeClaimTemplates/0';
const OPTION = 'data/settings.json/broker_transport_options';
const SCHEDULE = 'data/settings.json/beat_schedule';
const CELERY = 'data/settings.json';
const CONF = 'data/redis.conf';

const resources = (cpu: readonly [string, string], memory: readonly [string, string]) => ({
  requests: expect.objectContaining({ cpu: cpu[0], memory: memory[0] }),
  limits: expect.objectContaining({ cpu: cpu[1], memory: memory[1] }),
});
const times = (initialDelaySeconds: number, periodSeconds: number, rest: object = {}) =>
  expect.objectContaining({ initialDelaySeconds, periodSeconds, ...rest });
const command = (...words: readonly string[]) => expect.arrayContaining([...words]);
/** All lines, in order; further lines may lie between them. */
const lines = (...wanted: readonly string[]) =>
  expect.stringMatching(new RegExp(`^${wanted.map((line) => `${line}$`).join('[^]*?^')}`, 'm'));
const DURABLE = [
  'appendonly yes',
  'appendfsync everysec',
  'save 900 1 300 10 60 10000',
  'stop-writes-on-bgsave-error no',
];

const paless: Fact[] = [
  ['Namespace/paless', 'metadata/name', 'paless'],
  ['StatefulSet/redis', `${MAIN}/resources`, resources(['100m', '500m'], ['128Mi', '256Mi'])],
  ['StatefulSet/redis', `${CLAIM}/metadata/name`, 'redis-data'],
  ['StatefulSet/redis', `${CLAIM}/spec/accessModes`, ['ReadWriteOnce']],
  ['StatefulSet/redis', `${CLAIM}/spec/resources/requests/storage`, '2Gi'],
  ['StatefulSet/redis', `${CLAIM}/spec/storageClassName`, 'local-path'],
  ['ConfigMap/redis-config', CONF, lines('port 6379', 'maxclients 10000', 'maxmemory 187904819')],
  ['ConfigMap/redis-config', CONF, lines('maxmemory-policy noeviction', ...DURABLE)],
  ['Service/redis', 'spec/ports/0/port', 6379],
  [PALESS, 'data/PAPERLESS_TASK_WORKERS', '2'],
  [PALESS, 'data/PAPERLESS_THREADS_PER_WORKER', '1'],
  [PALESS, 'data/PAPERLESS_WORKER_TIMEOUT', '1800'],
  [PALESS, 'data/PAPERLESS_EMAIL_TASK_CRON', '*/10 * * * *'],
  [PALESS, 'data/PAPERLESS_TRAIN_TASK_CRON', '5 */1 * * *'],
  [PALESS, 'data/PAPERLESS_INDEX_TASK_CRON', '0 0 * * *'],
  [PALESS, 'data/PAPERLESS_SANITY_TASK_CRON', '30 0 * * sun'],
  [PALESS, 'data/PAPERLESS_EMPTY_TRASH_TASK_CRON', '0 1 * * *'],
  [PALESS, 'data/PAPERLESS_WORKFLOW_SCHEDULED_TASK_CRON', '5 */1 * * *'],
  [PALESS, 'data/PAPERLESS_LLM_INDEX_TASK_CRON', '10 2 * * *'],
  [PALESS, 'data/PAPERLESS_REDIS_PREFIX', undefined],
  [WORKER, `${ENV}/PAPERLESS_REDIS/value`, expect.stringMatching(/@redis:6379\/0$/)],
  [WORKER, 'spec/replicas', 2],
  [WORKER, `${MAIN}/command`, command('-A', 'paperless', '--queues=celery')],
  [WORKER, `${MAIN}/command`, command('--concurrency=2', '--max-tasks-per-child=1')],
  [WORKER, `${MAIN}/command`, command('--time-limit=1800', '--loglevel=info')],
  [WORKER, `${POD}/terminationGracePeriodSeconds`, 1830],
  ['Deployment/beat', 'spec/replicas', 1],
  ['Deployment/beat', `${MAIN}/command`, command('--schedule=/data/celerybeat-schedule.db')],
  ['Deployment/web', 'spec/replicas', 3],
  [SETTINGS, `${CELERY}/broker_url`, 'redis://redis:6379/0'],
  [SETTINGS, `${CELERY}/result_backend`, 'django-db'],
  [SETTINGS, `${CELERY}/task_serializer`, 'pickle'],
  [SETTINGS, `${CELERY}/broker_pool_limit`, 10],
  [SETTINGS, SCHEDULE, undefined],
];

const HOST = 'redis.broker-shared.svc.cluster.local:6379';
const OPTIONS = 'max_connections=50&socket_connect_timeout=5&socket_timeout=5';

const paperless = (
  letter: 'a' | 'b',
  database: 0 | 1,
  config = `ConfigMap/paperless-tenant-${letter}-config`,
): Fact[] => [
  [config, 'data/PAPERLESS_NAMESPACE', `tenant-${letter}`],
  [config, 'data/PAPERLESS_REDIS_PREFIX', `tenant-${letter}:`],
  [config, 'data/PAPERLESS_TASK_WORKERS', '4'],
  [config, 'data/PAPERLESS_WORKER_TIMEOUT', '1800'],
  [config, 'data/PAPERLESS_BEAT_SCHEDULE_FILENAME', '/data/celerybeat-schedule.db'],
  [
    WORKER,
    `${ENV}/PAPERLESS_REDIS/value`,
    `redis://tenant-${letter}:$(STALK_REDIS_PASSWORD)@${HOST}/${database}?${OPTIONS}`,
  ],
  [WORKER, `${ENV}/STALK_REDIS_PASSWORD/valueFrom/secretKeyRef/name`, 'redis-credentials'],
  [WORKER, `${MAIN}/command`, command('-A', 'paperless.celery', '--queues=celery')],
  [WORKER, `${MAIN}/command`, command('--concurrency=4', '--time-limit=1800')],
  [WORKER, `${MAIN}/livenessProbe`, times(30, 10)],
  ['Deployment/beat', `${MAIN}/livenessProbe`, times(30, 10)],
  ['Deployment/web', `${MAIN}/livenessProbe`, times(30, 10)],
  ['Deployment/beat', `${POD}/containers/0/volumeMounts/beat-schedule/mountPath`, '/data'],
  ['Deployment/beat', `${POD}/volumes/beat-schedule/persistentVolumeClaim/claimName`, 'beat-schedule'],
  [SETTINGS, `${CELERY}/broker_url`, `redis://${HOST}/${database}`],
  [SETTINGS, `${OPTION}/global_keyprefix`, `tenant-${letter}:`],
  [SETTINGS, `${OPTION}/max_connections`, 50],
  [SETTINGS, `${OPTION}/socket_connect_timeout`, 5],
  [SETTINGS, `${OPTION}/socket_timeout`, 5],
  [SETTINGS, `${CELERY}/broker_connection_retry`, true],
  [SETTINGS, `${CELERY}/broker_connection_retry_on_startup`, true],
  [SETTINGS, `${CELERY}/result_backend`, 'django-db'],
  [SETTINGS, `${CELERY}/result_extended`, true],
  [SETTINGS, `${CELERY}/task_track_started`, true],
  [SETTINGS, `${CELERY}/task_serializer`, 'pickle'],
  [SETTINGS, `${CELERY}/accept_content`, ['application/json', 'application/x-python-serialize']],
];

const shared: Fact[] = [
  ['StatefulSet/redis', `${MAIN}/resources`, resources(['250m', '1'], ['1Gi', '2Gi'])],
  ['ConfigMap/redis-config', CONF, lines('maxmemory 1503238553', 'maxmemory-policy noeviction', ...DURABLE)],
  ['ConfigMap/redis-rules', 'data/users', expect.stringMatching(/^tenant-a tenant-a: prefix client$/m)],
  ['ConfigMap/redis-rules', 'data/users', expect.stringMatching(/^tenant-b tenant-b: prefix client$/m)],
  ['NetworkPolicy/redis', 'spec/ingress/0/ports', [{ port: 6379, protocol: 'TCP' }]],
];

const secret = (key: string) => ({ name: 'typesafe-secrets', key });

const typesafe: Fact[] = [
  ['StatefulSet/redis', `${MAIN}/resources`, resources(['500m', '500m'], ['512Mi', '512Mi'])],
  ['ConfigMap/redis-config', CONF, lines('maxclients 10000', 'maxmemory 375809638')],
  ['ConfigMap/redis-config', CONF, lines('maxmemory-policy noeviction', ...DURABLE)],
  ['Service/redis', 'spec/ports/0/port', 6379],
  ['ConfigMap/app-config', 'data/CELERY_BROKER_URL', 'redis://redis:6379/0'],
  ['ConfigMap/app-config', 'data/CELERY_RESULT_BACKEND', 'redis://redis:6379/1'],
  ['ConfigMap/app-config', 'data/ENVIRONMENT', 'production'],
  [WORKER, 'spec/replicas', 3],
  [WORKER, `${MAIN}/resources`, resources(['500m', '1000m'], ['512Mi', '1Gi'])],
  [WORKER, `${MAIN}/command`, command('-A', 'app.agents.worker', '--loglevel=info')],
  [WORKER, `${MAIN}/command`, command('--concurrency=4', '--max-tasks-per-child=1000')],
  [WORKER, `${MAIN}/command`, command('--soft-time-limit=55', '--time-limit=60')],
  [WORKER, `${MAIN}/command`, command('--task-events')],
  [WORKER, `${MAIN}/livenessProbe`, times(30, 60)],
  [WORKER, `${ENV}/GROQ_API_KEY/valueFrom/secretKeyRef`, secret('groq-api-key')],
  [WORKER, `${ENV}/GEMINI_API_KEY/valueFrom/secretKeyRef`, secret('gemini-api-key')],
  [WORKER, `${ENV}/SUPABASE_URL/valueFrom/secretKeyRef`, secret('supabase-url')],
  [WORKER, `${ENV}/SUPABASE_KEY/valueFrom/secretKeyRef`, secret('supabase-key')],
  [WORKER, `${ENV}/BACKEND_API_KEY/valueFrom/secretKeyRef`, secret('backend-api-key')],
  ['Deployment/web', `${ENV}/REDIS_URL/value`, expect.stringMatching(/@redis:6379\/0$/)],
  ['Deployment/web', `${MAIN}/command`, ['uvicorn', 'app.main:app', '--host', '0.0.0.0', '--port', '8000']],
  ['Deployment/web', `${MAIN}/readinessProbe/httpGet/path`, '/health'],
  ['Service/web', 'spec/ports/0/port', 8000],
  ['Deployment/flower', `${MAIN}/command`, command('--port=5555', '--url_prefix=flower')],
  ['Deployment/flower', `${ENV}/FLOWER_BASIC_AUTH/valueFrom/secretKeyRef`, secret('flower-basic-auth')],
  ['Service/flower', 'spec/ports/0/port', 5555],
  [SETTINGS, `${CELERY}/result_expires`, 3600],
  [SETTINGS, `${CELERY}/task_default_rate_limit`, '100/m'],
];

const redline: Fact[] = [
  ['ConfigMap/redis-config', CONF, lines('maxmemory 537290342', 'maxmemory-policy noeviction', ...DURABLE)],
  ['ConfigMap/cache-config', CONF, lines('maxmemory 537290342', 'maxmemory-policy allkeys-lru', ...DURABLE)],
  ['StatefulSet/redis', `${MAIN}/resources/requests/memory`, '512Mi'],
  ['StatefulSet/cache', `${MAIN}/resources/requests/memory`, '512Mi'],
  ['StatefulSet/redis', `${MAIN}/readinessProbe/periodSeconds`, 5],
  ['StatefulSet/redis', `${MAIN}/livenessProbe/periodSeconds`, 5],
  ['StatefulSet/cache', `${MAIN}/readinessProbe/periodSeconds`, 5],
  ['StatefulSet/cache', `${MAIN}/livenessProbe/periodSeconds`, 5],
  ['StatefulSet/cache', `${CLAIM}/metadata/name`, 'redis-data'],
  ['Deployment/web', `${ENV}/REDIS_URL/value`, expect.stringMatching(/@cache:6379\/0$/)],
  ['ConfigMap/app-config', 'data/CELERY_BROKER_URL', 'redis://redis:6379/0'],
  ['ConfigMap/app-config', 'data/CELERY_RESULT_BACKEND', 'redis://redis:6379/0'],
  ['ConfigMap/app-config', 'data/CELERY_CONCURRENCY', '2'],
  ['ConfigMap/app-config', 'data/CELERY_LOGLEVEL', 'info'],
  [WORKER, `${MAIN}/command`, command('-A', 'redline', '--loglevel=info')],
  [WORKER, `${MAIN}/command`, command('--queues=redline_tasks', '--concurrency=2')],
  [WORKER, `${MAIN}/command`, command('--time-limit=1800', '--max-tasks-per-child=1000')],
  // 2 processes: 8 for a core at the request, 4 at the limit
  [WORKER, `${MAIN}/resources`, resources(['250m', '500m'], ['256Mi', '512Mi'])],
  [WORKER, 'spec/replicas', undefined],
  ['ScaledObject/worker-default', 'spec/minReplicaCount', 1],
  ['ScaledObject/worker-default', 'spec/maxReplicaCount', 6],
  ['ScaledObject/worker-default', 'spec/triggers/0/metadata/listName', 'redline_tasks'],
  [SETTINGS, `${CELERY}/task_default_queue`, 'redline_tasks'],
  ['Deployment/web', `${MAIN}/command`, command('--bind=0.0.0.0:8080')],
  ['Service/web', 'spec/ports/0/port', 8080],
];

const PRIMARY = 'redis-0.redis-headless.jewelry-shop.svc.cluster.local';
const HOSTNAME = 'kubernetes.io/hostname';
const QUEUES = 'celery,backups,pricing,reports,notifications,accounting,monitoring,webhooks';
const TICK = times(180, 30, { timeoutSeconds: 10, failureThreshold: 3 });
const entry = (schedule: string | number, queue: string) =>
  expect.objectContaining({ schedule, options: { queue } });

const jewelryShop: Fact[] = [
  ['StatefulSet/redis', 'spec/replicas', 1],
  ['StatefulSet/redis-replica', 'spec/replicas', 2],
  ['ConfigMap/redis-replica-config', CONF, lines(`replicaof ${PRIMARY} 6379`, 'replica-read-only yes')],
  ['Service/redis', 'spec/selector', expect.objectContaining({ 'app.kubernetes.io/instance': 'redis' })],
  ['ConfigMap/app-config', 'data/REDIS_HOST', PRIMARY],
  ['ConfigMap/app-config', 'data/CELERY_BROKER_URL', `redis://${PRIMARY}:6379/0`],
  ['ConfigMap/app-config', 'data/CELERY_RESULT_BACKEND', `redis://${PRIMARY}:6379/0`],
  ['ConfigMap/app-config', 'data/SENTRY_DSN', ''],
  [WORKER, 'spec/replicas', 3],
  [WORKER, `${MAIN}/resources`, resources(['400m', '800m'], ['512Mi', '768Mi'])],
  [WORKER, `${MAIN}/command`, command('-A', 'config', '--concurrency=2')],
  [WORKER, `${MAIN}/command`, command(`--queues=${QUEUES}`)],
  [WORKER, `${MAIN}/livenessProbe`, TICK],
  [WORKER, `${MAIN}/readinessProbe/exec`, expect.anything()],
  [WORKER, `${POD}/initContainers/stagger/command/2`, expect.stringContaining('uniform(5, 25)')],
  [
    WORKER,
    `${POD}/affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution`,
    [expect.objectContaining({ podAffinityTerm: expect.objectContaining({ topologyKey: HOSTNAME }) })],
  ],
  ['Deployment/beat', 'spec/replicas', 1],
  ['Deployment/beat', 'spec/strategy/type', 'Recreate'],
  ['Deployment/beat', `${MAIN}/resources`, resources(['250m', '500m'], ['256Mi', '512Mi'])],
  ['Deployment/beat', `${MAIN}/livenessProbe`, TICK],
  [
    'Deployment/beat',
    `${MAIN}/command`,
    command('--scheduler=django_celery_beat.schedulers:DatabaseScheduler'),
  ],
  ['Deployment/beat', `${POD}/initContainers/wait-for-migrations/command`, command('migrate', '--check')],
  ['Job/migrate', `${MAIN}/command`, ['python', 'manage.py', 'migrate', '--noinput']],
  [SETTINGS, `${SCHEDULE}/daily-full-backup`, entry('0 2 * * *', 'backups')],
  [SETTINGS, `${SCHEDULE}/weekly-tenant-backups`, entry('0 3 * * sun', 'backups')],
  [SETTINGS, `${SCHEDULE}/fetch-gold-rates`, entry(300, 'pricing')],
  [SETTINGS, `${SCHEDULE}/run-scheduled-reports`, entry(900, 'reports')],
  [SETTINGS, `${SCHEDULE}/update-inventory-prices`, entry('0 1 * * *', 'pricing')],
  [SETTINGS, `${SCHEDULE}/process-campaigns`, entry(300, 'notifications')],
  [SETTINGS, `${SCHEDULE}/alert-digests`, entry('0 8 * * *', 'notifications')],
  [SETTINGS, `${SCHEDULE}/verify-storage-integrity`, entry('0 * * * *', 'monitoring')],
  [SETTINGS, `${CELERY}/task_acks_late`, true],
  [SETTINGS, `${CELERY}/task_reject_on_worker_lost`, true],
];

const dev: readonly (readonly [tenant: string, ...Fact])[] = [
  ['redline', 'ConfigMap/redis-config', CONF, lines('maxmemory 268645171')],
  ['redline', 'ConfigMap/cache-config', CONF, lines('maxmemory 268645171')],
  ['redline', WORKER, 'spec/replicas', 1],
  ['typesafe', WORKER, 'spec/replicas', 1],
  ['jewelry-shop', 'StatefulSet/redis-replica', 'spec/replicas', 1],
  ['paless', 'PersistentVolumeClaim/media', 'spec/accessModes', ['ReadWriteOnce']],
];

const folderOf = (environment: string, folder: string) => {
  const leaf = referenceLeaves().find((l) => l.environment === environment && l.folder === folder);
  if (!leaf) throw new Error(`nothing is rendered in ${environment}/${folder}`);
  return lookup(leaf.manifests);
};

function valueAt(environment: string, folder: string, object: string, pointer: string): unknown {
  const [kind = '', name = ''] = object.split('/');
  return pointer.split('/').reduce<Json>(step, folderOf(environment, folder).byKind(kind, name));
}

function step(node: Json, key: string): Json {
  const value = Array.isArray(node) && !/^\d+$/.test(key) ? node.find((n) => n.name === key) : node?.[key];
  return key.endsWith('.json') ? JSON.parse(value) : value;
}

describe.each([
  ['tenants/paless', paless],
  ['tenants/tenant-a', paperless('a', 0)],
  ['tenants/tenant-b', paperless('b', 1)],
  ['brokers/shared', shared],
  ['tenants/typesafe', typesafe],
  ['tenants/redline', redline],
  ['tenants/jewelry-shop', jewelryShop],
])('production/%s holds what its text says', (folder, facts) => {
  test.each(facts)('%s: %s', (object, pointer, value) => {
    expect(valueAt('production', folder, object, pointer)).toEqual(value);
  });
});

describe('dev is smaller', () => {
  test.each(dev)('%s, %s: %s', (tenant, object, pointer, value) => {
    expect(valueAt('dev', `tenants/${tenant}`, object, pointer)).toEqual(value);
  });

  test.each([
    ['typesafe', 'Deployment', 'flower'],
    ['redline', 'ScaledObject', 'worker-default'],
  ])('%s has no %s %s', (tenant, kind, name) => {
    expect(folderOf('dev', `tenants/${tenant}`).find(kind, name)).toBeUndefined();
  });
});
