// How findings spell things: values as their author would type them, sums as Kubernetes writes them.

/** `'a'`, `3`, `nothing`; long ones shortened. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return quote(value);
  return shortened(String(JSON.stringify(value)));
}

const LONGEST = 60;

const shortened = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

const quote = (text: string): string => `'${shortened(text.replaceAll('\n', '\\n'))}'`;

/** `a, b and c`; `nothing` where there is none. */
export function listed(names: readonly string[]): string {
  if (names.length === 0) return 'nothing';
  if (names.length === 1) return names.join();
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** Cores as Kubernetes writes them: `1.5`, `220m`. */
export const inCores = (cores: number): string =>
  Number.isInteger(cores) ? String(cores) : `${Math.ceil(cores * 1000 - 1e-6)}m`;

const SIZES = [
  ['Gi', 2 ** 30],
  ['Mi', 2 ** 20],
  ['Ki', 2 ** 10],
] as const;

/** Bytes in the largest unit that holds them without a rest. */
export function inSize(bytes: number): string {
  const unit = SIZES.find(([, size]) => bytes >= size && bytes % size === 0);
  return unit === undefined ? String(bytes) : `${bytes / unit[1]}${unit[0]}`;
}
