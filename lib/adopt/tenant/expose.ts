// Ways in from outside: Ingress, HTTPRoute, labels of Traefik.

import { withoutHoles } from '../pick';
import type { Entrance } from '../facts';
import { sourceText } from '../print';
import { lose, say } from '../sheet';
import type { SheetPath } from '../sheet';
import type { Unit } from '../units';
import type { Writing } from './context';

export const entrancesOf = ({ inventory }: Writing, { addresses }: Unit): readonly Entrance[] =>
  inventory.entrances.filter(({ service }) => addresses.some(({ name }) => name === service));

export function writeExpose(writing: Writing, unit: Unit, path: SheetPath): void {
  const { sheet } = writing;
  const all = entrancesOf(writing, unit);
  const [first] = all;
  if (first === undefined) return;
  const { source } = first;
  const alike = all.filter((one) => plainPath(one.path) === plainPath(first.path));
  const hosts = [...new Set(alike.flatMap(({ host }) => host ?? []))];
  if (hosts.length === 0)
    return lose(sheet, source, {
      what: 'a way in without a host',
      why: 'expose has one',
      nearest: `${path.join('.')}.expose`,
    });
  const at = plainPath(first.path);
  say(
    sheet,
    [...path, 'expose'],
    withoutHoles({
      host: hosts.length === 1 ? hosts[0] : hosts,
      path: at === '/' ? undefined : at,
      tls: tlsOf(first),
      annotations: annotationsOf(first),
    }),
    source,
  );
  sheet.environment.add(exposureFor(first));
  for (const one of all.filter((other) => !alike.includes(other)))
    lose(sheet, one.source, {
      what: `a second path in: ${one.host}${one.path}`,
      why: 'expose has one path',
      nearest: 'a path above both, or stacks/extra',
    });
}

/** Those of cert-manager and of tools are said otherwise. */
function annotationsOf({ annotations }: Entrance): Entrance['annotations'] | undefined {
  const own = Object.entries(annotations).filter(
    ([name]) => !/^(cert-manager\.io\/|kubernetes\.io\/|meta\.helm|kubectl|helm\.sh)/.test(name),
  );
  return own.length === 0 ? undefined : Object.fromEntries(own);
}

function exposureFor({ gateway, class: name, source }: Entrance): string {
  const value =
    gateway === undefined
      ? withoutHoles({ kind: 'ingress', class: name })
      : { kind: 'gateway', gateway: { namespace: 'default', ...gateway } };
  return `exposure: ${sourceText(value)} and peers.ingress (${source})`;
}

/** `/flower(/|$)(.*)` is `/flower`. */
const plainPath = (path: string): string =>
  path
    .replace(/\(.*$/, '')
    .replace(/(?<=.)\/$/, '')
    .replace(/^$/, '/');

function tlsOf({ tlsSecret, issuer, gateway }: Entrance): unknown {
  if (gateway !== undefined) return undefined;
  if (issuer !== undefined) return { issuer };
  return tlsSecret === undefined ? false : { secret: tlsSecret };
}
