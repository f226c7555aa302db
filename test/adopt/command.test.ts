// Command lines as people write them: what Celery is asked for, and what a shell runs.

import { celeryLineOf } from '../../lib/adopt/command/celery';
import { scriptOf } from '../../lib/adopt/command/shell';

const nobody = (): undefined => undefined;

const lineIn = (words: readonly string[]) => {
  const { commands } = scriptOf(words, nobody);
  return commands.map(celeryLineOf).find((line) => line !== undefined);
};

test.each([
  ['words', ['celery', '-A', 'shop', 'worker', '-Q', 'a,b', '-c', '4']],
  ['joined short options', ['celery', '-Ashop', 'worker', '-Qa,b', '-c4']],
  ['long options', ['celery', '--app=shop', 'worker', '--queues', 'a,b', '--concurrency=4']],
  ['the order of Celery 4', ['celery', 'worker', '-A', 'shop', '-Q', 'a,b', '-c', '4']],
  ['python -m', ['python3', '-m', 'celery', '-A', 'shop', 'worker', '-Q', 'a,b', '-c', '4']],
  ['a path', ['/venv/bin/celery', '-A', 'shop', 'worker', '-Q', 'a,b', '-c', '4']],
  ['manage.py', ['python', 'manage.py', 'celery', '-A', 'shop', 'worker', '-Q', 'a,b', '-c', '4']],
  ['django-admin', ['django-admin', 'celery', '-A', 'shop', 'worker', '-Q', 'a,b', '-c', '4']],
  ['a shell', ['sh', '-c', 'celery -A shop worker -Q a,b -c 4']],
  ['a login shell with exec', ['/bin/bash', '-lc', 'exec celery -A "shop" worker -Q \'a,b\' -c 4']],
  [
    'a script of several lines',
    [
      'sh',
      '-ec',
      'set -e\n# wait\npython manage.py migrate &&\n  celery -A shop worker \\\n  -Q a,b \\\n  -c 4\n',
    ],
  ],
  ['variables with defaults', ['sh', '-c', 'celery -A shop worker -Q ${QUEUES:-a,b} -c "${COUNT:-4}"']],
])('a worker is read from %s', (_how, words) => {
  expect(lineIn(words)).toMatchObject({
    what: 'worker',
    module: 'shop',
    options: { queues: 'a,b', concurrency: '4' },
    before: [],
  });
});

test('every option of a worker keeps its value, and flags take none', () => {
  const line = lineIn(
    (
      'celery -A shop worker -E -l INFO -P gevent -n mail@%h --max-tasks-per-child 50 --time-limit=300 -Ofair ' +
      '--prefetch-multiplier 4 --without-gossip -B --soft-time-limit 250 --max_memory_per_child=200000'
    ).split(' '),
  );

  expect(line?.options).toEqual({
    app: 'shop',
    'task-events': '',
    loglevel: 'INFO',
    pool: 'gevent',
    hostname: 'mail@%h',
    'max-tasks-per-child': '50',
    'time-limit': '300',
    optimization: 'fair',
    'prefetch-multiplier': '4',
    'without-gossip': '',
    beat: '',
    'soft-time-limit': '250',
    'max-memory-per-child': '200000',
  });
});

test('words before celery are told apart from what only starts Python', () => {
  expect(lineIn(['newrelic-admin', 'run-program', 'celery', '-A', 'x', 'worker'])?.before).toEqual([
    'newrelic-admin',
    'run-program',
  ]);
  expect(lineIn(['poetry', 'run', 'python', '-m', 'celery', '-A', 'x', 'beat'])?.before).toEqual([
    'poetry',
    'run',
  ]);
  expect(lineIn(['/entrypoint.sh', 'celery', '-A', 'x', 'flower'])).toMatchObject({
    what: 'flower',
    before: ['/entrypoint.sh'],
  });
});

test('a variable that nobody sets is told, and stays as it was written', () => {
  const script = scriptOf(['sh', '-c', 'celery -A shop worker -c $COUNT'], nobody);

  expect(script.unresolved).toEqual(['$COUNT']);
  expect(script.commands).toEqual([['celery', '-A', 'shop', 'worker', '-c', '$COUNT']]);
});

test('a command that asks workers is none of them', () => {
  expect(lineIn(['celery', '-A', 'shop', 'inspect', 'ping'])?.what).toBe('other');
  expect(lineIn(['python', 'run.py'])).toBeUndefined();
});
