// The environment of a container: literals, keys of ConfigMaps and Secrets, whole ones.

import { listAt, recordAt, textAt } from '../pick';
import type { Bulk, SeenVariable, VariableValue } from '../facts';

type Configs = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** ConfigMaps that are among the files become plain variables; `optional` ones that are not there are nothing. */
export function variablesIn(container: unknown, configs: Configs, source: string) {
  const bulks = listAt(container, 'envFrom').map(bulkOf);
  const known = bulks.filter(({ kind, name }) => kind === 'configMap' && configs[name] !== undefined);
  const fromMaps = known.flatMap(({ name, prefix = '' }) =>
    Object.entries(configs[name] as Readonly<Record<string, string>>).map(([key, text]): SeenVariable => ({
      name: prefix + key,
      value: { kind: 'plain', text },
      source: `ConfigMap/${name}`,
    })),
  );
  const own = listAt(container, 'env').map((entry): SeenVariable => ({
    name: String(textAt(entry, 'name')),
    value: valueOf(entry, configs),
    source: unitSource(entry, source),
  }));
  return {
    // The last of a name wins, as in a pod
    env: expanded([...new Map([...fromMaps, ...own].map((one) => [one.name, one])).values()]),
    bulk: bulks.filter((one) => !known.includes(one)),
  };
}

function bulkOf(entry: unknown): Bulk {
  const kind = Object.keys(recordAt(entry, 'secretRef')).length > 0 ? 'secret' : 'configMap';
  const reference = recordAt(entry, kind === 'secret' ? 'secretRef' : 'configMapRef');
  const prefix = textAt(entry, 'prefix');
  return {
    kind,
    name: String(textAt(reference, 'name')),
    ...(prefix !== undefined && prefix !== '' && { prefix }),
    optional: reference['optional'] === true,
  };
}

const unitSource = (entry: unknown, source: string): string => {
  const map = textAt(entry, 'valueFrom', 'configMapKeyRef', 'name');
  return map === undefined ? source : `ConfigMap/${map}`;
};

function valueOf(entry: unknown, configs: Configs): VariableValue {
  const from = recordAt(entry, 'valueFrom');
  const secret = textAt(from, 'secretKeyRef', 'name');
  if (secret !== undefined)
    return {
      kind: 'secret',
      secret,
      key: String(textAt(from, 'secretKeyRef', 'key')),
      optional: recordAt(from, 'secretKeyRef')['optional'] === true,
    };
  const map = textAt(from, 'configMapKeyRef', 'name');
  if (map !== undefined) return ofMap(map, String(textAt(from, 'configMapKeyRef', 'key')), configs);
  const field = textAt(from, 'fieldRef', 'fieldPath') ?? textAt(from, 'resourceFieldRef', 'resource');
  if (field !== undefined) return { kind: 'unknown', why: `it is a field of the pod, ${field}` };
  return { kind: 'plain', text: textAt(entry, 'value') ?? '' };
}

function ofMap(map: string, key: string, configs: Configs): VariableValue {
  const text = configs[map]?.[key];
  return text === undefined
    ? { kind: 'unknown', why: `its value stands in ConfigMap/${map}, key ${key}, which is not here` }
    : { kind: 'plain', text };
}

/** `$(NAME)` of Kubernetes: another variable of the same container. */
const REFERENCE = /\$\(([A-Za-z_][\w.-]*)\)/g;

function expanded(variables: readonly SeenVariable[]): readonly SeenVariable[] {
  const byName = new Map(variables.map((one) => [one.name, one.value]));
  return variables.map((one) => {
    if (one.value.kind !== 'plain') return one;
    const names = [...one.value.text.matchAll(REFERENCE)].map(([, name = '']) => name);
    const hidden = names.find((name) => byName.get(name)?.kind !== 'plain');
    if (hidden !== undefined && byName.has(hidden))
      return {
        ...one,
        value: { kind: 'unknown', why: `it is put together with ${hidden}`, text: one.value.text },
      };
    const text = one.value.text.replaceAll(REFERENCE, (whole, name: string) => {
      const value = byName.get(name);
      return value?.kind === 'plain' ? value.text : whole;
    });
    return { ...one, value: { kind: 'plain', text } };
  });
}
