import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { processesOf } from '../live/run/processes';
import { type Outcome, rowsOf, table } from '../live/run/table';

const passed = (...titles: readonly string[]): Outcome => ({ titles, status: 'passed' });
const failed = (...titles: readonly string[]): Outcome => ({ titles, status: 'failed' });
const skipped = (...titles: readonly string[]): Outcome => ({ titles, status: 'skipped' });

describe('the table of promises', () => {
  it('has a row for each promise, and one version where titles name none', () => {
    const rows = rowsOf([passed('a worker', 'stops warm'), passed('a worker', 'loses nothing')], 'Redis 7.0');

    expect(rows).toEqual([
      { promise: 'a worker: stops warm', version: 'Redis 7.0', result: 'ok' },
      { promise: 'a worker: loses nothing', version: 'Redis 7.0', result: 'ok' },
    ]);
  });

  it('puts versions with the same result into one row, and the others into rows of their own', () => {
    const rows = rowsOf(
      [
        passed('the loader', 'with Celery 5.7', 'wins'),
        passed('the loader with Celery 5.5', 'wins'),
        failed('the loader (Celery 5.6.3)', 'wins'),
      ],
      '',
    );

    expect(rows).toEqual([
      { promise: 'the loader: wins', version: 'Celery 5.5, 5.7', result: 'ok, 2 tests' },
      { promise: 'the loader: wins', version: 'Celery 5.6', result: 'FAILED' },
    ]);
  });

  it('counts the cases of a promise, which follow a colon', () => {
    const rows = rowsOf(
      [
        passed('fails to: GET x'),
        failed('fails to: SET x'),
        skipped('is there: one'),
        passed('is there: two'),
      ],
      'v',
    );

    expect(rows.map(({ promise, result }) => [promise, result])).toEqual([
      ['fails to', 'FAILED, 1 of 2'],
      ['is there', 'ok, 1 skipped'],
    ]);
  });

  it('says what is not proven', () => {
    const [row] = rowsOf([skipped('a pod', 'comes back')], 'v');

    expect(row?.result).toBe('SKIPPED, not proven');
  });

  it('makes one row of a long describe, and one more for what failed in it', () => {
    const many = Array.from({ length: 21 }, (_, i) => (i === 7 ? failed : passed)('long', `promise ${i}`));

    const rows = rowsOf(many, 'v');

    expect(rows.map(({ promise, result }) => [promise, result])).toEqual([
      ['long', 'FAILED, 1 of 21'],
      ['long: promise 7', 'FAILED'],
    ]);
  });

  it('aligns its columns', () => {
    const text = table([{ promise: 'a worker stops', version: 'Celery 5.6', result: 'ok' }]);

    expect(text).toBe(
      [
        'promise         version     result',
        '----------------------------------',
        'a worker stops  Celery 5.6  ok',
      ].join('\n'),
    );
  });
});

describe('the sweeper', () => {
  const HANGS = ['-e', 'setInterval(() => undefined, 1000)'];

  it('ends what runs in the folder or with it in the environment, and removes it, when its stdin ends', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sweeper-test-'));
    const inFolder = spawn(process.execPath, HANGS, {
      cwd: folder,
      env: {},
      detached: true,
      stdio: 'ignore',
    });
    const told = spawn(process.execPath, HANGS, { env: { TMPDIR: folder }, detached: true, stdio: 'ignore' });
    const other = spawn(process.execPath, HANGS, { detached: true, stdio: 'ignore' });
    const gone = Promise.all(
      [inFolder, told].map((child) => new Promise((done) => child.once('exit', done))),
    );
    const sweeper = spawn(
      process.execPath,
      [
        '--require',
        resolve(__dirname, '../../scripts/register.cjs'),
        resolve(__dirname, '../live/run/sweeper.ts'),
        folder,
      ],
      { stdio: ['pipe', 'ignore', 'inherit'] },
    );

    const before = processesOf(folder).map(({ pid }) => pid);
    sweeper.stdin.end();
    await Promise.all([gone, new Promise((done) => sweeper.once('exit', done))]);

    expect(before).toEqual(expect.arrayContaining([inFolder.pid, told.pid]));
    expect(existsSync(folder)).toBe(false);
    expect(other.exitCode ?? other.signalCode).toBeNull();
    other.kill('SIGKILL');
  });

  it('is waited for at the end of a run, which then says how it went', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sweeper-test-'));
    const run = `
      const { end, guard } = require(${JSON.stringify(resolve(__dirname, '../live/run/run.ts'))});
      guard(${JSON.stringify(folder)});
      end().then(() => process.exit(3));
    `;

    const program = spawn(
      process.execPath,
      ['--require', resolve(__dirname, '../../scripts/register.cjs'), '-e', run],
      { stdio: 'inherit' },
    );
    const code = await new Promise((done) => program.once('exit', done));

    expect(code).toBe(3);
    expect(existsSync(folder)).toBe(false);
  });
});
