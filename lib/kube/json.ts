// JSON that somebody else wrote: nothing is known of it before it is looked at.

export type JsonRecord = Readonly<Record<string, unknown>>;

/** An object of JSON: no list, no null. */
export const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Undefined where the text is no JSON: a patch may have made anything of it. */
export function parsedJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
