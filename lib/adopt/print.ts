// A tenant as TypeScript, with its comments.

import { isRecord } from '../kube/json';
import { pathKey } from './sheet';
import type { Sheet, SheetPath } from './sheet';

/** Where a line is broken, as the house's formatter does. */
const WIDTH = 110;

/** The literal that stands behind `export const x: Tenant = `. */
export const printedTenant = (sheet: Sheet): string => record(sheet, sheet.tenant, []);

/** What stands above a prop already is not said again below it. */
function commentsAt({ comments }: Sheet, path: SheetPath): readonly string[] {
  const above = path.flatMap((_, length) => comments.get(pathKey(path.slice(0, length))) ?? []);
  return (comments.get(pathKey(path)) ?? []).filter((one) => !above.includes(one));
}

function record(sheet: Sheet, value: Readonly<Record<string, unknown>>, path: SheetPath): string {
  const indent = '  '.repeat(path.length + 1);
  const lines = Object.entries(value).map(([key, one]) => entry(sheet, [...path, key], one));
  return `{\n${lines.join('\n')}\n${indent.slice(2)}}`;
}

/** Its comment stands behind it where it is one line, else above it. */
function entry(sheet: Sheet, path: SheetPath, value: unknown): string {
  const indent = '  '.repeat(path.length);
  const comments = commentsAt(sheet, path);
  const text = `${indent}${keyText(String(path.at(-1)))}: ${valueText(sheet, value, path)},`;
  const [only] = comments;
  if (
    only !== undefined &&
    comments.length === 1 &&
    !text.includes('\n') &&
    text.length + only.length < WIDTH
  )
    return `${text} // ${only}`;
  return [...comments.flatMap((one) => wrapped(one, indent)), text].join('\n');
}

function valueText(sheet: Sheet, value: unknown, path: SheetPath): string {
  const flat = sourceText(value);
  const commented = [...sheet.comments.keys()].some(
    (key) => key.startsWith(`${pathKey(path)}\n`) && commentsAt(sheet, key.split('\n')).length > 0,
  );
  const fits = '  '.repeat(path.length).length + String(path.at(-1)).length + flat.length + 3 <= WIDTH;
  if (!commented && fits) return flat;
  if (Array.isArray(value)) return listText(value as readonly unknown[], path);
  return isRecord(value) && Object.keys(value).length > 0 ? record(sheet, value, path) : flat;
}

function listText(value: readonly unknown[], path: SheetPath): string {
  const indent = '  '.repeat(path.length);
  return `[\n${value.map((one) => `${indent}  ${sourceText(one)},`).join('\n')}\n${indent}]`;
}

/** On one line. */
export function sourceText(value: unknown): string {
  if (typeof value === 'string') return quotedText(value);
  if (Array.isArray(value)) return `[${value.map(sourceText).join(', ')}]`;
  if (!isRecord(value)) return String(value);
  const entries = Object.entries(value).map(([key, one]) => `${keyText(key)}: ${sourceText(one)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

const keyText = (key: string): string => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : quotedText(key));

/** What ends a line in a source is escaped, as JSON does. */
const quotedText = (text: string): string =>
  `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'").replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`;

/** A comment of one or several lines; a line feed in it would end it. */
export function wrapped(text: string, indent: string, mark = '// '): readonly string[] {
  const words = text.replaceAll(/\s+/g, ' ').split(' ');
  const lines: string[] = [];
  let line = `${indent}${mark}`;
  for (const word of words) {
    if (line.length + word.length + 1 > WIDTH && line.trim() !== '//') {
      lines.push(line.trimEnd());
      line = `${indent}//${' '.repeat(mark.length - 2)}`;
    }
    line += line.endsWith(' ') ? word : ` ${word}`;
  }
  return [...lines, line.trimEnd()];
}
