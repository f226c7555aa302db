import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tenant } from '../../lib';
import type { Json } from '../support/synth';
import { type Running, killAll, podOf, start } from './isolation/pods';
import { leavesOf, place } from './place';
import { lacking, programsOf } from './python';
import { eventually, freePort } from './redis-server';
import { answerTo } from './web/kubelet';

if (lacking.length > 0) console.warn(`web is NOT proven here: ${lacking.join(' and ')} not on PATH`);

const tenant = (port: number): Tenant => ({
  name: 'acme',
  app: {
    dialect: 'django',
    image: 'site:1',
    module: 'deployed',
    djangoSettings: 'deployed',
    pythonPath: [join(__dirname, 'web/code')],
  },
  broker: { topology: 'standalone' },
  workers: { default: { queues: ['celery'] } },
  web: {
    command: ['python3', '-m', 'django', 'runserver', '--noreload', `127.0.0.1:${port}`],
    port,
    health: { path: '/up/', host: 'acme.example.com' },
  },
});

(lacking.length > 0 ? describe.skip : describe)('a Django site behind its own name and HTTPS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'web-'));
  let port: number;
  let container: Json;
  let server: Running;

  beforeAll(async () => {
    port = await freePort();
    const objects = leavesOf(place, [tenant(port)])('tenants/acme');
    [container] = objects.byKind('Deployment', 'web').spec.template.spec.containers;
    server = start(podOf(objects, 'web', { folder, port, programs: await programsOf('5.6') }));
    await eventually('it listens', () => answerTo({ path: '/' }, port).then(Boolean, () => false), 40);
  });

  afterAll(async () => {
    await server?.stop();
    killAll();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(['startupProbe', 'readinessProbe'])('answers 200 to its rendered probe: %s', async (probe) => {
    expect(await answerTo(container[probe].httpGet, port)).toEqual({ status: 200, text: 'acme.example.com' });
  });

  it('answers 400 to a probe for the IP of its pod', async () => {
    expect(await answerTo({ path: '/up/' }, port)).toMatchObject({ status: 400 });
  });

  it('answers with a redirect to a probe that does not say that it came over HTTPS', async () => {
    const httpHeaders = [{ name: 'Host', value: 'acme.example.com' }];

    expect(await answerTo({ path: '/up/', httpHeaders }, port)).toMatchObject({
      status: 301,
      location: 'https://acme.example.com/up/',
    });
  });
});
