// Containers and pod templates of Kubernetes.

import { isRecord } from '../../kube/json';
import type { JsonRecord } from '../../kube/json';
import { childOf, listAt, numberAt, recordAt, textAt, textsAt, withoutHoles, wordsAt } from '../pick';
import type { LeftOut, Mount, SeenProgram } from '../facts';
import { variablesIn } from './environment';
import { sizesOf } from './quantities';

type Configs = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A container of `pod`, whose volumes stand in its spec. */
export function programOf(
  container: unknown,
  spec: JsonRecord,
  source: string,
  configs: Configs,
): SeenProgram {
  const name = String(textAt(container, 'name'));
  const { env, bulk } = variablesIn(container, configs, source);
  const image = textAt(container, 'image');
  return withoutHoles({
    name,
    image,
    origin: image ?? '',
    entrypoint: wordsAt(container, 'command'),
    args: wordsAt(container, 'args'),
    env,
    bulk,
    ports: listAt(container, 'ports').flatMap((port) => {
      const number = numberAt(port, 'containerPort');
      const named = textAt(port, 'name');
      return number === undefined ? [] : [{ port: number, ...(named !== undefined && { name: named }) }];
    }),
    sizes: sizesOf(childOf(container, 'resources')),
    probes: probesOf(container),
    mounts: listAt(container, 'volumeMounts').map((mount) => mountOf(mount, spec)),
    user:
      numberAt(container, 'securityContext', 'runAsUser') ?? numberAt(spec, 'securityContext', 'runAsUser'),
    workingDir: textAt(container, 'workingDir'),
    leftOut: leftOutOf(container),
  });
}

function probesOf(container: unknown): SeenProgram['probes'] {
  const kinds = ['startup', 'readiness', 'liveness'] as const;
  return Object.fromEntries(
    kinds.flatMap((kind) => {
      const probe = childOf(container, `${kind}Probe`);
      return isRecord(probe) ? [[kind, probe]] : [];
    }),
  );
}

function mountOf(mount: unknown, spec: JsonRecord): Mount {
  const volume = String(textAt(mount, 'name'));
  const found = listAt(spec, 'volumes').find((one) => textAt(one, 'name') === volume);
  const subPath = textAt(mount, 'subPath');
  return {
    path: String(textAt(mount, 'mountPath')),
    volume,
    ...(subPath !== undefined && subPath !== '' && { subPath }),
    behind: behindOf(found, volume),
  };
}

/** A volume that the spec does not have is one of a StatefulSet's claim templates. */
function behindOf(volume: unknown, name: string): Mount['behind'] {
  if (!isRecord(volume)) return { kind: 'claim', claim: name };
  const claim = textAt(volume, 'persistentVolumeClaim', 'claimName');
  if (claim !== undefined) return { kind: 'claim', claim };
  if (isRecord(volume['emptyDir'])) {
    const size = textAt(volume, 'emptyDir', 'sizeLimit');
    const memory = textAt(volume, 'emptyDir', 'medium') === 'Memory';
    return { kind: 'scratch', memory, ...(size !== undefined && { size }) };
  }
  const secret = textAt(volume, 'secret', 'secretName');
  if (secret !== undefined)
    return { kind: 'secret', name: secret, items: itemsOf(childOf(volume, 'secret')) };
  const map = textAt(volume, 'configMap', 'name');
  if (map !== undefined)
    return { kind: 'configMap', name: map, items: itemsOf(childOf(volume, 'configMap')) };
  return { kind: 'other', what: String(Object.keys(volume).find((key) => key !== 'name')) };
}

const itemsOf = (volume: unknown) =>
  listAt(volume, 'items').map((item) => ({
    key: String(textAt(item, 'key')),
    path: String(textAt(item, 'path')),
  }));

const HOOKS = 'Stalk ends workers by SIGTERM, in time for their tasks';

/** Fields of a container that no prop says. */
function leftOutOf(container: unknown): readonly LeftOut[] {
  const found: LeftOut[] = [];
  if (Object.keys(recordAt(container, 'lifecycle', 'preStop')).length > 0)
    found.push({ what: 'lifecycle.preStop', why: HOOKS, nearest: 'timeLimit of the pool, web.grace' });
  if (Object.keys(recordAt(container, 'lifecycle', 'postStart')).length > 0)
    found.push({ what: 'lifecycle.postStart', why: 'a tenant has no such hook', nearest: 'app.entrypoint' });
  if (recordAt(container, 'securityContext')['privileged'] === true)
    found.push({ what: 'privileged', why: 'Pod Security restricted refuses it', nearest: 'none' });
  const added = wordsAt(container, 'securityContext', 'capabilities', 'add');
  if (added.length > 0)
    found.push({
      what: `capabilities ${added.join(', ')}`,
      why: 'Pod Security restricted refuses them',
      nearest: 'none; ports below 1024 need another number',
    });
  return found;
}

/** `schedulerName` of every pod that an API server has taken. */
const FILLED_IN = 'default-scheduler';

/** Fields of a pod's spec that no prop says. */
export function leftOutOfPod(spec: JsonRecord): readonly LeftOut[] {
  const refused = ['hostNetwork', 'hostPID', 'hostIPC'].filter((field) => spec[field] === true);
  const others = [
    ['hostAliases', 'put the names into DNS'],
    ['dnsConfig', 'a patch'],
    ['topologySpreadConstraints', "the environment's zones: Stalk spreads pods over them"],
    ['schedulerName', 'a patch'],
  ].filter(([field]) => spec[String(field)] !== undefined && spec[String(field)] !== FILLED_IN);
  return [
    ...refused.map((what) => ({ what, why: 'Pod Security restricted refuses it', nearest: 'none' })),
    ...others.map(([what, nearest]) => ({
      what: String(what),
      why: 'a tenant has no such prop',
      nearest: String(nearest),
    })),
  ];
}

export const labelsOf = (object: unknown): Readonly<Record<string, string>> =>
  textsAt(object, 'metadata', 'labels');
