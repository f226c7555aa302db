// What an expression of PromQL asks for and which labels its result may have; complains about what cannot be right.

import { parser } from '@prometheus-io/lezer-promql';
import {
  JOBS,
  METRICS_CATALOGUE,
  type MetricName,
  type MetricSource,
  TARGET_LABELS,
} from '../../lib/observe/metrics';

type Node = ReturnType<typeof parser.parse>['topNode'];
export type Labels = ReadonlySet<string>;

export interface Selector {
  readonly metric: string;
  readonly matchers: readonly { readonly label: string; readonly op: string; readonly value: string }[];
}

export interface Reading {
  /** Labels that its result may have. */
  readonly labels: Labels;
  readonly selectors: readonly Selector[];
  readonly complaints: readonly string[];
}

/** Labels of recorded series by their name. */
export type Recorded = ReadonlyMap<string, Labels>;

type Job = (typeof JOBS)[keyof typeof JOBS];

/** Whose targets a metric comes from, where its selector names no job. */
const JOBS_OF: Readonly<Record<MetricSource, readonly Job[]>> = {
  loader: [JOBS.celery],
  queues: [JOBS.queues],
  redis_exporter: [JOBS.redis, JOBS.cache, JOBS.sentinel],
  prometheus: Object.values(JOBS),
  'kube-state-metrics': [],
  kubelet: [],
  keda: [],
};

const SETS = ['And', 'Or', 'Unless'];

export function read(expr: string, recorded: Recorded = new Map()): Reading {
  const selectors: Selector[] = [];
  const complaints: string[] = [];
  const text = ({ from, to }: Node): string => expr.slice(from, to);
  const complain = (what: string, node: Node): void => void complaints.push(`${what}: ${text(node)}`);
  const demand = (wanted: readonly string[], found: Labels, node: Node): void =>
    wanted
      .filter((label) => !found.has(label))
      .forEach((label) => complain(`label ${label} is not there`, node));

  /** Undefined for a number. */
  function labelsOf(node: Node): Labels | undefined {
    switch (node.name) {
      case 'VectorSelector':
        return selected(node);
      case 'AggregateExpr':
        return aggregated(node);
      case 'BinaryExpr':
        return combined(node);
      case 'FunctionCall':
        return called(node);
      case 'NumberDurationLiteral':
      case 'StringLiteral':
        return undefined;
      case '⚠':
        complain('syntax', node.parent ?? node);
        return undefined;
      default: // PromQL, ParenExpr, MatrixSelector, OffsetExpr, SubqueryExpr: what stands in it
        return children(node)
          .filter(
            ({ name }) => !/^(Offset|.*DurationExpr|NumberDurationLiteralInDurationContext)$/.test(name),
          )
          .map(labelsOf)
          .find((labels) => labels !== undefined);
    }
  }

  function selected(node: Node): Labels {
    const name = node.getChild('Identifier');
    const selector: Selector = {
      metric: name ? text(name) : '',
      matchers: matchersOf(node, text),
    };
    selectors.push(selector);
    const labels = recorded.get(selector.metric) ?? exposed(selector);
    if (labels === undefined) complain('not in the catalogue', node);
    else
      demand(
        selector.matchers.map(({ label }) => label),
        labels,
        node,
      );
    return labels ?? new Set();
  }

  function aggregated(node: Node): Labels {
    const by = listed(node.getChild('AggregateModifier'), text);
    if (!node.getChild('AggregateModifier')?.getChild('By')) complain('aggregates without by', node);
    const body = children(node.getChild('FunctionCallBody') ?? node);
    const inner = body.map(labelsOf).find((labels) => labels !== undefined) ?? new Set();
    demand(by, inner, node);
    const value = node.getChild('AggregateOp')?.getChild('CountValues') ? [quoted(body[0], text)] : [];
    return new Set([...by, ...value]);
  }

  function combined(node: Node): Labels | undefined {
    const parts = children(node);
    const [left, right] = [parts[0], parts.at(-1)].map((part) => part && labelsOf(part));
    if (left === undefined || right === undefined) return left ?? right;
    const operator = parts[1]?.name ?? '';
    const matching = node.getChild('MatchingModifierClause');
    const on = matching?.getChild('On') ? listed(matching, text) : undefined;
    [left, right].forEach((side) => demand(on ?? [], side, node));
    if (operator === 'Or') return new Set([...left, ...right]);
    if (!on && !same(left, right)) complain('the two sides have different labels', node);
    if (SETS.includes(operator)) return left;
    return matched(node, { left, right, on, matching });
  }

  /** Of arithmetic and comparisons: `on` alone leaves nothing but its own labels. */
  function matched(
    node: Node,
    {
      left,
      right,
      on,
      matching,
    }: { left: Labels; right: Labels; on?: readonly string[] | undefined; matching: Node | null },
  ): Labels {
    if (!on) return left;
    if (!matching?.getChild('GroupLeft')) return new Set(on);
    const more = listed(matching, text, 1);
    demand(more, right, node);
    return new Set([...left, ...more]);
  }

  function called(node: Node): Labels | undefined {
    const name = text(node.getChild('FunctionIdentifier') ?? node);
    const body = children(node.getChild('FunctionCallBody') ?? node);
    const inner = body.map(labelsOf).find((labels) => labels !== undefined);
    if (name === 'absent') return new Set(selectors.at(-1)?.matchers.map(({ label }) => label));
    if (name !== 'label_replace' || inner === undefined) return inner;
    demand([quoted(body[3], text)], inner, node);
    return new Set([...inner, quoted(body[1], text)]);
  }

  const labels = labelsOf(parser.parse(expr).topNode) ?? new Set<string>();
  return { labels, selectors, complaints };
}

function exposed({ metric, matchers }: Selector): Labels | undefined {
  const [, base = '', part] = /^(.*?)(?:_(bucket|count|sum))?$/.exec(metric) ?? [];
  const histogram = METRICS_CATALOGUE[base as MetricName]?.type === 'histogram';
  const found = METRICS_CATALOGUE[(histogram ? base : metric) as MetricName];
  if (found === undefined || (histogram && part === undefined)) return undefined;
  const job = matchers.find(({ label }) => label === 'job')?.value.split('|') ?? JOBS_OF[found.from];
  const targets = job.flatMap(
    (one) => TARGET_LABELS[one as Job] ?? (one === 'stalk-.+' ? Object.values(TARGET_LABELS).flat() : []),
  );
  return new Set([
    ...found.labels,
    ...targets,
    ...(JOBS_OF[found.from].length > 0 ? ['job'] : []),
    ...(part === 'bucket' ? ['le'] : []),
  ]);
}

/** Those that say something: operators among them, punctuation not. */
function children(node: Node): readonly Node[] {
  const found: Node[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) found.push(child);
  return found;
}

const matchersOf = (node: Node, text: (node: Node) => string): Selector['matchers'] =>
  (node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? []).map((matcher) => {
    const [label, op, value] = children(matcher);
    return { label: label ? text(label) : '', op: op ? text(op) : '', value: quoted(value, text) };
  });

const quoted = (node: Node | undefined, text: (node: Node) => string): string =>
  node ? text(node).slice(1, -1) : '';

/** Names in brackets: those of `by` or `on` first, then those of `group_left`. */
const listed = (node: Node | null | undefined, text: (node: Node) => string, which = 0): readonly string[] =>
  node?.getChildren('GroupingLabels')[which]?.getChildren('LabelName').map(text) ?? [];

const same = (a: Labels, b: Labels): boolean => a.size === b.size && [...a].every((label) => b.has(label));
