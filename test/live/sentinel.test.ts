import { lacking } from './python';
import { type Scene, bearsAHungPrimary, bearsFailovers, holdsWhatIsCounted, sceneOf } from './sentinel/scene';
import { shared } from './sentinel/tenant';

if (lacking.length > 0) console.warn(`failover is NOT proven here: ${lacking.join(' and ')} not on PATH`);

const CELERYS = ['5.5', '5.6', '5.7'] as const;
const EACH = CELERYS.map((celery) => `Celery ${celery}`).join(', ');

/** One broker for all, as each fault takes a while. */
(lacking.length > 0 ? describe.skip : describe)(
  `a broker with sentinels, and twenty tasks a second with each of ${EACH}`,
  () => {
    let scene: Scene;

    beforeAll(async () => {
      const { broker, sides } = shared(CELERYS);
      scene = await sceneOf(broker, sides);
    });

    afterAll(async () => {
      await scene?.remove();
    });

    bearsFailovers(() => scene);
    bearsAHungPrimary(() => scene);
    holdsWhatIsCounted(() => scene);

    it('has refused nothing, and lost nothing but what reached a primary that was none any more', async () => {
      const outcomes = await scene.counted();

      expect(outcomes).toEqual(CELERYS.map((celery) => ({ celery, refused: [], lost: [] })));
    });
  },
);
