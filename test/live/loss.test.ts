import { lacking } from './python';
import { beatStories } from './loss/beat-stories';
import { brokerStories } from './loss/broker-stories';
import { diskStories } from './loss/disk-stories';
import { type Row, said, write } from './loss/page';
import { type Promised, type Story, type Told, tellAll } from './loss/story';
import { workerStories } from './loss/worker-stories';

/** Most of a story is waiting; more at once, and workers take longer to start than stories wait. */
const AT_ONCE = 5;

/** All of them, on two cores with nothing else to do, take less than 4 minutes. */
const PATIENCE = 900_000;

const only = process.env['STALK_STORY'] ?? '';
const cases = [...workerStories, ...brokerStories, ...diskStories, ...beatStories]
  .filter(({ fault }) => fault.includes(only))
  .flatMap((story) => story.versions.map((celery) => ({ story, celery })));

const amount = (count: number): 'none' | 'some' => (count > 0 ? 'some' : 'none');

/** `possible` is kept by either. */
const kept = (promised: Promised, told: Told): Promised => {
  const shown = (name: keyof Promised) =>
    promised[name] === 'possible' ? ('possible' as const) : amount(told[name]);
  return { lost: shown('lost'), again: shown('again'), twice: shown('twice') };
};

if (lacking.length > 0) console.warn(`loss is NOT proven here: ${lacking.join(' and ')} not on PATH`);

(lacking.length > 0 ? describe.skip : describe)('what a fault does to tasks', () => {
  let tellings: Promise<Told>[];

  beforeAll(() => {
    const tells = cases.map(
      ({ story, celery }) =>
        () =>
          story.tell(celery),
    );
    tellings = tellAll(tells, AT_ONCE);
    tellings.forEach((telling) => void telling.catch(() => undefined)); // told by its own test
  });

  const telling = (story: Story, celery: string): Promise<Told> => {
    const at = cases.findIndex((one) => one.story === story && one.celery === celery);
    return tellings[at] ?? Promise.reject(new Error('not told'));
  };

  it.each(cases)(
    '$story.fault (Celery $celery)',
    async ({ story, celery }) => {
      const { lastWords, ...told } = await telling(story, celery);
      const why = story.promised.lost === 'none' && lastWords !== undefined ? { lastWords } : {};

      // what was told is on both sides, so that it is in the message
      expect({ ...kept(story.promised, told), told, ...why }).toEqual({
        ...story.promised,
        told: { ...told, ...('sees' in story && { seen: story.sees }) },
      });
    },
    PATIENCE,
  );

  if (process.env['STALK_WRITE_DOCS'] === '1') {
    it('writes what was measured into docs/operating.md', async () => {
      const rows: Row[] = [];
      for (const { story, celery } of cases) rows.push({ story, celery, told: await telling(story, celery) });

      write(rows);

      rows.forEach(({ story, celery }) => expect(said(story.fault, celery)).toEqual(story.promised));
    });
  } else {
    it.each(cases)('docs/operating.md says so: $story.fault (Celery $celery)', ({ story, celery }) => {
      expect(said(story.fault, celery)).toEqual(story.promised);
    });
  }
});
