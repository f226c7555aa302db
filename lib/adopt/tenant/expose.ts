// Ways in from outside: Ingress, HTTPRoute, labels of Traefik.

import { withoutHoles } from '../pick';
import type { Entrance } from '../facts';
import { lose, say } from '../sheet';
import type { SheetPath } from '../sheet';
import type { Unit } from '../units';
import type { Writing } from './context';

export const entrancesOf = ({ inventory }: Writing, { addresses }: Unit): readonly Entrance[] =>
  inventory.entrances.filter(({ service }) => addresses.some(({ name }) => name === service));

export function writeExpose(writing: Writing, unit: Unit, path: SheetPath): void {
  const { sheet } = writing;
  const [first, ...more] = entrancesOf(writing, unit);
  if (first === undefined) return;
  const { host, source, gateway, annotations } = first;
  if (host === undefined)
    return lose(sheet, source, {
      what: 'a way in without a host',
      why: 'expose has one',
      nearest: `${path.join('.')}.expose`,
    });
  const own = Object.fromEntries(
    Object.entries(annotations).filter(
      ([name]) => !/^(cert-manager\.io\/|kubernetes\.io\/|meta\.helm|kubectl|helm\.sh)/.test(name),
    ),
  );
  say(
    sheet,
    [...path, 'expose'],
    withoutHoles({
      host,
      path: first.path === '/' || first.path === '' ? undefined : plainPath(first.path),
      tls: tlsOf(first),
      annotations: Object.keys(own).length > 0 ? own : undefined,
    }),
    source,
  );
  sheet.environment.add(
    gateway === undefined
      ? `exposure: { kind: 'ingress'${first.class === undefined ? '' : `, class: '${first.class}'`} } and peers.ingress (${source})`
      : `exposure: { kind: 'gateway', gateway: { name: '${gateway.name}'${gateway.namespace === undefined ? '' : `, namespace: '${gateway.namespace}'`} } } and peers.ingress (${source})`,
  );
  for (const one of more)
    if (one.host !== host || plainPath(one.path) !== plainPath(first.path))
      lose(sheet, one.source, {
        what: `a second way in: ${one.host}${one.path}`,
        why: 'expose has one host and one path',
        nearest: 'redirect it at the load balancer, or stacks/extra',
      });
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
