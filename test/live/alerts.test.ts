import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cases } from '../observe/cases';
import { objections, rejected } from './observe/promtool';

const here = spawnSync('promtool', ['--version'], { stdio: 'ignore' }).status === 0;
if (!here) console.warn('alerts are NOT proven here: promtool is not on PATH (apt-get install prometheus)');

(here ? describe : describe.skip)('rules, by promtool', () => {
  const folder = mkdtempSync(join(tmpdir(), 'promtool-'));

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('load', () => {
    expect(rejected(folder)).toBe('');
  });

  it.each(cases)('tell by series: $title', (story) => {
    expect(objections(folder, story)).toBe('');
  });
});
