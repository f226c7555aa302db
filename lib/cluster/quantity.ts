// A Kubernetes quantity in any of its spellings, as a number.

const UNITS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** `250m` is 0.25, `64Mi` 67108864: any spelling that Kubernetes answers with. */
export function quantityAsNumber(text: string): number {
  const [, number, unit] = /^([\d.]+(?:e\d+)?)([a-zA-Z]*)$/.exec(text) ?? [];
  return Number(number) * (UNITS[String(unit)] ?? Number.NaN);
}
