// How `stalk check` ends and what it prints, whatever the parts of a check find.

import type { Outcome } from '../../lib/check';
import { main } from '../../lib/cli/main';

let outcomes: readonly Outcome[] = [];

jest.mock('../../lib/check', () => ({ checkProject: () => outcomes }));

const good: Outcome = { subject: 'types', state: 'ok', summary: '3 files', findings: [] };
const bad: Outcome = { ...good, subject: 'laws', state: 'failed', findings: [{ message: 'it is broken' }] };

async function check(...flags: readonly string[]): Promise<{ readonly code: number; readonly out: string }> {
  const out: string[] = [];
  const ignore = (): void => undefined;
  const io = { out: (text: string) => out.push(text), err: ignore, progress: ignore };
  const code = await main(['check', ...flags], io);
  return { code, out: out.join('\n') };
}

test('stalk check ends with 0 where all parts are well', async () => {
  outcomes = [good, { ...good, subject: 'rules' }];

  expect((await check()).code).toBe(0);
});

test.each(['failed', 'skipped'] as const)('stalk check ends with 1 where one part is %s', async (state) => {
  outcomes = [good, { ...bad, state }];

  expect((await check()).code).toBe(1);
  expect((await check('--json')).code).toBe(1);
});

test('stalk check prints each finding, as lines and as JSON', async () => {
  outcomes = [good, bad];

  expect((await check()).out).toContain('it is broken');
  expect(JSON.parse((await check('--json')).out)).toEqual({ ok: false, checks: [good, bad] });
});
