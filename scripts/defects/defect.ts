/** A defect: one change to a file of lib, and the words that a test which finds it has to use. */
export interface Defect {
  /** What is wrong, in plain words. */
  readonly name: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly text: string;
  readonly becomes: string;
  /** The full name of at least one failing test: it has to say what is wrong. */
  readonly says: RegExp;
}

/** Defects of one room, and the tests that are asked. */
export interface Room {
  readonly name: string;
  /** Files and folders below `test/`. */
  readonly tests: readonly string[];
  readonly defects: readonly Defect[];
}

/** A row of a table. */
type Row = readonly [name: string, text: string, becomes: string, says: RegExp];

export const inFile = (file: string, ...rows: readonly Row[]): Defect[] =>
  rows.map(([name, text, becomes, says]) => ({ name, file, text, becomes, says }));
