// Forms of what an exposed process is asked by: names, paths, annotations.

import { cidr } from './form-egress';
import { hinted, impossible, passing, proposing, textOf } from './kind';
import type { Form } from './kind';
import { anyText, text } from './kinds';
import { all, each, list, when } from './shapes';

/** Labels as `Ingress` and `HTTPRoute` take them, the last not of digits alone: that is an address. */
const HOST =
  /^(?=.{1,253}$)(\*\.(?=.*[a-z]))?[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;
const ADDRESS = /(^|\.)\d+$/;

const exposedHost = proposing(
  passing<string>(
    (value) => typeof value === 'string' && HOST.test(value) && !ADDRESS.test(value),
    {
      wanted: 'be a host name in lower case, without port and path; * may be its first label',
      fix: 'write it like "shop.example.org"',
    },
    { type: 'string', pattern: HOST.source },
  ),
  (value) =>
    textOf(value)
      .toLowerCase()
      .replace(/^[a-z]+:\/\/|[:/].*$|\.$/g, '')
      .replace(/^\./, '*.'),
);

export const exposedHosts: Form<string | readonly [string, ...string[]]> = when(
  Array.isArray,
  list(exposedHost, { least: 1 }),
  exposedHost,
);

/** As both kinds take it, with one spelling for each path. */
export const exposedPath = proposing(
  text(/^\/(?!.*(^|\/)\.{1,2}(\/|$))([\w.~-]+(\/[\w.~-]+)*)?$/, {
    wanted: 'be a path from / on, without a slash at its end, a pattern or a query',
    fix: 'write it like "/shop"',
  }),
  (value) => `/${textOf(value).replace(/^https?:\/\/[^/]*|^\/+|[/*]+$/g, '')}`,
);

/** What another prop says, so that the two cannot differ. */
const TAKEN: readonly (readonly [name: RegExp, fix: string])[] = [
  [/^cert-manager\.io\/cluster-issuer$/, "write tls: { issuer: '…' }"],
  [/^cert-manager\.io\/issuer$/, "write tls: { issuer: '…', kind: 'Issuer' }"],
];

/** @see https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/#syntax-and-character-set */
const annotationName = text(
  /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/,
  { wanted: 'be the name of an annotation', fix: 'write it like "example.org/name"' },
);

const isTaken = (value: unknown): boolean => TAKEN.some(([name]) => name.test(textOf(value)));

const ownAnnotation = when(
  isTaken,
  hinted(
    impossible<string>({ wanted: 'be left to the prop that says the same', fix: 'write tls' }),
    (value) => TAKEN.find(([name]) => name.test(textOf(value)))?.[1],
  ),
  annotationName,
);

const annotationText = hinted(
  all(
    anyText,
    passing((value) => typeof value === 'string', { wanted: 'be a text', fix: 'put it in quotes' }),
  ),
  (value) =>
    typeof value === 'number' || typeof value === 'boolean' ? `write "${String(value)}"` : undefined,
);

export const annotationsForm = each(ownAnnotation, annotationText);

/** Every address is no load balancer's: pods of other tenants would be among them. */
export const peerCidr = all(
  cidr,
  passing<string>((value) => !/\/0+$/.test(textOf(value)), {
    wanted: 'be addresses of load balancers, not every address',
    fix: 'write the subnets that they stand in; those that pass on the address of the client cannot be told from others',
  }),
);
