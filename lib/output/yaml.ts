import { oneLine, scalar } from './yaml-scalar';

type Key = string | number;

/** YAML looks for a key's colon within 1024 characters; a longer key is announced by a question mark. */
const LONGEST_KEY = 1000;

const CYCLE = 'must be a tree, got an object that contains itself; leave the inner one out';
const NOT_UNICODE = 'must be Unicode text, got half a surrogate pair; replace that character';

/** A container on the way down: its ancestors catch cycles, and spell a path once something is wrong. */
interface Place {
  readonly up: Place | undefined;
  readonly key: Key;
  readonly node: object;
  readonly problems: string[];
}

/**
 * Writes one manifest as the YAML document that kubectl, Argo CD and Flux read back unchanged.
 *
 * Plain JSON data only: one error names every path that holds anything else, `undefined` and `null`
 * included, because the API server drops or refuses such a field long after the synth.
 */
export function toYaml(manifest: unknown): string {
  const problems: string[] = [];
  const text = write(manifest, '', '', { up: undefined, key: '', node: problems, problems });
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return `${text}\n`;
}

/** Text of a value whose further lines are indented by `pad`. */
function write(value: unknown, pad: string, key: Key, place: Place): string {
  if (typeof value === 'string') return spelled(pad === '' ? oneLine(value) : scalar(value, pad), key, place);
  if (typeof value === 'object' && value !== null) return container(value, pad, key, place);
  if (typeof value === 'number' && Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value);
  return typeof value === 'boolean' ? String(value) : refuse(key, place, unfit(value, key));
}

function container(node: object, pad: string, key: Key, up: Place): string {
  if (isInside(node, up)) return refuse(key, up, CYCLE);
  const place = { up, key, node, problems: up.problems };
  if (Array.isArray(node)) return sequence(node, pad, place);
  return isPlain(node)
    ? mapping(node, pad, place)
    : refuse(key, up, notData(`an instance of ${node.constructor.name}`));
}

function sequence(items: readonly unknown[], pad: string, place: Place): string {
  const inner = `${pad}  `;
  let text = '';
  for (let i = 0; i < items.length; i++) {
    text += `${i === 0 ? '- ' : `\n${pad}- `}${write(items[i], inner, i, place)}`;
  }
  return text === '' ? '[]' : text;
}

function mapping(fields: Readonly<Record<string, unknown>>, pad: string, place: Place): string {
  const inner = `${pad}  `;
  let text = '';
  for (const key of Object.keys(fields)) {
    const value = write(fields[key], inner, key, place);
    const gap = isBlock(fields[key], value) ? `\n${inner}` : ' ';
    const name = spelled(oneLine(key), key, place);
    const head = name.length > LONGEST_KEY ? `? ${name}\n${pad}` : name;
    text += `${text === '' ? '' : `\n${pad}`}${head}:${gap}${value}`;
  }
  return text === '' ? '{}' : text;
}

/** Containers go below their key, unless they are empty. */
function isBlock(value: unknown, text: string): boolean {
  return typeof value === 'object' && text !== '{}' && text !== '[]';
}

/** Also true of objects from another realm, whose `Object` is not this one. */
function isPlain(value: object): value is Readonly<Record<string, unknown>> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function isInside(node: object, place: Place | undefined): boolean {
  if (place === undefined) return false;
  return place.node === node || isInside(node, place.up);
}

function spelled(text: string | undefined, key: Key, place: Place): string {
  return text === undefined ? refuse(key, place, NOT_UNICODE) : text;
}

function unfit(value: unknown, key: Key): string {
  if (typeof value === 'number') return `must be a finite number, got ${value}; write a finite one`;
  if (value !== undefined && value !== null) return notData(`a ${typeof value}`);
  return `must be a value, got ${value}; leave the ${typeof key === 'number' ? 'item' : 'key'} out`;
}

function notData(got: string): string {
  return `must be plain data, got ${got}; write a string, number, boolean, object or array`;
}

function refuse(key: Key, place: Place, reason: string): string {
  place.problems.push(`${pathOf(key, place)} ${reason}`);
  return '';
}

/** A path as its author would write it in code. */
function pathOf(key: Key, place: Place): string {
  if (place.up === undefined) return 'manifest';
  const parent = place.up.up === undefined ? '' : pathOf(place.key, place.up);
  if (typeof key === 'number') return `${parent}[${key}]`;
  if (!/^[A-Za-z_]\w*$/.test(key)) return `${parent}[${JSON.stringify(key)}]`;
  return parent === '' ? key : `${parent}.${key}`;
}
