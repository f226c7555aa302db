// Names that a tenant can have, from those that things have today.

import { isLabel } from '../../spec/rules/kinds';
import { isTaken } from '../../spec/rules/isolation';

/** Lower-case letters, digits and dashes, 40 of them; undefined where nothing is left. */
export function labelFrom(text: string): string | undefined {
  const label = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 40)
    .replace(/-+$/, '');
  return isLabel(label) ? label : undefined;
}

export function tenantNameFrom(texts: readonly (string | undefined)[]): string | undefined {
  return texts
    .flatMap((text) => (text === undefined ? [] : (labelFrom(text) ?? [])))
    .find((name) => !isTaken(name) && name !== 'default');
}

/** What is common to all of them says nothing: `shop-worker-mail` of release `shop` is `mail`. */
export function shortName(name: string, common: readonly string[], fallback: string): string {
  const left = common
    .reduce(
      (text, word) => text.replaceAll(new RegExp(`(^|[-_.])${escaped(word)}(?=$|[-_.])`, 'g'), '$1'),
      name,
    )
    .replaceAll(/[-_.]{2,}/g, '-')
    .replaceAll(/^[-_.]+|[-_.]+$/g, '');
  return labelFrom(left) ?? fallback;
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** `mail`, then `mail-2`. */
export function fresh(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  const number = [...Array(1000).keys()].find((count) => count > 1 && !taken.has(`${name}-${count}`));
  return `${name}-${number}`;
}
