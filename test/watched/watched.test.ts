// All reference tenants watched by a Prometheus in the cluster: what it reaches, what nobody else reaches, and what it says
// of faults.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HAS_CLUSTER, START, redis, python, subject, until } from '../e2e/cluster';
import { ROOT, stalk } from '../e2e/cli';
import { opened } from '../e2e/doors';
import { asked, lines } from '../e2e/kubectl';
import { allReady } from '../e2e/pods';
import { DASHBOARDS } from '../../lib/observe/dashboards';
import { exprOf } from '../../lib/observe/dashboards/dashboard';
import { type Fired, answers, firing, prometheus, series } from './prometheus';
import { SENTINELS, WATCHED, render, tenants } from './render';

if (!HAS_CLUSTER) console.warn('monitoring on a cluster is NOT proven here: KUBECONFIG names none');

const ROOTS = [
  ...[...WATCHED, 'postgres', 'monitoring'].map((name) => `namespace/${name}`),
  'priorityclass/stalk-broker',
  'clusterrole/stalk-test-prometheus',
  'clusterrolebinding/stalk-test-prometheus',
];

interface Target {
  readonly pod: string;
  readonly address: string;
  readonly port: number;
}

interface PodWithPorts {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly containers: readonly {
      readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
    }[];
  };
  readonly status: { readonly phase: string; readonly podIP: string };
}

/** Ports named `metrics` in the cluster. */
async function targets(): Promise<readonly Target[]> {
  const { items } = JSON.parse(await asked('get', 'pods', '-A', '-o', 'json')) as {
    readonly items: readonly PodWithPorts[];
  };
  return items
    .filter(({ metadata, status }) => WATCHED.includes(metadata.namespace) && status.phase === 'Running')
    .flatMap(({ metadata, spec, status }) =>
      spec.containers
        .flatMap(({ ports = [] }) => ports)
        .filter(({ name }) => name === 'metrics')
        .map(({ containerPort }) => ({
          pod: `${metadata.namespace}/${metadata.name}`,
          address: status.podIP,
          port: containerPort,
        })),
    );
}

/** Tries the ports from a pod; says which of them are open. */
async function open(from: readonly string[], doors: readonly Target[]): Promise<readonly string[]> {
  const answers = await opened(
    from,
    doors.map(({ address, port }) => [address, port]),
  );
  return doors.filter((_, index) => answers[index]).map(({ pod }) => pod);
}

const sends = (tenant: string, call: string): Promise<string> =>
  python(tenant, `${subject(tenant).app}\n${call}`);

const scaled = (tenant: string, replicas: number): Promise<string> =>
  asked('scale', '-n', tenant, 'deploy/worker-default', `--replicas=${replicas}`);

interface Fault {
  readonly alert: string;
  readonly whose: Readonly<Record<string, string>>;
  readonly begins: () => Promise<unknown>;
  /** Done again and again while it lasts. */
  readonly goesOn?: () => Promise<unknown>;
  readonly ends: () => Promise<unknown>;
}

const AT_WORK = 'stalk_worker_tasks_active{tenant="jewelry-shop"} > 0';
const WORKER = 'app.kubernetes.io/instance=worker-default';

const nothing = async (): Promise<void> => Promise.resolve();

/** Each in another tenant, so that all can last at once. */
const FAULTS: Readonly<Record<string, Fault>> = {
  'a queue has no consumer': {
    alert: 'QueueWithoutConsumer',
    whose: { tenant: 'acme' },
    begins: async () => {
      await scaled('acme', 0);
      await sends('acme', 'app.send_task("stalk.probe")');
    },
    ends: () => scaled('acme', 1),
  },
  'somebody has a wrong password': {
    alert: 'ClientsUseWrongPassword',
    whose: { broker: 'typesafe' },
    begins: nothing,
    goesOn: () =>
      asked(
        ...['exec', '-n', 'typesafe', 'redis-0', '-c', 'redis', '--', 'sh', '-c'],
        'redis-cli --user worker --pass wrong --no-auth-warning ping || true',
      ),
    ends: nothing,
  },
  'a broker is full': {
    alert: 'BrokerRefusesWrites',
    whose: { broker: 'redline' },
    begins: () => redis('redline', 'config set maxmemory 1'),
    goesOn: () => redis('redline', 'set stalk-full 1'),
    ends: () => redis('redline', `config set maxmemory ${96 * 1024 * 1024}`),
  },
  'a worker is killed at work': {
    alert: 'TasksBeginAgain',
    whose: { tenant: 'jewelry-shop' },
    begins: async () => {
      await sends('jewelry-shop', 'app.send_task("ledger.note", args=["jewelry_shop", 0, 12])');
      await until('a worker has it', async () => (await series(AT_WORK)).length > 0);
      await asked('delete', 'pod', '-n', 'jewelry-shop', '-l', WORKER, '--grace-period=0', '--force');
    },
    ends: nothing,
  },
};

const LIST = join('test', 'watched', 'render.ts');

const fits = ({ alert, whose }: Fault, { labels }: Fired): boolean =>
  labels.alertname === alert && Object.entries(whose).every(([label, value]) => labels[label] === value);

const found = async (fault: Fault): Promise<Fired | undefined> =>
  (await firing()).find((one) => fits(fault, one));

async function hears(fault: Fault): Promise<Fired> {
  await fault.begins();
  let alert: Fired | undefined;
  await until(
    `${fault.alert} fires`,
    async () => {
      await fault.goesOn?.();
      alert = await found(fault);
      return alert !== undefined;
    },
    300,
  );
  if (alert === undefined) throw new Error(`${fault.alert} came and went`);
  return alert;
}

async function ends(fault: Fault): Promise<void> {
  await fault.ends();
  await until(`${fault.alert} is over`, async () => (await found(fault)) === undefined, 600);
}

const ABOUT = `What goes out when something breaks, word for word from a cluster with the reference tenants.

# Pages

\`npm run test:watched\` breaks these things and writes down what Prometheus says. [Runbooks](../runbooks/README.md) has every alert, and [observability](../observability.md) how it gets to people.
`;

/** The page that goes out. */
const page = (title: string, { labels, annotations }: Fired): string =>
  `## When ${title}\n\n\`\`\`text\n[${String(labels.severity).toUpperCase()}] ${String(labels.alertname)}\n${String(annotations.summary)}\n\n${String(annotations.description)}\n\nRunbook: ${String(annotations.runbook_url)}\n\`\`\`\n`;

(HAS_CLUSTER ? describe : describe.skip)('a cluster that is watched', () => {
  beforeAll(async () => {
    const there = lines(await asked('get', ...ROOTS, '--ignore-not-found', '-o', 'name'));
    if (there.length > 0) throw new Error(`the cluster must not have ${there.join(', ')}`);
    const here = ['prometheus.yaml', join('..', 'e2e', 'postgres.yaml')];
    for (const file of here) await asked('apply', '-f', join(__dirname, file));
    await asked('apply', '--server-side', '-k', render());
    await allReady(['postgres', 'monitoring', ...WATCHED], START);
  });

  afterAll(async () => {
    if (!process.env.STALK_BENCH) await asked('delete', ...ROOTS, '--ignore-not-found');
  });

  it('has every port with metrics scraped, and each answers', async () => {
    const wanted = (await targets()).map(({ pod }) => pod).sort();
    const scraped = async (): Promise<readonly string[]> =>
      (await series('up{job=~"stalk-.+"} == 1')).map(({ namespace, pod }) => `${namespace}/${pod}`).sort();

    expect(wanted.length).toBeGreaterThan(20);
    await until('all are up', async () => (await scraped()).join() === wanted.join());
  });

  it('knows of each whose it is', async () => {
    const found = await series('up{job=~"stalk-.+"}');
    const lacks = found.filter(
      ({ environment, job, broker, tenant, pool }) =>
        environment !== 'e2e' ||
        (job === 'stalk-celery' && !(tenant && broker && pool)) ||
        (job === 'stalk-redis' && !broker),
    );

    expect(lacks).toEqual([]);
  });

  it('has metrics that nobody but Prometheus reaches', async () => {
    const doors = await targets();
    const from = (namespace: string, workload: string) => ['-n', namespace, workload];

    expect(await open(from('monitoring', 'deploy/prometheus'), doors)).toEqual(doors.map(({ pod }) => pod));
    for (const stranger of [
      from('typesafe', 'deploy/web'),
      from('acme', 'deploy/web'),
      from('postgres', 'deploy/postgres'),
    ])
      expect(await open(stranger, doors)).toEqual([]);
  });

  it('has rules that work', async () => {
    const { groups } = await prometheus<{
      readonly groups: readonly {
        readonly rules: readonly {
          readonly name: string;
          readonly health: string;
          readonly lastError?: string;
        }[];
      }[];
    }>('rules');
    const rules = groups.flatMap((group) => group.rules);

    expect(rules.length).toBeGreaterThan(40);
    expect(rules.filter(({ health, lastError }) => health === 'err' || lastError)).toEqual([]);
  });

  describe('with dashboards', () => {
    // A tenant with a beat, replicas and all tasks of its own; a broker with sentinels
    const CHOSEN: Readonly<Record<string, string>> = {
      $environment: 'e2e',
      $tenant: 'jewelry-shop',
      $broker: SENTINELS,
      $__rate_interval: '1m',
      $__range: '5m',
    };
    const SILENT = [
      'kubelet_volume_stats', // this Prometheus does not ask the kubelet
      'kube_cronjob_', // there is no kube-state-metrics, and nothing is backed up
      'redis_max_clients', // since redis_exporter 1.68, and Debian has 1.45
      'sum by (severity, alertname', // nothing fires yet
    ];
    const queries = DASHBOARDS.flatMap((dashboard) =>
      dashboard.rows.flatMap(({ panels }) =>
        panels.flatMap((panel) =>
          panel.queries
            .filter(({ expr }) => !SILENT.some((part) => expr.includes(part)))
            .map((query) => ({
              name: `${dashboard.title}, ${panel.title}`,
              expr: Object.entries(CHOSEN).reduce(
                (expr, [name, value]) => expr.replaceAll(name, value),
                exprOf(dashboard, query),
              ),
            })),
        ),
      ),
    );

    it('has an answer for every query', async () => {
      const silent = async (): Promise<readonly string[]> => {
        const found = await answers(queries.map(({ expr }) => expr));
        return queries.filter((_, index) => found[index] === 0).map(({ name, expr }) => `${name}: ${expr}`);
      };

      await until('all queries are answered', async () => (await silent()).length === 0, 60).catch(
        () => undefined,
      );
      expect(await silent()).toEqual([]);
    });
  });

  it('is silent while all is well', async () => {
    await until('no alert fires', async () => (await firing()).length === 0, 300);
  });

  it('is shown in a terminal, tenant by tenant', async () => {
    const { output: said } = await stalk(LIST, 'status');

    for (const { name } of tenants) expect(said).toMatch(new RegExp(`^${name} +ok `, 'm'));
    expect(said).toMatch(/^8 tenants, 6 brokers; all ok; 0 alerts firing$/m);
  });

  it('is as rendered, which verify says of the metrics, the rules and the alerts too', async () => {
    const { errors: said } = await stalk(LIST, 'verify', 'acme', 'jewelry-shop', SENTINELS);
    const wrong = said.split('\n').filter((line) => /^(failed|skipped) /.test(line));

    // verify tries what users may not: ten seconds of that are an alert here, five minutes elsewhere
    expect(wrong.filter((line) => !line.includes('AccessDenied'))).toEqual([]);
    expect(said).toMatch(/monitoring\.rules .*: (\d+) of \1 rules loaded/);
  });

  describe('when', () => {
    const heard = new Map<string, Promise<Fired>>();
    const over = new Map<string, Promise<void>>();

    // At once, as each has a tenant of its own
    beforeAll(() => {
      for (const [title, fault] of Object.entries(FAULTS)) {
        const alert = hears(fault);
        const clears = alert.then(() => ends(fault));
        alert.catch(() => undefined); // its own test tells
        clears.catch(() => undefined);
        heard.set(title, alert);
        over.set(title, clears);
      }
    });

    it.each(Object.entries(FAULTS))(
      '%s, somebody hears of it, and hears when it is over',
      async (title, { whose }) => {
        const alert = await heard.get(title);
        await over.get(title);

        expect(alert?.annotations.summary).toContain(Object.values(whose)[0]);
      },
    );

    afterAll(async () => {
      if (process.env.STALK_WRITE_DOCS !== '1') return;
      const pages = await Promise.all([...heard].map(async ([title, alert]) => page(title, await alert)));
      writeFileSync(join(ROOT, 'docs', 'examples', 'pages.md'), `${ABOUT}\n${pages.join('\n')}`);
    });
  });
});
