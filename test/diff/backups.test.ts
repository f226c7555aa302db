// What `stalk diff` says before backups begin, go elsewhere, or stay for a shorter time.

import { tenantOf } from '../support/synth';
import { differing, rendered, toldOf } from './sides';

const BUCKET = { kind: 's3', endpoint: 'https://s3.eu-central-1.amazonaws.com', bucket: 'backups' } as const;

const backedUp = (change: object = {}) =>
  rendered([
    tenantOf({ broker: { topology: 'standalone', backup: { to: BUCKET, drill: '0 3 * * 1', ...change } } }),
  ]);
const becomes = (change: object) => differing(backedUp(), backedUp(change));

test('the Secrets of a first backup are named, and an added container in plain words', () => {
  const told = toldOf(
    differing(rendered([tenantOf({ broker: { topology: 'standalone' } })]), backedUp()),
    'restarts',
  );

  expect(told).toContainEqual(expect.stringMatching(/^see that Secret redis-backup is in acme and that /));
  expect(told).toContainEqual(expect.stringMatching(/^init container restore: added \{/));
});

test.each([
  ['another bucket', { to: { ...BUCKET, bucket: 'other' } }, /^older backups stay where they are/],
  ['fewer that stay', { keep: { last: 1 } }, /^the next run deletes the backups that /],
  ['no drill', { drill: false }, /^while the drill is suspended nobody knows/],
] as const)('%s: what follows is told', (_, change, step) => {
  expect(toldOf(becomes(change), 'next-run')).toContainEqual(expect.stringMatching(step));
});

test('another time has no step', () => {
  expect(toldOf(becomes({ schedule: '0 4 * * *' }), 'next-run')).toEqual([
    expect.stringMatching(/^schedule: .* → 0 4 \* \* \*$/),
    'test: redis-backup of acme',
  ]);
});

test('a drill that starts again has no step', () => {
  expect(toldOf(differing(backedUp({ drill: false }), backedUp()), 'next-run').join('\n')).not.toContain(
    'nobody knows',
  );
});
