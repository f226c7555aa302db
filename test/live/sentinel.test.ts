import { lacking } from './python';
import { type Scene, bearsAHungPrimary, bearsFailovers, holdsWhatIsCounted, sceneOf } from './sentinel/scene';
import { guarded } from './sentinel/tenant';

if (lacking.length > 0) console.warn(`failover is NOT proven here: ${lacking.join(' and ')} not on PATH`);

(lacking.length > 0 ? describe.skip : describe).each(['5.5', '5.6', '5.7'])(
  'a broker with sentinels under Celery %s, twenty tasks a second',
  (celery) => {
    const objects = guarded();
    let scene: Scene;

    beforeAll(async () => {
      scene = await sceneOf(celery, objects);
    });

    afterAll(async () => {
      await scene?.remove();
    });

    bearsFailovers(() => scene);
    bearsAHungPrimary(() => scene);
    holdsWhatIsCounted(() => scene);

    it('has refused nothing, and lost nothing', async () => {
      const { refused, lost } = await scene.counted();

      expect(lost).toEqual([]);
      expect(refused).toEqual([]);
      await scene.worker.stop();
    });
  },
);
