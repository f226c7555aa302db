// What the commands of `stalk` find, and what they leave.

import { redis, subject } from '../cluster';
import { loadTested, verified } from '../cli';
import { asked, lines } from '../kubectl';
import type { Told } from '../lanes';

/** `stalk verify` finds nothing that does not hold. */
export async function allHolds(names: readonly string[], ...flags: readonly string[]): Promise<Told> {
  const { code, checks } = await verified(names, ...flags);
  expect(checks.filter(({ verdict }) => verdict === 'failed')).toEqual([]);
  expect(code).toBe(0);
  return {
    note: `${checks.filter(({ verdict }) => verdict === 'ok').length} of ${checks.length} checks hold`,
  };
}

/** Longer than the task of a killed pod can be away: 60 s, 100 s and the 15 s of the task itself. */
const DUE = '180s';

/** Each pool loses a process and a pod, and Redis is restarted; what earlier faults left in logs is another matter. */
export async function outlives(tenant: string): Promise<Told> {
  const { checks } = await verified([tenant], '--disruptive', '--max-wait', DUE);
  const disrupted = checks.filter(({ id }) => id.startsWith('disruption.'));
  expect(disrupted.map(({ id }) => id)).toEqual(['disruption.process', 'disruption.pod', 'disruption.redis']);
  expect(disrupted.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
  return { note: disrupted.map(({ found }) => found).join('; ') };
}

const jobs = async (tenant: string): Promise<string[]> =>
  lines(await asked('get', 'jobs', '-n', tenant, '-o', 'name'));

/** But for the lock that kombu takes for a moment, each ten seconds. */
async function keys(tenant: string): Promise<string[]> {
  const { broker, database } = subject(tenant);
  const all = lines(await redis(broker, `-n ${database} --scan`));
  return all.filter((key) => !key.endsWith('unacked_mutex')).sort();
}

/** What two slow cores do is not judged; that everything was answered and nothing stays is. */
export async function measures(tenant: string): Promise<Told> {
  const before = [await jobs(tenant), await keys(tenant)];
  const { checks } = await loadTested(tenant, '--tasks', '100', '--rate', '10');
  const answered = checks.find(({ id }) => id === 'load.answered');
  expect(answered?.found).toContain('100 %');
  expect([await jobs(tenant), await keys(tenant)]).toEqual(before);
  return {
    note: checks.map(({ subject: of, found }) => `${of.slice(tenant.length + 1)} ${found}`).join(', '),
  };
}
