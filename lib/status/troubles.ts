// How bad things are: states from best to worst, and who comes first.

import type { State, Trouble } from './status';

/** Worst first. */
const WORST: readonly State[] = ['critical', 'warning', 'unknown', 'ok'];

export const stateOf = (troubles: readonly Trouble[]): State =>
  WORST.find((state) => troubles.some((one) => one.state === state)) ?? 'ok';

interface Judged {
  readonly name: string;
  readonly state: State;
  readonly troubles: readonly Trouble[];
}

/** By state, by the number of troubles of that state, and at last by name, so that rows do not jump between looks. */
export const worstOffFirst = <T extends Judged>(all: readonly T[]): readonly T[] =>
  [...all].sort(
    (a, b) =>
      WORST.indexOf(a.state) - WORST.indexOf(b.state) ||
      worstOf(b) - worstOf(a) ||
      a.name.localeCompare(b.name, 'en'),
  );

const worstOf = ({ state, troubles }: Judged): number => troubles.filter((one) => one.state === state).length;

export const sorted = (troubles: readonly Trouble[]): readonly Trouble[] =>
  [...troubles].sort((a, b) => WORST.indexOf(a.state) - WORST.indexOf(b.state));
