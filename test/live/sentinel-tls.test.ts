/** Sentinels with certificates as rendered: failovers, renewed certificates and another authority, under real Celery. */
import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { lacking } from './python';
import { eventually } from './redis-server';
import { PATIENCE, type Scene, bearsFailovers, holdsWhatIsCounted, sceneOf } from './sentinel/scene';
import type { Pod } from './sentinel/pods';
import { alone, guarded } from './sentinel/tenant';
import { type Authority, type Files, authority, trusting } from './tls/certificates';
import { pinged, shownBy } from './tls/shown';

const lacks = [
  ...lacking,
  ...(spawnSync('openssl', ['version'], { stdio: 'ignore' }).status === 0 ? [] : ['openssl']),
];
if (lacks.length > 0)
  console.warn(`sentinels with TLS are NOT proven here: ${lacks.join(' and ')} not on PATH`);

const HERE = '127.0.0.1';

const serialOf = (files: Files): string => new X509Certificate(files['tls.crt']).serialNumber;

// Five minutes for each Celery: what differs between them is told without TLS, in sentinel.test.ts
(lacks.length > 0 ? describe.skip : describe).each(['5.6'])(
  'a broker with sentinels and certificates under Celery %s, twenty tasks a second',
  (celery) => {
    const objects = guarded({
      broker: { topology: 'sentinel', replicas: 2, tls: { secret: 'certificates' } },
    });
    let ours: Authority;
    let theirs: Authority;
    let scene: Scene;

    beforeAll(async () => {
      [ours, theirs] = [authority('ours'), authority('theirs')];
      scene = await sceneOf(objects, [alone(celery, objects)], {
        ...{ servers: ours.sign(HERE), clients: ours.sign() },
      });
    });

    afterAll(async () => {
      await scene?.remove();
      [ours, theirs].forEach((one) => one?.remove());
    });

    bearsFailovers(() => scene);
    holdsWhatIsCounted(() => scene);

    const pods = (): readonly Pod[] => [...scene.broker.redis, ...scene.broker.sentinels];
    const restarts = (): number[] => scene.broker.sentinels.map((pod) => pod.restarts());
    /** Gives all pods and all clients these, and waits until each pod shows its own. */
    const changed = async (servers: Files, clients: Files): Promise<void> => {
      pods().forEach((pod) => pod.renew(servers));
      scene.renewClients(clients);
      const wanted = serialOf(servers);
      await eventually(
        'all show the new certificate',
        async () => {
          const shown = await Promise.all(pods().map(({ port }) => shownBy(port, clients)));
          return shown.every((serial) => serial === wanted);
        },
        PATIENCE,
      );
    };

    it('answers nobody in plain text, nor without a certificate of its authority', async () => {
      const answers = await Promise.all(pods().map(({ port }) => pinged(port, [theirs.sign(), ours.sign()])));

      for (const [own = '', ...refused] of answers.map((all) => [...all].reverse())) {
        expect(own).toContain('NOAUTH');
        expect(refused.join()).not.toMatch(/NOAUTH|PONG/);
      }
    });

    it('takes renewed certificates: Redis while it runs, sentinels one after the other, with the same primary', async () => {
      const [before, primary] = [restarts(), await scene.primary()];

      await scene.timed('certificates renewed', () => changed(ours.sign(HERE), ours.sign()));

      expect(restarts()).toEqual(before.map((count) => count + 1));
      expect(await scene.primary()).toBe(primary);
      await eventually('replicas follow', async () =>
        (await Promise.all(scene.broker.redis.map((pod) => pod.info()))).every(
          (info) => info['role'] === 'master' || info['master_link_status'] === 'up',
        ),
      );
    });

    it('goes over to another intermediate below the same root, as to any renewed certificate', async () => {
      const [one, other] = [ours.below('one'), ours.below('other')];

      await scene.timed('servers of one, clients of another', () => changed(one.sign(HERE), other.sign()));
      await scene.timed('servers of the other', () => changed(other.sign(HERE), one.sign()));
    });

    it('keeps what it has where the new files do not fit together, and takes the next', async () => {
      const [one, other] = [ours.sign(HERE), ours.sign(HERE)];
      const before = restarts();

      pods().forEach((pod) => pod.renew({ ...one, 'tls.key': other['tls.key'] }));
      await eventually(
        'all say so',
        () => pods().every((pod) => /users: (Redis refuses the|the) renewed certificate/.test(pod.log())),
        PATIENCE,
      );
      expect(restarts()).toEqual(before);
      await changed(one, ours.sign());

      expect(restarts()).toEqual(before.map((count) => count + 1));
      await scene.flows();
    });

    it('goes over to another authority in three steps: both are trusted, certificates are new, the old one is gone', async () => {
      const [old, next] = [ours.sign(), theirs.sign()];
      const both = (files: Files): Files => trusting(files, files['ca.crt'] === old['ca.crt'] ? next : old);

      await scene.timed('both authorities', () => changed(both(ours.sign(HERE)), both(old)));
      await scene.timed('new certificates', () => changed(both(theirs.sign(HERE)), both(next)));
      await scene.timed('old authority gone', () => changed(theirs.sign(HERE), next));
      const [, , byOld] = await pinged(scene.broker.sentinels[0]?.port ?? 0, [ours.sign(), next]);

      expect(byOld).not.toContain('NOAUTH');
      const last = await scene.primary();
      await scene.timed('primary killed after that', async () => {
        await last.signal('SIGKILL');
        await scene.another(last);
      });
      await last.start();
    });

    it('has refused nothing, and lost nothing but what reached a primary that was none any more', async () => {
      expect(await scene.counted()).toEqual([{ celery, refused: [], lost: [] }]);
    });
  },
);
