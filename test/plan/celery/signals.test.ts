// What a process tells of itself, and what its probes look at.

import { consumes, serves, ticks } from '../../../lib/plan/celery/signals';
import { defaults } from '../../../lib/spec/defaults';

const { probes: timing } = defaults.worker;

test('a worker is ready while it consumes, and alive until it hangs for minutes', () => {
  const { signal, probes } = consumes(timing, 0);

  expect(signal).toEqual({ working: '/run/stalk/consuming', alive: '/run/stalk/alive' });
  expect(probes.startup.look).toEqual({
    program: ['sh', '-c', 'test -n "$(find /run/stalk -name consuming -mmin -1)"'],
  });
  expect(probes.readiness.look).toEqual({ program: ['test', '-f', '/run/stalk/consuming'] });
  expect(probes.liveness.look).toEqual({
    program: ['sh', '-c', 'test -n "$(find /run/stalk -name alive -mmin -5)"'],
  });
});

test('a worker whose task keeps it from all else lives as long as a task may take, and the minutes', () => {
  const { liveness } = consumes(timing, 601).probes;

  expect(JSON.stringify(liveness.look)).toContain('-name alive -mmin -16)');
});

test('beat is ready while it ticks', () => {
  expect(ticks(timing).probes.readiness.look).toEqual({ program: ['test', '-f', '/run/stalk/ticking'] });
});

test('a server is ready while its path answers, and alive while its port accepts', () => {
  const health = { path: '/up', headers: { Host: 'acme.example.com' }, scheme: 'http' } as const;

  const { signal, probes } = serves(health, timing);

  expect(signal).toEqual({ health: '/up' });
  expect(probes.readiness.look).toEqual(health);
  expect(probes.liveness).toEqual({ ...timing.liveness, look: 'port' });
});
