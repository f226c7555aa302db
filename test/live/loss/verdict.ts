/** What became of the tasks: lost, begun again, finished twice. */

/** What the web process wrote down about one send. */
export type Sent = { readonly took: number } & (
  { readonly ids: readonly string[] } | { readonly refused: string }
);

/** What a task wrote down. */
export interface Entry {
  readonly id: string;
  readonly task: string;
  readonly what: 'begin' | 'end';
  readonly at: number;
  readonly pid: number;
}

export interface Verdict {
  readonly accepted: number;
  readonly refused: number;
  /** Accepted, and never finished. */
  readonly lost: number;
  /** Begun more than once. */
  readonly again: number;
  /** Finished more than once. */
  readonly twice: number;
}

export function judge(sent: readonly Sent[], journal: readonly Entry[]): Verdict {
  const accepted = sent.flatMap((send) => ('ids' in send ? send.ids : []));
  const begun = times(journal, 'begin');
  const ended = times(journal, 'end');
  const more = (counts: ReadonlyMap<string, number>): number =>
    [...counts.values()].filter((count) => count > 1).length;
  return {
    accepted: accepted.length,
    refused: sent.filter((send) => 'refused' in send).length,
    lost: accepted.filter((id) => !ended.has(id)).length,
    again: more(begun),
    twice: more(ended),
  };
}

function times(journal: readonly Entry[], what: Entry['what']): Map<string, number> {
  const counts = new Map<string, number>();
  for (const entry of journal) if (entry.what === what) counts.set(entry.id, (counts.get(entry.id) ?? 0) + 1);
  return counts;
}
