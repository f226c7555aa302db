// A volume that can be full, on a small disk of its own in a file of the node: the folders that the bench gives have no end.

import { applied } from '../e2e/cluster';
import { TOOLS } from '../e2e/faults';
import { asked } from '../e2e/kubectl';

export interface SmallVolume {
  /** A file that is none of Redis takes all room but so many megabytes. */
  readonly fill: (left: number) => Promise<void>;
  /** There is room again while Redis runs, as when its claim has grown. */
  readonly hasRoom: () => Promise<void>;
  readonly remove: () => Promise<void>;
}

const MEGABYTES = 512;

/** In the node's own namespaces, as its root. */
async function onNode(script: string): Promise<string> {
  const command = ['nsenter', '-t', '1', '-m', '--', 'sh', '-euc', script];
  return (await asked('exec', '-n', TOOLS, 'ds/tools', '--', ...command)).trim();
}

const tree = (name: string, node: string, path: string): readonly object[] => [
  {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name },
    provisioner: 'kubernetes.io/no-provisioner',
    volumeBindingMode: 'WaitForFirstConsumer',
    allowVolumeExpansion: true,
  },
  {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Retain',
      storageClassName: name,
      local: { path },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] },
          ],
        },
      },
    },
  },
];

/** One volume of a class of its own, which says 1Gi whatever room it has; needs the tools of the cluster suite. */
export async function smallVolume(name: string): Promise<SmallVolume> {
  const node = await asked('get', 'nodes', '-o', 'jsonpath={.items[0].metadata.name}');
  const place = await onNode('mktemp -d /var/tmp/stalk-life.XXXXXX');
  const [image, path] = [`${place}/image`, `${place}/volume`];
  await onNode(
    `mkdir ${path}; truncate -s ${MEGABYTES}M ${image}; mkfs.ext4 -q -F -m 0 ${image}; mount -o loop ${image} ${path}`,
  );
  await applied({ apiVersion: 'v1', kind: 'List', items: tree(name, node, path) });
  return {
    fill: async (left) => {
      const free = `$(df --output=avail -m ${path} | tail -n 1)`;
      await onNode(`fallocate -l $((${free} - ${left}))M ${path}/filler`);
    },
    hasRoom: async () => {
      await onNode(`rm -f ${path}/filler`);
    },
    remove: async () => {
      await asked('delete', `pv/${name}`, `storageclass/${name}`, '--ignore-not-found');
      await onNode(`umount ${path}; rm -r ${place}`);
    },
  };
}
