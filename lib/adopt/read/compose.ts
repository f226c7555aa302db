// Compose files as an inventory of what runs there.

import { isRecord } from '../../kube/json';
import type { JsonRecord } from '../../kube/json';
import { childOf, listAt, numberAt, recordAt, textAt, withoutHoles } from '../pick';
import type { Address, SeenClaim, Entrance, Inventory, LeftOut, SeenPod } from '../facts';
import { serviceProgramOf } from './compose-service';
import type { FileBeside } from './compose-service';
import type { SourceDocument } from './documents';
import { dotenvOf, filledIn } from './dotenv';

/** Later files lay their services over those of earlier ones, as Compose does. */
export function composeInventory(documents: readonly SourceDocument[], beside: FileBeside): Inventory {
  const [first] = documents;
  const values = dotenvOf(beside('.env') ?? '');
  const body = documents.map((one) => one.body).reduce((below, above) => laidOver(below, above), {});
  const services = Object.entries(recordAt(body, 'services')).filter((entry): entry is [string, JsonRecord] =>
    isRecord(entry[1]),
  );
  const context = { values, beside };
  const pods = services.map(([name, service]) => podOf(name, service, context));
  return withoutHoles({
    origin: 'compose' as const,
    namespace: textAt(body, 'name') ?? folderOf(first?.file),
    pods,
    addresses: services.map(([name, service]) => addressOf(name, service)),
    entrances: services.flatMap(([name, service]) => entrancesOf(name, service, context)),
    scalers: [],
    claims: Object.keys(recordAt(body, 'volumes')).map((name): SeenClaim => ({
      name,
      source: `volume ${name}`,
      many: false,
    })),
    configs: {},
    secrets: {},
    sources: [],
    others: [],
    literals: new Set<string>(),
  });
}

export interface ComposeContext {
  readonly values: Readonly<Record<string, string>>;
  readonly beside: FileBeside;
}

/** A project is called by its folder, where the file does not name it. */
const folderOf = (file: string | undefined): string | undefined => file?.split('/').slice(0, -1).at(-1);

function laidOver(below: JsonRecord, above: JsonRecord): JsonRecord {
  const both = Object.entries(above).map(([key, value]): [string, unknown] => {
    const old = below[key];
    return [key, isRecord(old) && isRecord(value) ? laidOver(old, value) : value];
  });
  return { ...below, ...Object.fromEntries(both) };
}

/** Selected by its own name: a service is its own address. */
const NAME_OF = 'compose-service';

function podOf(name: string, service: JsonRecord, context: ComposeContext): SeenPod {
  const { values } = context;
  const source = `service ${name}`;
  const replicas = textAt(service, 'deploy', 'replicas') ?? textAt(service, 'scale');
  return withoutHoles({
    kind: 'service' as const,
    name,
    source,
    labels: {},
    podLabels: { [NAME_OF]: name },
    podAnnotations: {},
    replicas: replicas === undefined ? undefined : numberAt([filledIn(replicas, values).text], 0),
    grace: secondsIn(textAt(service, 'stop_grace_period')),
    programs: [serviceProgramOf(name, service, context)],
    inits: [],
    spec: {},
    claimTemplates: {},
    leftOut: leftOutOf(service),
  });
}

const PER: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };

/** `1m30s` of Compose. */
export function secondsIn(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  const total = parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (PER[unit] ?? 0), 0);
  return total > 0 ? Math.ceil(total) : undefined;
}

function addressOf(name: string, service: JsonRecord): Address {
  return {
    name,
    source: `service ${name}`,
    selector: { [NAME_OF]: name },
    ports: portsInside(service).map((port) => ({ port })),
  };
}

/** Ports inside: what stands last in `127.0.0.1:80:8000/tcp`. */
export const portsInside = (service: unknown): readonly number[] => [
  ...new Set(
    [...listAt(service, 'ports'), ...listAt(service, 'expose')].flatMap((port) => {
      const text = textAt(port, 'target') ?? textAt([port], 0);
      const [, inside] = /(\d+)(?:-\d+)?(?:\/\w+)?$/.exec(String(text)) ?? [];
      return inside === undefined ? [] : [Number(inside)];
    }),
  ),
];

/** Traefik's labels name hosts. */
function entrancesOf(name: string, service: JsonRecord, { values }: ComposeContext): readonly Entrance[] {
  const labels = childOf(service, 'labels');
  const lines = Array.isArray(labels)
    ? labels.map(String)
    : Object.entries(recordAt(service, 'labels')).map(([key, value]) => `${key}=${String(value)}`);
  return lines.flatMap((line) => {
    const [, host] =
      /traefik\.http\.routers\..*\.rule=.*Host\(`([^`]+)`/.exec(filledIn(line, values).text) ?? [];
    return host === undefined
      ? []
      : [{ source: `service ${name}`, host, path: '/', service: name, annotations: {} }];
  });
}

/** Keys that no prop says. */
function leftOutOf(service: JsonRecord): readonly LeftOut[] {
  const rows: readonly (readonly [string, string])[] = [
    ['privileged', 'none: SeenPod Security restricted refuses it'],
    ['cap_add', 'none: SeenPod Security restricted refuses them'],
    ['network_mode', 'none: SeenPod Security restricted refuses the network of a node'],
    ['extends', 'the file with the extended service, resolved: docker compose config | npx stalk adopt -'],
    ['extra_hosts', 'put the names into DNS'],
    ['secrets', 'files: { path: { secret, key } }'],
    ['configs', 'files: { path: { configMap, key } }'],
    ['sysctls', 'none'],
    ['ulimits', 'none'],
  ];
  return rows
    .filter(([key]) => service[key] !== undefined)
    .map(([what, nearest]) => ({ what, why: 'a tenant has no such prop', nearest }));
}
