// Quantities and durations as Kubernetes and people spell them, and the numbers behind them.

/** Bytes, as Kubernetes writes them: `'512Mi'`, `'2Gi'`. */
export type Memory = `${number}Ki` | `${number}Mi` | `${number}Gi`;

/** CPU time: thousandths of a core (`'400m'`) or whole cores (`'2'`). */
export type Cpu = `${number}m` | `${number}`;

/** A span of time: `'45s'`, `'30m'`, `'2h'`. */
export type Duration = `${number}s` | `${number}m` | `${number}h`;

/** One value for both, or a request (what is reserved) and a limit (what is enforced). */
export type Range<Quantity> = Quantity | { readonly request: Quantity; readonly limit: Quantity };

/** Any JSON value but `null`, which nothing here gives a meaning to. */
export type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json };

const MEMORY: Readonly<Record<string, number>> = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 };
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** Whether the text is a whole, positive number of one of the units: `1.5Gi`, `-1Mi` and `1e3Mi` are not. */
export const isMemory = (text: string): boolean => MEMORY_TEXT.test(text);
export const isCpu = (text: string): boolean => CPU_TEXT.test(text);
export const isDuration = (text: string): boolean => DURATION_TEXT.test(text);

export const MEMORY_TEXT = /^[1-9]\d*(Ki|Mi|Gi)$/;
export const CPU_TEXT = /^([1-9]\d*m|[1-9]\d*|\d+\.\d{1,3})$/;
export const DURATION_TEXT = /^\d+[smh]$/;

export const bytes = (text: Memory): number =>
  Number(text.slice(0, -2)) * (MEMORY[text.slice(-2)] ?? Number.NaN);

export const millicores = (text: Cpu): number =>
  text.endsWith('m') ? Number(text.slice(0, -1)) : Number(text) * 1000;

export const seconds = (text: Duration): number =>
  Number(text.slice(0, -1)) * (SECONDS[text.slice(-1)] ?? Number.NaN);

/** Bytes in the largest unit that holds them without a fraction: 536870912 is `512Mi`. */
export function memoryText(count: number): Memory {
  const kib = Math.ceil(count / 2 ** 10);
  if (kib % 2 ** 20 === 0) return `${kib / 2 ** 20}Gi`;
  if (kib % 2 ** 10 === 0) return `${kib / 2 ** 10}Mi`;
  return `${kib}Ki`;
}

export const cpuText = (milli: number): Cpu => (milli % 1000 === 0 ? `${milli / 1000}` : `${milli}m`);

/** A duration as a person would write it: 5400 is `90m`. */
export function durationText(count: number): Duration {
  if (count > 0 && count % 3600 === 0) return `${count / 3600}h`;
  if (count > 0 && count % 60 === 0) return `${count / 60}m`;
  return `${count}s`;
}
