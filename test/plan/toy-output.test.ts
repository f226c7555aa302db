// Another output, written against the plan alone: what runs for a tenant as plain text, like a Procfile.

import { planOf } from '../../lib/plan';
import type { TenantPlan } from '../../lib/plan';
import type { Behind, Endpoint } from '../../lib/plan/redis/endpoint';
import type { Process, Variable } from '../../lib/plan/process';
import { plain, platformOf, tenantOf } from '../support/synth';

const valueOf = (variable: Variable): string => {
  if ('value' in variable) return variable.value;
  return 'secret' in variable
    ? `<secret ${variable.secret}/${variable.key}>`
    : `<config ${variable.config}/${variable.key}>`;
};

const timesOf = ({ lifetime }: Process): string => {
  if (lifetime.kind !== 'service') return lifetime.kind;
  return lifetime.scaling ? `${lifetime.scaling.min} to ${lifetime.scaling.max}` : `${lifetime.replicas}`;
};

const processText = (process: Process): string[] => [
  `${process.name} (${timesOf(process)}): ${process.command.join(' ')}`,
  ...process.waits.map((wait) => `  after ${wait.for}`),
  ...(process.port === undefined ? [] : [`  port ${process.port}`]),
  ...process.variables.map((variable) => `  ${variable.name}=${valueOf(variable)}`),
];

const answering = (behind: Behind): string =>
  'cidrs' in behind ? behind.cidrs.join(', ') : behind.pods.component;

const serverText = ({ host, port, behind }: Endpoint): string =>
  `broker at ${host}:${port}: ${answering(behind)}`;

const text = ({ broker, processes }: TenantPlan): string =>
  [serverText(broker), ...processes.flatMap(processText)].join('\n');

test('the plan of a tenant is a list of servers and processes with their variables and what they wait for', () => {
  const tenant = tenantOf({
    broker: { topology: 'standalone' },
    workers: { default: { queues: ['celery'], replicas: 3 } },
    web: { command: ['gunicorn', 'acme'], port: 8000, env: { TOKEN: { secret: 'tokens', key: 'api' } } },
    migrate: { command: ['./migrate'], check: ['./migrate', '--check'] },
    results: { backend: 'none' },
  });

  const [resolved] = platformOf(plain, [tenant]).tenants;

  expect(text(planOf(resolved!)).split('\n').filter(ofInterest)).toEqual([
    'broker at redis:6379: redis',
    'migrate (job): ./migrate',
    '  after broker',
    '  STALK_USER=acme-web',
    'worker-default (3): celery -A acme.tasks worker --loglevel=info --hostname=default@%h --queues=celery --pool=prefork --concurrency=2 --prefetch-multiplier=1 --time-limit=1800 --soft-time-limit=1650 --max-tasks-per-child=1000 --without-gossip --without-mingle',
    '  after broker',
    '  after migrations',
    '  STALK_USER=acme',
    'web (2): gunicorn acme',
    '  after broker',
    '  after migrations',
    '  port 8000',
    '  STALK_USER=acme-web',
    '  TOKEN=<secret tokens/api>',
  ]);
});

const ofInterest = (line: string): boolean => !line.startsWith('  ') || /after|port|USER=|TOKEN=/.test(line);
