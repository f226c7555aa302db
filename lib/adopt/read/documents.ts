// Text to documents: Kubernetes objects, or Compose files; anything else is told.

import { parseAllDocuments } from 'yaml';
import { isRecord } from '../../kube/json';
import type { JsonRecord } from '../../kube/json';
import { AdoptError } from '../error';
import { childOf, listAt, textAt } from '../pick';

/** A file, or what came through a pipe. */
export interface SourceText {
  readonly name: string;
  readonly text: string;
}

/** One object of Kubernetes, or one Compose file. */
export interface SourceDocument {
  readonly file: string;
  readonly body: JsonRecord;
}

export interface SourceDocuments {
  readonly objects: readonly SourceDocument[];
  readonly compose: readonly SourceDocument[];
}

/** Reads them all, and throws once for all that is wrong. */
export function documentsOf(texts: readonly SourceText[]): SourceDocuments {
  const lines: string[] = [];
  const found = texts.flatMap((source) => {
    const read = documentsIn(source);
    lines.push(...read.lines);
    return read.documents;
  });
  const compose = found.filter(({ body }) => isCompose(body));
  const objects = found.filter(({ body }) => !isCompose(body)).flatMap(unlisted);
  if (lines.length === 0 && found.length === 0)
    lines.push('the files must hold Kubernetes objects or a Compose file, got none; name other files');
  if (objects.length > 0 && compose.length > 0)
    lines.push(
      `the files must all be Kubernetes objects or all Compose, got both: ${objects[0]?.file} and ${compose[0]?.file}; adopt one of them`,
    );
  if (lines.length > 0) throw new AdoptError(lines);
  return { objects, compose };
}

const isCompose = (body: JsonRecord): boolean => isRecord(body['services']) && body['kind'] === undefined;
const isObject = (body: JsonRecord): boolean =>
  typeof body['kind'] === 'string' && typeof body['apiVersion'] === 'string';

function documentsIn({ name, text }: SourceText): {
  readonly documents: readonly SourceDocument[];
  readonly lines: readonly string[];
} {
  const parsed = parseAllDocuments(text, { merge: true, logLevel: 'error' });
  const lines: string[] = [];
  const documents: SourceDocument[] = [];
  for (const document of Array.isArray(parsed) ? parsed : []) {
    const [error] = document.errors;
    if (error !== undefined) {
      lines.push(`${name} must be YAML, got ${brief(error.message)}; ${fixOf(text)}`);
      continue;
    }
    const body: unknown = document.toJS();
    if (body === null || body === undefined) continue;
    if (isRecord(body) && (isCompose(body) || isObject(body))) documents.push({ file: name, body });
    else
      lines.push(
        `${name} must hold Kubernetes objects or a Compose file, got ${kindOf(body)}; ${fixOf(text, FIX)}`,
      );
  }
  return { documents, lines };
}

const FIX = 'name a manifest, a rendered chart (helm template …) or a Compose file';

/** The first line of what the parser says, without its picture. */
const brief = (message: string): string => String(message.split('\n')[0]).replace(/:$/, '');

const fixOf = (text: string, otherwise = 'correct it'): string =>
  text.includes('{{')
    ? "render it first: this looks like a chart's template (helm template <name> <chart> | npx stalk adopt -)"
    : otherwise;

const kindOf = (body: unknown): string =>
  isRecord(body)
    ? `a record of ${Object.keys(body).slice(0, 5).join(', ')}`
    : Array.isArray(body)
      ? 'a list'
      : 'a text';

/** A `List` is its items. */
function unlisted(document: SourceDocument): readonly SourceDocument[] {
  const { file, body } = document;
  if (!String(textAt(body, 'kind')).endsWith('List') || !Array.isArray(childOf(body, 'items')))
    return [document];
  return listAt(body, 'items').flatMap((item) => (isRecord(item) ? [{ file, body: item }] : []));
}

/** `Deployment/worker (k8s.yaml)`; where all comes from one file, the first line of the tenant says which. */
export const placed = (what: string, file: string, all: readonly SourceDocument[]): string =>
  all.every((one) => one.file === file) ? what : `${what} (${file})`;
