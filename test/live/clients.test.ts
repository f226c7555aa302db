// The libraries with which apps use Redis beside Celery, at their real work, with the URL that Stalk gives them.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LIST, USES } from './clients/table';
import { PLACES, type Place, renderedClients } from './clients/tenants';
import { type Pod, answerOf, killAll, podOf } from './isolation/pods';
import { type LiveRedis, liveRedis } from './isolation/redis';
import { lacking, programsIn } from './python';

if (lacking.length > 0) console.warn(`clients are NOT proven here: ${lacking.join(' and ')} not on PATH`);

const PROGRAMS = [...new Set(USES.map(({ program }) => program))];

/** By what the program does. */
const wanted = (program: string, place: Place): object =>
  Object.fromEntries(
    USES.filter((use) => use.program === program).map(({ library, does, outcome }) => [
      `${library}: ${does}`,
      outcome[place],
    ]),
  );

(lacking.length > 0 ? describe.skip : describe)('libraries of an app use Redis beside Celery', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clients-'));
  const rendered = renderedClients();
  const servers: LiveRedis[] = [];
  const pods = new Map<Place, Pod>();

  const server = async (...asked: Parameters<typeof liveRedis>): Promise<LiveRedis> => {
    const one = await liveRedis(...asked);
    servers.push(one);
    return one;
  };

  beforeAll(async () => {
    const programs = await programsIn(LIST);
    const own = await server(rendered.broker('a broker of its own'));
    const shared = await server(rendered.broker('a shared broker'));
    const cache = await server(rendered.tenant('a cache'), { server: 'cache' });
    const ports: Readonly<Record<Place, number>> = {
      'a broker of its own': own.port,
      'a shared broker': shared.port,
      'a cache': shared.port,
    };
    for (const place of PLACES) {
      const at = { folder: join(folder, place.replaceAll(' ', '-')), programs, port: ports[place] };
      pods.set(place, podOf(rendered.tenant(place), 'web', { ...at, cache: cache.port }));
    }
  });

  afterAll(async () => {
    killAll();
    await Promise.all(servers.map((one) => one.remove()));
    rmSync(folder, { recursive: true, force: true });
  });

  describe.each(PLACES)('on %s', (place) => {
    it.each(PROGRAMS)('as docs/clients.md says: %s', async (program) => {
      const answer = await answerOf(pods.get(place) as Pod, ['python3', '-m', program]);

      expect(answer).toEqual(wanted(program, place));
    });
  });
});
