// promtool on the rules of an environment, and on stories in series.

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { RuleGroup } from '../../../lib/observe/rules';
import type { AlertCase, Firing } from '../../observe/cases/case';
import type { Reading } from '../../observe/promql';
import { watched } from '../../observe/environments';
import { readings, recordings } from '../../observe/rules';
import { leafManifests, leafOf, lookup, platformOf, tenantOf } from '../../support/synth';

/** As the platform's folder has them. */
export const groups: readonly RuleGroup[] = parse(
  lookup(leafManifests(leafOf(platformOf(watched('annotations'), [tenantOf()]), 'platform'))).byKind(
    'ConfigMap',
    'stalk-prometheus',
  ).data['rules.yaml'],
).groups;

/** Rules of these alerts, and what they ask for; of what an alert says, the summary alone depends on what happened. */
function rulesOf(alerts: readonly string[]): object {
  const asked = new Set(alerts);
  const ask = (reading: Reading | undefined): void =>
    reading?.selectors
      .filter(({ metric }) => recordings.has(metric) && !asked.has(metric))
      .forEach(({ metric }) => ask(recordings.get(asked.add(metric) && metric)));
  readings.filter(({ name }) => asked.has(name)).forEach(({ reading }) => ask(reading));
  const rules = groups
    .flatMap((group) => group.rules)
    .filter((rule) => asked.has('alert' in rule ? rule.alert : rule.record))
    .map((rule) =>
      'alert' in rule ? { ...rule, annotations: { summary: rule.annotations['summary'] } } : rule,
    );
  return { groups: [{ name: 'asked', rules }] };
}

const expected = ({ alert, labels, summary }: Firing): object => ({
  exp_labels: {
    ...labels,
    environment: 'test',
    severity: readings.find(({ name }) => name === alert)?.severity,
  },
  exp_annotations: { summary },
});

/** One story as a file of `promtool test rules`. */
function unitTest({ title, series, every = '1m', fires, silent }: AlertCase): object {
  const asked = [
    ...fires.map(({ alert, at }) => ({ alert, at })),
    ...silent.flatMap(({ alert, at }) => at.map((one) => ({ alert, at: one }))),
  ];
  const once = [...new Map(asked.map((one) => [`${one.alert} ${one.at}`, one])).values()];
  return {
    name: title,
    interval: every,
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    alert_rule_test: once.map(({ alert, at }) => ({
      alertname: alert,
      eval_time: at,
      exp_alerts: fires.filter((one) => one.alert === alert && one.at === at).map(expected),
    })),
  };
}

/** What promtool says against it; nothing when all is as told. */
export function objections(folder: string, story: AlertCase): string {
  const alerts = [...story.fires, ...story.silent].map(({ alert }) => alert);
  writeFileSync(join(folder, 'rules.yaml'), stringify(rulesOf(alerts)));
  const test = { rule_files: ['rules.yaml'], evaluation_interval: '1m', tests: [unitTest(story)] };
  writeFileSync(join(folder, 'test.yaml'), stringify(test));
  const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', 'test.yaml'], {
    cwd: folder,
    encoding: 'utf8',
  });
  return status === 0 ? '' : `${stdout}${stderr}`;
}

/** What `promtool check rules` says against the whole file. */
export function rejected(folder: string): string {
  writeFileSync(join(folder, 'all.yaml'), stringify({ groups }));
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', 'all.yaml'], {
    cwd: folder,
    encoding: 'utf8',
  });
  return status === 0 ? '' : `${stdout}${stderr}`;
}
