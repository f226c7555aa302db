/** A real Prometheus and a real Alertmanager with the rendered rules and inhibitions, in a thirtieth of the time. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { RuleGroup } from '../../../lib/observe/rules';
import type { Json, Synth } from '../../support/synth';
import { eventually, freePort } from '../redis-server';

export const FASTER = 30;

type Labels = Readonly<Record<string, string>>;

/** What Prometheus scrapes: a port on this machine, with the labels that its pod would have. */
export interface Target {
  readonly port: number;
  readonly labels: Labels;
}

export interface FiredAlert {
  readonly labels: Labels;
  readonly state: string;
  readonly annotations: Labels;
}

export interface Watch {
  readonly retarget: (targets: readonly Target[]) => void;
  /** Alerts that fire, or are about to. */
  readonly alerts: () => Promise<readonly FiredAlert[]>;
  readonly query: (expr: string) => Promise<readonly { readonly metric: Labels; readonly value: number }[]>;
  /** Labels of the alerts that Alertmanager keeps quiet as another one fires. */
  readonly inhibited: () => Promise<readonly Labels[]>;
  readonly stop: () => Promise<void>;
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** `5m` becomes `10s`. */
const shorter = (duration: string): string =>
  duration.replace(
    /(\d+)([smhd])/g,
    (_, count: string, unit: string) => `${(Number(count) * (SECONDS[unit] ?? 1)) / FASTER}s`,
  );

/** Ranges, offsets, what a rate a minute is multiplied by, and the two minutes of beat, which ticks each five seconds. */
const hurried = (expr: string): string =>
  expr
    .replace(/\[\w+\]|offset \w+/g, shorter)
    .replace(/\) \* 60$/, `) * ${60 / FASTER}`)
    .replace(/ < 120$/, ' < 12');

const hurriedGroup = ({ name, interval, rules }: RuleGroup): object => ({
  name,
  ...(interval !== undefined && { interval: shorter(interval) }),
  rules: rules.map((rule) => ({
    ...rule,
    expr: hurried(rule.expr),
    ...('for' in rule && rule.for !== undefined && { for: shorter(rule.for) }),
  })),
});

/** `platform` has the rules and inhibitions of the environment, as ConfigMaps. */
export async function watch(platform: Synth, folder: string, targets: readonly Target[]): Promise<Watch> {
  mkdirSync(folder, { recursive: true });
  const data = (name: string): Json => platform.byKind('ConfigMap', name).data;
  const { groups } = parse(data('stalk-prometheus')['rules.yaml']) as { groups: readonly RuleGroup[] };
  const inhibitions = parse(data('stalk-alertmanager')['inhibit_rules.yaml']) as object;
  const [port, managed] = [await freePort(), await freePort()];
  const write = (file: string, content: object): string => {
    writeFileSync(join(folder, file), stringify(content));
    return join(folder, file);
  };
  const retarget = (found: readonly Target[]): void =>
    writeFileSync(
      join(folder, 'targets.json'),
      JSON.stringify(found.map((one) => ({ targets: [`127.0.0.1:${one.port}`], labels: one.labels }))),
    );
  retarget(targets);
  write('rules.yaml', { groups: groups.map(hurriedGroup) });
  const config = write('prometheus.yaml', {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: ['rules.yaml'],
    scrape_configs: [
      { job_name: 'stalk', file_sd_configs: [{ files: ['targets.json'], refresh_interval: '5s' }] },
    ],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${managed}`] }] }] },
  });
  const routes = write('alertmanager.yaml', {
    route: { receiver: 'nobody' },
    receivers: [{ name: 'nobody' }],
    ...inhibitions,
  });
  const manager = run('prometheus-alertmanager', [
    `--config.file=${routes}`,
    `--storage.path=${join(folder, 'alertmanager')}`,
    `--web.listen-address=127.0.0.1:${managed}`,
    '--cluster.listen-address=',
  ]);
  const prometheus = run('prometheus', [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ]);
  const at = `http://127.0.0.1:${port}`;
  await ready('Prometheus', prometheus, `${at}/-/ready`);
  await ready('Alertmanager', manager, `http://127.0.0.1:${managed}/-/ready`);
  return {
    retarget,
    alerts: async () => ((await answer(`${at}/api/v1/alerts`)) as Json).data.alerts,
    query: async (expr) => {
      const found = (await answer(`${at}/api/v1/query?query=${encodeURIComponent(expr)}`)) as Json;
      return found.data.result.map(({ metric, value }: Json) => ({ metric, value: Number(value[1]) }));
    },
    inhibited: async () =>
      ((await answer(`http://127.0.0.1:${managed}/api/v2/alerts?active=false&silenced=false`)) as Json)
        .filter(({ status }: Json) => status.inhibitedBy.length > 0)
        .map(({ labels }: Json) => labels),
    stop: async () => {
      await Promise.all([prometheus.end(), manager.end()]);
    },
  };
}

interface Program {
  readonly said: () => string;
  readonly end: () => Promise<void>;
}

function run(program: string, args: readonly string[]): Program {
  const child: ChildProcess = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr?.on('data', (data: Buffer) => (said = `${said}${data.toString()}`.slice(-5000)));
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  return {
    said: () => said,
    end: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function ready(name: string, program: Program, url: string): Promise<void> {
  const asks = (): Promise<boolean> =>
    fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
  await eventually(`${name} is ready`, asks, 60).catch((error: Error) => {
    throw new Error(`${error.message}; it said ${program.said()}`);
  });
}

const answer = async (url: string): Promise<unknown> => (await fetch(url)).json();
