// The examples of docs/environment.md, as they are rendered.

import { scanner } from '../../docs/examples/env-and-files';
import { legacy } from '../../docs/examples/first-step';
import { reports } from '../../docs/examples/worker-args';
import { option } from '../../lib/laws/law';
import { mainOf, podOf } from '../support/props';
import { settingsOf } from '../support/settings';
import { plain, synth } from '../support/synth';
import type { Json } from '../support/synth';

const worker = mainOf('Deployment', 'worker-default');

describe('an app with variables and files of somebody else', () => {
  const objects = synth(scanner, plain);
  const variable = (name: string): Json => worker(objects).env.find((one: Json) => one.name === name);

  test('reads whole Secrets and ConfigMaps, weaker than its own', () => {
    const sources = [worker, mainOf('Deployment', 'beat')].map((main) =>
      main(objects).envFrom.map((source: Json) => (source.secretRef ?? source.configMapRef).name),
    );

    expect(sources).toEqual([
      ['scanner-extra', 'app-config'],
      ['scanner-extra', 'beat-flags', 'app-config'],
    ]);
  });

  test('reads its password from the key of its user', () => {
    expect(variable('BROKER_USER').value).toBe('scanner');
    expect(variable('BROKER_PASSWORD').valueFrom.secretKeyRef).toEqual({
      name: 'redis-users',
      key: 'scanner',
    });
  });

  test('has one file in a folder of its image, and a folder of its own', () => {
    const mounts = worker(objects).volumeMounts.filter(({ name }: Json) => name.startsWith('files-'));

    expect(mounts.map(({ mountPath, subPath }: Json) => [mountPath, subPath])).toEqual([
      ['/srv/scanner/local_settings.py', 'local_settings.py'],
      ['/etc/scanner/keys', undefined],
    ]);
    expect(worker(objects).workingDir).toBe('/srv/scanner');
  });
});

test('a worker has words of its author’s, and sends events', () => {
  const { command } = worker(synth(reports, plain));

  expect(command.slice(-3)).toEqual(['--task-events', '-Ofair', '--max-memory-per-child=200000']);
});

test('an app that comes as it is has early acknowledgement, no limit, and results of its own', () => {
  const objects = synth(legacy, plain);

  const { command } = worker(objects);
  const settings = settingsOf(objects.all);

  expect(
    ['time-limit', 'soft-time-limit', 'max-tasks-per-child'].map((name) => option(command, name)),
  ).toEqual([undefined, undefined, '1000']);
  expect(podOf('Deployment', 'worker-default')(objects).terminationGracePeriodSeconds).toBe(3 * 3600 + 30);
  expect(settings.broker_transport_options.visibility_timeout).toBeGreaterThan(6 * 3600);
  expect(settings).toMatchObject({
    task_acks_late: false,
    task_serializer: 'json',
    accept_content: ['json'],
    result_serializer: 'pickle',
    result_accept_content: ['json', 'pickle'],
  });
});
