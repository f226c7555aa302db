/** What a fault does to tasks: told once by real servers, compared with what is promised. */
import { sleep } from '../redis-server';
import { type Broken, type Scene, scene } from './scene';
import type { Wanted } from './tenant';
import type { Verdict } from './verdict';

export interface Promised {
  readonly lost: 'none' | 'some' | 'possible';
  /** Begun, and begun once more. */
  readonly again: 'none' | 'some' | 'possible';
  readonly twice: 'none' | 'some' | 'possible';
}

export interface Told extends Verdict {
  /** From the fault until the last accepted task had ended; or until nothing more happened. */
  readonly seconds: number;
  /** What else the story saw; has to equal `sees`. */
  readonly seen?: unknown;
  /** Where something was lost: what its processes said. */
  readonly lastWords?: string;
}

export interface Story {
  /** As the page has it. */
  readonly fault: string;
  readonly versions: readonly string[];
  readonly promised: Promised;
  readonly sees?: unknown;
  readonly tell: (celery: string) => Promise<Told>;
}

/** Lost nothing, ran nothing twice. */
export const NOTHING: Promised = { lost: 'none', again: 'none', twice: 'none' };
/** What was running is begun again; what had just ended, before it could say so, ends twice. */
export const BEGUN_AGAIN: Promised = { lost: 'none', again: 'some', twice: 'possible' };

/** A story in a scene that is taken down whatever happens. */
export const inScene =
  (tell: (scene: Scene, celery: string) => Promise<Told>, wanted?: Wanted, broken?: Broken): Story['tell'] =>
  async (celery) => {
    const set = await scene(celery, wanted, broken);
    try {
      return await tell(set, celery);
    } finally {
      await set.remove();
    }
  };

/** Seconds in which a story on a busy machine gets as far as that. */
const PATIENCE = 120;

/** Waits for what the story is about; fails with the name of it. */
export async function meanwhile(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE * 1000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited ${PATIENCE} s in vain: ${what}`);
    await sleep(50);
  }
}

/** Until that many tasks have begun. */
export const begun = (set: Scene, count: number): Promise<void> =>
  meanwhile(
    `${count} tasks begin`,
    () => set.journal().filter(({ what }) => what === 'begin').length >= count,
  );

/** Everything that was accepted has ended, or the seconds are over. */
export async function told(set: Scene, since: number, seconds: number, seen?: unknown): Promise<Told> {
  const verdict = await set.settled(seconds);
  const last = Math.max(since / 1000, ...set.journal().map(({ at }) => at));
  return {
    ...verdict,
    seconds: last - since / 1000,
    ...(seen !== undefined && { seen }),
    ...(verdict.lost > 0 && { lastWords: await set.lastWords() }),
  };
}

/** Waits at once for as many stories as two cores tell without tripping over each other. */
export function tellAll<T>(tells: readonly (() => Promise<T>)[], atOnce: number): Promise<T>[] {
  const places: Promise<unknown>[] = Array.from({ length: atOnce }, () => Promise.resolve());
  return tells.map((tell, index) => {
    const mine = (places[index % atOnce] ?? Promise.resolve()).then(tell);
    places[index % atOnce] = mine.catch(() => undefined);
    return mine;
  });
}
