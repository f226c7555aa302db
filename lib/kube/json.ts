// JSON that somebody else wrote: nothing is known of it before it is looked at.

export type JsonRecord = Readonly<Record<string, unknown>>;

/** An object of JSON: no list, no null. */
export const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
