import { loadTestOf, run } from '../../lib/loadtest';
import { platformOf, referenceEnvironment } from '../support/synth';
import { type World, answered, fakeCluster } from './fake-cluster';

const platform = platformOf(referenceEnvironment('dev'));
const tenant = platform.tenants.find(({ name }) => name === 'typesafe')!;
const loadTest = loadTestOf(platform, tenant, { tasks: 100, rate: 20, concurrent: 10, patience: 60 }, 'abc');

function running(different: Partial<World> = {}, signal = new AbortController().signal) {
  const fake = fakeCluster(different);
  const said: string[] = [];
  const ended = run({ cluster: fake.cluster, loadTest, say: (text) => said.push(text), signal, every: 1 });
  return { ...fake, said, ended };
}

describe('a load test in a cluster', () => {
  it('gives back what the Job printed last, with looks at Redis from before it', async () => {
    const { ended, said } = running();

    const { load, samples } = await ended;

    expect(load.phases[0]?.tasks).toEqual([['worker', 10, 10.1, 10.2]]);
    expect(samples.length).toBeGreaterThan(1);
    expect(said).toContain('pod running');
  });

  it('leaves no Job, and nothing to take out of Redis when all was answered', async () => {
    const { ended, jobs, commands } = running();

    await ended;

    expect(jobs()).toEqual([]);
    expect(commands.filter((c) => c.includes('--scan'))).toEqual([]);
  });

  it('takes out of Redis what was not answered: its results in each database, its tasks in the queue', async () => {
    const { ended, commands } = running({ log: answered([['worker', 10, null, null]]) });

    await ended;

    const [swept, ...more] = commands.filter((c) => c.includes('--scan'));
    expect(more).toEqual([]);
    expect(swept).toContain("-n 0 --scan --pattern '*stalk-load-abc*'");
    expect(swept).toContain("-n 1 --scan --pattern '*stalk-load-abc*'");
    expect(swept).toContain(
      `8 'unacked' 'unacked_index' 'unacked.typesafe.default' 'unacked.typesafe.default.delayed' ${['', ...[3, 6, 9].map((step) => `\u0006\u0016${step}`)].map((end) => `'celery${end}'`).join(' ')} stalk-load-abc`,
    );
  });

  it('leaves nothing when it is stopped', async () => {
    const stop = new AbortController();
    const { ended, jobs, commands } = running({ phases: ['Running'] }, stop.signal);
    while (jobs().length === 0) await new Promise(setImmediate);

    stop.abort();

    await expect(ended).rejects.toThrow('stopped; what it made is deleted');
    expect(jobs()).toEqual([]);
    expect(commands.some((c) => c.includes('--scan'))).toBe(true);
  });

  it('leaves nothing when nobody listens any more', async () => {
    const { cluster, jobs } = fakeCluster();
    const made: (readonly string[])[] = [];
    const say = (text: string): void => {
      if (!text.startsWith('pod ')) return;
      made.push(jobs());
      throw new Error('nobody listens');
    };

    const ended = run({ cluster, loadTest, say, signal: new AbortController().signal, every: 1 });

    await expect(ended).rejects.toThrow('nobody listens');
    expect([made, jobs()]).toEqual([[['stalk-load-abc']], []]);
  });

  it.each<[string, Partial<World>, string]>([
    [
      'the pod fails, with its last words',
      { phases: ['Failed'], log: 'Traceback\nNo module named app\n' },
      'tenant "typesafe": the load must run to its end, got a failed pod that said Traceback; No module named app',
    ],
    [
      'the program prints something else',
      { log: 'hello' },
      'the load must print its figures last, got hello',
    ],
  ])('fails and leaves nothing when %s', async (_, world, message) => {
    const { ended, jobs } = running(world);

    await expect(ended).rejects.toThrow(message);
    expect(jobs()).toEqual([]);
  });
});

describe('what a load test needs', () => {
  it.each<[string, Partial<World>, string]>([
    [
      'the namespace is not there',
      { namespaces: [] },
      'context "test": namespace "typesafe" must be there for tenants/typesafe, got none; apply tenants/typesafe first, or choose another cluster with --context',
    ],
    [
      'no worker is ready',
      { ready: 0 },
      'tenant "typesafe": a pod of Deployment/worker-default must be ready to take tasks, got 0 of 1; look at kubectl -n typesafe describe deployment worker-default',
    ],
    [
      'the quota has no room',
      { used: { pods: '9', 'requests.cpu': '1221m', 'limits.memory': '4097Mi' } },
      [
        'tenant "typesafe": ResourceQuota/tenant must have room for 100m of requests.cpu, got 1221m of 1320m in use; wait until no pods end or roll, or raise the quota by a patch',
        'tenant "typesafe": ResourceQuota/tenant must have room for 512Mi of limits.memory, got 4097Mi of 4608Mi in use; wait until no pods end or roll, or raise the quota by a patch',
      ].join('\n'),
    ],
    [
      'a right is missing',
      { missing: ['create jobs', 'create pods/exec'] },
      'context "test": this user must be allowed to create jobs.batch, create pods/exec in namespace "typesafe", got no such right; docs/load.md has them all',
    ],
  ])('fails when %s, and makes nothing', async (_, world, message) => {
    const { ended, jobs, commands } = running(world);

    await expect(ended).rejects.toThrow(new Error(message));
    expect([jobs(), commands]).toEqual([[], []]);
  });

  it('is there when the quota is met exactly', async () => {
    const { ended } = running({ used: { pods: '9', 'requests.cpu': '1220m', 'limits.memory': '4Gi' } });

    await expect(ended).resolves.toBeDefined();
  });
});
