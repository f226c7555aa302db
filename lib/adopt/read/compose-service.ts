// One service of a Compose file as a program.

import { isRecord } from '../../kube/json';
import type { JsonRecord } from '../../kube/json';
import { childOf, listAt, numberAt, recordAt, textAt, withoutHoles, wordsAt } from '../pick';
import { splitWords } from '../command/shell';
import type { Bulk, Mount, SeenProgram, Sizes, SeenVariable, VariableValue } from '../facts';
import { portsInside, secondsIn } from './compose';
import type { ComposeContext } from './compose';
import { dotenvOf, filledIn } from './dotenv';
import { binaryMemoryOf, cpuOf } from './quantities';

/** Text of a file beside the Compose file, where it is there. */
export type FileBeside = (path: string) => string | undefined;

export function serviceProgramOf(name: string, service: JsonRecord, context: ComposeContext): SeenProgram {
  const source = `service ${name}`;
  const fill = (text: string): string => filledIn(text, context.values).text;
  const image = textAt(service, 'image');
  const user = /^\d+/.exec(fill(textAt(service, 'user') ?? ''))?.[0];
  return withoutHoles({
    name,
    image: image === undefined ? undefined : fill(image),
    origin: image === undefined ? buildOf(service) : fill(image),
    entrypoint: wordsOfUnit(service['entrypoint']).map(fill),
    args: wordsOfUnit(service['command']).map(fill),
    env: variablesOf(service, source, context),
    bulk: missingFiles(service, context),
    ports: portsInside(service).map((port) => ({ port })),
    sizes: sizesOf(service),
    probes: probesOf(service),
    mounts: listAt(service, 'volumes').flatMap((volume) => mountOf(volume, fill)),
    user: user === undefined || user === '0' ? undefined : Number(user),
    workingDir: textAt(service, 'working_dir'),
    leftOut: [],
  });
}

/** Two services that build one folder run one app. */
const buildOf = (service: JsonRecord): string =>
  service['build'] === undefined
    ? ''
    : `build ${textAt(service, 'build', 'context') ?? textAt(service, 'build')} ${textAt(service, 'build', 'dockerfile')}`;

/** A line is parted as a shell does; a list stays as it is. */
const wordsOfUnit = (value: unknown): readonly string[] =>
  typeof value === 'string' ? lineOf(value) : wordsAt({ value }, 'value');

/** A line that needs a shell is handed to one. */
const lineOf = (line: string): readonly string[] =>
  /&&|\|\||[;|\n]/.test(line.replaceAll(/"[^"]*"|'[^']*'/g, '').trim()) && !/^\S*sh\s/.test(line)
    ? ['sh', '-c', line]
    : splitWords(line.trim());

function variablesOf(service: JsonRecord, source: string, context: ComposeContext): readonly SeenVariable[] {
  const fromFiles = envFiles(service).flatMap((file) =>
    Object.entries(dotenvOf(context.beside(file) ?? '')).map(([name, text]): SeenVariable => ({
      name,
      value: { kind: 'plain', text },
      source: file,
    })),
  );
  const environment = childOf(service, 'environment');
  const own = Array.isArray(environment)
    ? environment.map((line) => pairOf(String(line)))
    : Object.entries(recordAt(service, 'environment')).map(
        ([name, value]) => [name, value === null ? undefined : textAt([value], 0)] as const,
      );
  const named = own.map(([name, text]): SeenVariable => ({
    name,
    value: valueOf(name, text, context),
    source,
  }));
  return [...new Map([...fromFiles, ...named].map((one) => [one.name, one])).values()];
}

/** `NAME=value`; a name alone is taken from the shell that runs Compose. */
function pairOf(line: string): readonly [string, string | undefined] {
  const at = line.indexOf('=');
  return at < 0 ? [line, undefined] : [line.slice(0, at), line.slice(at + 1)];
}

function valueOf(name: string, text: string | undefined, { values }: ComposeContext): VariableValue {
  const filled = filledIn(text ?? `\${${name}}`, values);
  if (filled.missing.length === 0) return { kind: 'plain', text: filled.text };
  return {
    kind: 'unknown',
    why: `it comes from ${filled.missing.join(', ')}, which the files do not set`,
    text: filled.text,
  };
}

const envFiles = (service: JsonRecord): readonly string[] => {
  const value = service['env_file'];
  return (Array.isArray(value) ? value : [value]).flatMap(
    (one) => textAt(one, 'path') ?? textAt([one], 0) ?? [],
  );
};

/** Files that are not here may hold anything. */
const missingFiles = (service: JsonRecord, { beside }: ComposeContext): readonly Bulk[] =>
  envFiles(service)
    .filter((file) => beside(file) === undefined)
    .map((name) => ({ kind: 'configMap', name, optional: false }));

function sizesOf(service: JsonRecord): Sizes {
  const side = (name: 'limits' | 'reservations') => childOf(service, 'deploy', 'resources', name);
  const of = (sizes: unknown, cpus?: string, memory?: string) =>
    withoutHoles({
      cpu: cpuOf(textAt(sizes, 'cpus') ?? cpus),
      memory: binaryMemoryOf(textAt(sizes, 'memory') ?? memory),
    });
  return {
    request: of(side('reservations'), undefined, textAt(service, 'mem_reservation')),
    limit: of(side('limits'), textAt(service, 'cpus'), textAt(service, 'mem_limit')),
    devices: {},
  };
}

/** A check that asks a URL is a readiness probe. */
function probesOf(service: JsonRecord): SeenProgram['probes'] {
  const test = textAt(service, 'healthcheck', 'test') ?? wordsAt(service, 'healthcheck', 'test').join(' ');
  const [, port, path] = /https?:\/\/[^/\s:]+(?::(\d+))?(\/[^\s"'|)]*)?/.exec(test) ?? [];
  if (test === '') return {};
  const timing = withoutHoles({
    periodSeconds: secondsIn(textAt(service, 'healthcheck', 'interval')),
    timeoutSeconds: secondsIn(textAt(service, 'healthcheck', 'timeout')),
    failureThreshold: numberAt(service, 'healthcheck', 'retries'),
    initialDelaySeconds: secondsIn(textAt(service, 'healthcheck', 'start_period')),
  });
  const asks = port === undefined && path === undefined ? { exec: { command: [test] } } : undefined;
  return {
    readiness: {
      ...timing,
      ...(asks ?? { httpGet: withoutHoles({ path: path ?? '/', port: Number(port) || undefined }) }),
    },
  };
}

function mountOf(volume: unknown, fill: (text: string) => string): readonly Mount[] {
  const [from, path] = isRecord(volume)
    ? [textAt(volume, 'source') ?? '', textAt(volume, 'target') ?? '']
    : pathsIn(fill(String(volume)));
  if (path === '') return [];
  const isFolder = /^[./~$]/.test(from);
  const type = isRecord(volume) ? textAt(volume, 'type') : undefined;
  if (type === 'tmpfs' || from === '')
    return [{ path, volume: path, behind: { kind: 'scratch', memory: false } }];
  return [
    {
      path,
      volume: from,
      behind: isFolder
        ? { kind: 'other', what: `the folder ${from} of this machine` }
        : { kind: 'claim', claim: from },
    },
  ];
}

/** `name:/path:ro`; one path alone is a volume without a name. */
function pathsIn(text: string): readonly [string, string] {
  const [first = '', second] = text.split(':');
  return second === undefined ? ['', first] : [first, second];
}
