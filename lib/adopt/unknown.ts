// Props that this contract does not know are no part of the file: it has to compile.

import { lose } from './sheet';
import type { Sheet } from './sheet';

const UNKNOWN = /^(\S+) must be a known prop/;

/** Takes them out, and tells each; true where there was one. */
export function dropUnknown(sheet: Sheet, findings: readonly string[]): boolean {
  const paths = findings.flatMap((text) => UNKNOWN.exec(text)?.[1] ?? []);
  for (const path of paths) {
    const keys = path.split('.');
    const parent = keys
      .slice(0, -1)
      .reduce<unknown>((from, key) => (from as Record<string, unknown>)[key], sheet.tenant);
    delete (parent as Record<string, unknown>)[String(keys.at(-1))];
    lose(sheet, path, {
      what: 'what the files say of it',
      why: 'this version of Stalk has no such prop',
      nearest: 'a patch',
    });
  }
  return paths.length > 0;
}
