// A volume that can be full, on a small disk of its own in a file of the node: the folders that the bench gives have no end.

import { applied } from '../e2e/cluster';
import { TOOLS } from '../e2e/faults';
import { asked } from '../e2e/kubectl';

export interface SmallVolume {
  /** As those who run the storage do it when its claim has grown; Redis goes on meanwhile. */
  readonly grown: (megabytes: number) => Promise<void>;
  /** Takes all room but so much with a file that is none of Redis. */
  readonly fill: (left: number) => Promise<void>;
  readonly emptied: () => Promise<void>;
  readonly remove: () => Promise<void>;
}

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
export async function smallVolume(name: string, megabytes: number): Promise<SmallVolume> {
  const node = await asked('get', 'nodes', '-o', 'jsonpath={.items[0].metadata.name}');
  const place = await onNode('mktemp -d /var/tmp/stalk-life.XXXXXX');
  const [image, path] = [`${place}/image`, `${place}/volume`];
  await onNode(
    `mkdir ${path} && truncate -s ${megabytes}M ${image} && mkfs.ext4 -q -F -m 0 ${image} && mount -o loop ${image} ${path}`,
  );
  await applied({ apiVersion: 'v1', kind: 'List', items: tree(name, node, path) });
  return {
    grown: async (now) => {
      await onNode(
        `truncate -s ${now}M ${image}; d=$(findmnt -no SOURCE ${path}); losetup -c $d; resize2fs $d 2>&1`,
      );
    },
    fill: async (left) => {
      await onNode(
        `free=$(df --output=avail -m ${path} | tail -n 1); fallocate -l $((free - ${left}))M ${path}/filler`,
      );
    },
    emptied: async () => {
      await onNode(`rm -f ${path}/filler`);
    },
    remove: async () => {
      await asked('delete', `pv/${name}`, `storageclass/${name}`, '--ignore-not-found');
      await onNode(`umount ${path}; rm -r ${place}`);
    },
  };
}
