// Checks: metrics are served, rules are there and loaded, and nothing fires.

import { alertsOf, askPrometheus, prometheusOf, whyUnheard } from '../../cluster';
import type { PodPort, PrometheusAlert } from '../../cluster';
import { manifestsOf } from '../../output/manifests';
import { ruleGroups } from '../../observe/rules';
import { brokerName } from '../../plan/redis/broker';
import type { ResolvedMonitoring } from '../../spec';
import { tenantSides } from '../../spec/moving';
import { guarded, judged, skipped } from '../section';
import type { CheckOutcome, SectionOfChecks } from '../section';
import type { RenderedLeaf, World } from '../world';
import { objectsAsRendered } from './objects';
import { aboutMetrics, scrapedIn, servesMetrics } from './scraped';

export const monitoringChecks: SectionOfChecks = {
  id: 'monitoring',
  title: 'Monitoring: metrics, rules, and what fires',
  async *run(world) {
    const { monitoring, name } = world.platform.environment;
    if (monitoring === undefined) {
      const about = { id: 'monitoring', subject: name, expected: 'metrics, rules and alerts' };
      yield skipped(about, 'the environment has no monitoring');
      return;
    }
    yield* objectsAsRendered(world, watchObjects(world, monitoring), 'monitoring.objects');
    for (const one of scrapedIn(world.leaves))
      yield* guarded(aboutMetrics(one.workload), async () => [await servesMetrics(world, one)]);
    yield* fromPrometheus(world, monitoring);
  },
};

/** What the environment has once, in the namespace that its Prometheus and its Grafana look into. */
function watchObjects({ platform }: World, { namespace }: ResolvedMonitoring): RenderedLeaf {
  const leaf = platform.leaves.find(({ kind }) => kind === 'platform');
  const manifests = leaf ? manifestsOf(leaf).map(({ manifest }) => manifest) : [];
  return {
    ...{ folder: 'platform', namespace },
    manifests: manifests.filter(({ metadata }) => metadata.namespace === namespace),
  };
}

const RULES = { id: 'monitoring.rules', expected: 'every rule loaded, none with an error' };
const ALERTS = { id: 'monitoring.alerts', expected: 'nothing fires' };

/** Asked through the API server, which its namespace may keep out: then this shows nothing, and says so. */
async function* fromPrometheus(world: World, monitoring: ResolvedMonitoring): AsyncGenerator<CheckOutcome> {
  const { environment } = world.platform;
  const subject = environment.name;
  const where = prometheusOf(world.cluster, environment);
  const asked = async (
    about: typeof RULES,
    ask: (where: PodPort) => Promise<readonly CheckOutcome[]>,
  ): Promise<readonly CheckOutcome[]> => {
    try {
      return await ask(await where);
    } catch (error) {
      return [skipped({ ...about, subject }, `Prometheus was not heard: ${whyUnheard(error)}`)];
    }
  };
  yield* await asked(RULES, async (where) => {
    const { groups } = await askPrometheus<{ readonly groups: readonly LoadedGroup[] }>(
      world.cluster,
      where,
      '/api/v1/rules',
    );
    const wanted = ruleGroups({ name: subject, monitoring }).flatMap(({ rules }) =>
      rules.map((rule) => ('alert' in rule ? rule.alert : rule.record)),
    );
    return [rulesLoaded(subject, wanted, groups)];
  });
  yield* await asked(ALERTS, async (where) =>
    whatFires(world, await alertsOf(world.cluster, where, subject)),
  );
}

export interface LoadedGroup {
  readonly rules: readonly {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly health: string;
    readonly lastError?: string;
  }[];
}

export function rulesLoaded(
  subject: string,
  wanted: readonly string[],
  groups: readonly LoadedGroup[],
): CheckOutcome {
  const loaded = groups
    .flatMap(({ rules }) => rules)
    .filter(({ labels }) => labels?.['environment'] === subject);
  const lacks = wanted.filter((name) => !loaded.some((rule) => rule.name === name));
  const wrong = loaded.filter(({ health }) => health === 'err');
  const errors = wrong.map(({ name, lastError }) => `${name}: ${String(lastError)}`);
  return judged(
    { ...RULES, subject },
    lacks.length === 0 && wrong.length === 0,
    [
      `${loaded.length} of ${wanted.length} rules loaded`,
      ...(lacks.length > 0 ? [`it lacks ${[...new Set(lacks)].join(', ')}`] : []),
      ...errors,
    ].join('; '),
    'Prometheus loads rules by labels and namespace: compare monitoring.labels with its ruleSelector, or load rules.yaml (docs/observability.md)',
  );
}

/** Those of the tenants that are verified, of their brokers, and of the environment. */
export function whatFires(
  { platform, tenants }: Pick<World, 'platform' | 'tenants'>,
  alerts: readonly PrometheusAlert[],
): readonly CheckOutcome[] {
  const subject = platform.environment.name;
  const names = tenants.map(({ tenant }) => tenant.name);
  const brokers = tenants.flatMap(({ tenant }) => tenantSides(tenant).map(brokerName));
  const concerns = ({ labels: { tenant, broker } }: PrometheusAlert): boolean =>
    tenant === undefined ? broker === undefined || brokers.includes(broker) : names.includes(tenant);
  const mine = alerts.filter(concerns);
  const firing = mine.filter(({ state, labels }) => state === 'firing' && labels['severity'] !== INFO);
  if (firing.length === 0)
    return [
      judged({ ...ALERTS, subject }, true, `none fires, ${mine.length - firing.length} wait or inform`),
    ];
  return firing.map(({ labels, annotations, activeAt }) =>
    judged(
      {
        ...ALERTS,
        subject: [labels['tenant'] ?? labels['broker'] ?? subject, labels['alertname']].join(' '),
      },
      false,
      `${String(annotations['summary'])}, since ${activeAt.slice(0, 16)}Z. ${String(annotations['description'])}`,
      String(annotations['runbook_url'] ?? `docs/runbooks/${labels['alertname']}.md`),
    ),
  );
}

/** Explains another alert, and asks for nothing. */
const INFO = 'info';
