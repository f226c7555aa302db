// Who is paged finds the page of the alert, and what it tells them to type fits what is rendered.

import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { main } from '../../lib/cli/main';
import type { Alert } from '../../lib/observe/alert';
import { ALERTS } from '../../lib/observe/alerts';
import { allLeaves } from '../support/clusters';
import { objectsOf } from '../support/synth';
import type { Json } from '../support/synth';
import { commandsOf, named, placeholdersOf } from './commands';
import { headingsOf, ROOT, textOf } from './pages';
import { onPage, table } from './rendered';

const FOLDER = join('docs', 'runbooks');
const INDEX = join(FOLDER, 'README.md');
const pageOf = (name: string): string => join(FOLDER, `${name}.md`);
const alerts: readonly Alert[] = ALERTS.flatMap((group) => group.alerts);
const names = readdirSync(join(ROOT, FOLDER))
  .map((file) => basename(file, '.md'))
  .filter((name) => name !== 'README')
  .sort();
const pages = [INDEX, ...names.map(pageOf)];

const ORDER = ['critical', 'warning', 'info'];

/** What a person sees who has no page yet: the worst first. */
function index(): string {
  const byWorst = [...alerts].sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
  const rows = byWorst.map(({ name, severity, for: after }) => {
    const [line = ''] = textOf(pageOf(name)).split('\n');
    return [`[${name}](${name}.md)`, severity, after ?? 'at once', line];
  });
  return table([['alert', 'severity', 'after', 'it says'], ...rows]);
}

describe('runbooks', () => {
  test('there is one for each alert, and an alert for each', () => {
    expect(names).toEqual(alerts.map(({ name }) => name).sort());
  });

  test('the index has them all, the worst first', () => {
    const rendered = index();

    expect(onPage(join('runbooks', 'README.md'), 'runbooks', rendered)).toBe(rendered);
  });

  test.each(names)('%s has the parts of a runbook, in order', (name) => {
    expect(headingsOf(pageOf(name))).toEqual([
      name,
      ...['Means', 'Tasks are', 'Look', 'Do', 'Over when', 'Why this threshold'],
    ]);
  });

  test.each(names)('%s says at once where the tasks are', (name) => {
    const [, part = ''] = textOf(pageOf(name)).split('## Tasks are\n\n');

    expect(part).toMatch(/^\*\*(Late|Lost|Safe|Twice|Done)\b/);
  });

  test.each(names)('%s has a command to begin with', (name) => {
    const [, part = ''] = textOf(pageOf(name)).split('## Look\n\n');

    expect(part).toMatch(/^```sh\nkubectl /);
  });

  test.each(names)('%s is read in minutes: 550 words', (name) => {
    expect(textOf(pageOf(name)).split(/\s+/).length).toBeLessThanOrEqual(550);
  });
});

/** What no step of a page may do: it loses tasks, stops all tenants, or lets tasks begin twice. */
const NEVER =
  /flush|\bkeys\b|\bdebug\b|shutdown|acl load|purge|--force|delete (pvc|statefulset|namespace)|del tenant:|appendonly no/i;

/** Kinds that a cluster has without Stalk. */
const OF_THE_CLUSTER = ['pod', 'pvc', 'event', 'hpa', 'storageclass', 'prometheus', 'job'];

/** Of metadata, a pod's spec and everything else that objects name. */
const objects = allLeaves.flatMap(objectsOf) as readonly Json[];
const pods = objects.flatMap(({ spec }) => (spec?.template?.spec ? [spec.template] : []));
const namesOf = (kind: string): readonly string[] =>
  objects.filter((one) => one.kind === kind).map(({ metadata }) => metadata.name);
const containers = pods.flatMap(({ spec }) => [...(spec.initContainers ?? []), ...spec.containers]);

async function help(...argv: readonly string[]): Promise<string> {
  const lines: string[] = [];
  const take = (text: string): number => lines.push(text);
  await main([...argv, '--help'], { out: take, err: take, progress: take });
  return lines.join('\n');
}

describe('a command of the runbooks', () => {
  const commands = pages.flatMap(commandsOf);

  test('is one of many', () => {
    expect(commands.length).toBeGreaterThan(150);
  });

  test('says with labels of the alert, or with a choice, what to fill in', () => {
    const labels = ['broker', 'environment', 'namespace', 'pod', 'pool', 'queue', 'tenant'];
    const choices = ['bytes', 'host', 'id', 'number', 'replicas', 'size', 'task', 'user'];

    expect(labels.concat(choices)).toEqual(expect.arrayContaining(commands.flatMap(placeholdersOf)));
  });

  test('asks Redis as admin, at its socket where it speaks TLS', () => {
    const asking = commands.filter((command) => command.includes('redis-cli'));

    for (const command of asking)
      expect(command).toMatch(
        /-c redis -- sh -c '.*redis-cli \$\{REDIS_TLS:\+-s \/run\/redis\/redis\.sock\} --user admin |-c sentinel -- sh -c '.*redis-cli \$\{REDIS_TLS:\+-s \/run\/redis\/redis\.sock\} -p 26379 --user admin /s,
      );
  });

  test('does nothing that costs tasks', () => {
    expect(commands.filter((command) => NEVER.test(command))).toEqual([]);
  });

  test('names containers, workloads, components and claims that are rendered', () => {
    const rendered = {
      containers: containers.map(({ name }) => name),
      deployments: ['keda-operator', 'worker-<pool>', ...namesOf('Deployment')],
      pods: namesOf('StatefulSet').map((name) => `${name}-0`),
      components: pods.map(({ metadata }) => metadata.labels['app.kubernetes.io/component']),
      claims: objects.flatMap(({ spec }) =>
        (spec?.volumeClaimTemplates ?? []).map(({ metadata }: Json) => `${metadata.name}-<pod>`),
      ),
    };

    const components = named(commands, /kubernetes\.io\/component(?: in \(|=)([a-z,-]+)/g);
    expect(rendered.containers).toEqual(expect.arrayContaining([...named(commands, / -c ([a-z-]+) /g)]));
    expect(rendered.deployments).toEqual(
      expect.arrayContaining([...named(commands, /\bdeployment\/(\S+)/g)]),
    );
    expect(rendered.pods).toEqual(expect.arrayContaining([...named(commands, / ([a-z]+-0) /g)]));
    expect(rendered.components).toEqual(
      expect.arrayContaining(components.flatMap((list) => list.split(','))),
    );
    expect(rendered.claims).toEqual(expect.arrayContaining([...named(commands, /\bpvc ([a-z]\S+)/g)]));
  });

  test('asks the cluster for kinds of objects that it has', () => {
    const kinds = new Set([...OF_THE_CLUSTER, ...objects.map(({ kind }) => kind.toLowerCase())]);
    const asked = named(
      commands,
      /kubectl (?:-n \S+ )?(?:get|describe|delete|patch|scale|rollout \w+) ([a-z,]+)/g,
    ).flatMap((list) => list.split(','));

    const unknown = asked.filter(
      (kind) => ![kind, kind.replace(/s$/, ''), kind.replace(/ies$/, 'y')].some((one) => kinds.has(one)),
    );
    expect(unknown.filter((kind) => kind !== 'podmonitors')).toEqual([]);
  });

  test('finds the files that it reads in a pod', () => {
    const paths = named(commands, /(\/(?:opt|run)\/[a-z_]+(?:\/[a-z_.]+)?)\b/g);
    const mounts = containers.flatMap(({ volumeMounts = [] }) =>
      volumeMounts.map(({ mountPath }: Json) => mountPath),
    );

    for (const path of paths) expect(mounts).toContain(path.split('/').slice(0, 3).join('/'));
    for (const file of named(commands, /\/opt\/stalk\/(\S+\.py)/g))
      expect(existsSync(join(ROOT, 'lib', 'celery', 'runtime', file))).toBe(true);
  });

  test('of Stalk is one that the command line has, with its options', async () => {
    const own = commands.filter((command) => command.startsWith('npx stalk '));

    expect(own.length).toBeGreaterThan(0);
    for (const command of own) {
      const [, words = ''] = /^npx stalk ((?:[a-z]+ )+)/.exec(`${command} `) ?? [];
      const text = await help(...words.trim().split(' '));
      expect(text).toContain(`Usage: stalk ${words}`);
      for (const [option] of command.matchAll(/--[a-z-]+/g)) expect(text).toContain(option);
    }
  });
});
