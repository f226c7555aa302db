// How breaches spell things: values as their author would type them, sums as Kubernetes writes them.

export { quoted, show } from '../spec/rules';

/** The next step of a path, as the rules write it: `.spec`, `["app.kubernetes.io/name"]`. */
export const step = (key: string): string => (/^[\w-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`);

/** `a, b and c`; `nothing` where there is none. */
export function inWords(names: readonly string[]): string {
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
