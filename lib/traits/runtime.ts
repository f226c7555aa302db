// The programs that Stalk runs inside pods, by version, and the ConfigMap that brings them there.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { labels, RUNTIME_LABEL, kubeObject } from '../kube';
import type { Identity } from '../kube';
import { NEWEST } from '../spec/runtimes';
import type { Runtime } from '../spec/runtimes';

/** Text by file name. */
export type Programs = Readonly<Record<string, string>>;

/** Read once: a thousand tenants share them. */
const READ = new Map<string, Programs>();

/** Editors and Python leave other files beside them. */
const PROGRAM = /\.(py|sh|awk|lua|json)$/;

/** The files of a version in a room's `runtime/` folder. */
export function programs(folder: string, version: Runtime): Programs {
  const from = version === NEWEST ? folder : join(folder, version);
  const known = READ.get(from);
  if (known) return known;
  const read = Object.fromEntries(
    readdirSync(from, { withFileTypes: true })
      .filter((entry) => entry.isFile() && PROGRAM.test(entry.name))
      .map(({ name }) => [name, readFileSync(join(from, name), 'utf8')] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  READ.set(from, read);
  return read;
}

export interface RuntimeProps extends Pick<Identity, 'owner' | 'tenant'> {
  /** Of the ConfigMap: it stays while versions come and go, as a Job cannot change what it mounts. */
  readonly name: string;
  readonly version: Runtime;
  readonly data: Programs;
}

/** Labelled alike whatever it holds, so that a tree can hold the programs once and label them for each namespace. */
export function runtimeConfig(
  scope: Construct,
  { name, version, data, owner, tenant }: RuntimeProps,
): k8s.KubeConfigMap {
  const own = labels({
    component: 'platform',
    instance: 'runtime',
    owner,
    ...(tenant !== undefined && { tenant }),
  });
  return kubeObject(scope, name, k8s.KubeConfigMap, {
    metadata: { name, labels: { ...own, [RUNTIME_LABEL]: version } },
    data: { ...data },
  });
}
