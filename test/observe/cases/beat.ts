// Beats.

import { type AlertCase, beat, queues } from './case';

const acme = { broker: 'main', tenant: 'acme' };
const expected = queues('stalk_expected_beat', { tenant: 'acme' });
const tick = beat('stalk_beat_last_tick_timestamp_seconds');
const silence = 'Tenant acme: beat has not looked at its schedule for two minutes';

export const beatCases: readonly AlertCase[] = [
  {
    title: 'a beat that hangs, and ticks again',
    series: { [expected]: '1x30', [tick]: '0+60x5 300x10 960+60x20' },
    fires: [{ alert: 'BeatSilent', at: '9m', labels: acme, summary: silence }],
    silent: [{ alert: 'BeatSilent', at: ['5m', '6m', '17m'] }],
  },
  {
    title: 'a beat whose pod is gone',
    series: { [expected]: '1x30', [tick]: '0+60x5 stale _x9 960+60x20' },
    fires: [{ alert: 'BeatSilent', at: '9m', labels: acme, summary: silence }],
    silent: [{ alert: 'BeatSilent', at: ['5m', '18m'] }],
  },
  {
    title: 'a tenant that has no beat',
    series: { [queues('stalk_expected_beat', { tenant: 'zeta' })]: '0x30' },
    fires: [],
    silent: [{ alert: 'BeatSilent', at: ['9m'] }],
  },
  {
    title: 'a beat that cannot send one of its entries',
    series: {
      [expected]: '1x60',
      [beat('stalk_beat_errors_total', { entry: 'nightly' })]: '0x15 1x40',
      [beat('stalk_beat_errors_total', { entry: 'hourly' })]: '0x55',
    },
    fires: [
      {
        alert: 'BeatCannotSend',
        at: '22m',
        labels: { ...acme, entry: 'nightly' },
        summary: 'Tenant acme: beat cannot send nightly',
      },
    ],
    silent: [{ alert: 'BeatCannotSend', at: ['15m', '18m', '30m'] }],
  },
  {
    title: 'an entry whose first sample is an error',
    series: { [expected]: '1x60', [beat('stalk_beat_errors_total', { entry: 'nightly' })]: '_x15 1x40' },
    fires: [
      {
        alert: 'BeatCannotSend',
        at: '22m',
        labels: { ...acme, entry: 'nightly' },
        summary: 'Tenant acme: beat cannot send nightly',
      },
    ],
    silent: [{ alert: 'BeatCannotSend', at: ['15m', '30m'] }],
  },
];
