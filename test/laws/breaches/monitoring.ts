// How an environment is watched wrongly, or has a trace of it where nothing is watched.

import { parse, stringify } from 'yaml';
import type { Json } from '../../support/synth';
import type { Breaches, ClusterBreaches } from '../breach';

const worker = (of: Json): Json => of.byKind('Deployment', 'worker-default').spec.template;

export const monitoringBreaches: Breaches = {
  'workers, beat, Redis, sentinels and exporters have one port named metrics where they are watched, and none elsewhere':
    [
      {
        when: 'a watched worker has no port',
        leaf: 'lab/tenants/by-queue',
        spoil: (objects) => delete worker(objects).spec.containers[0].ports,
        says: [
          'Deployment/worker-default.spec.template.spec.containers must have one port named metrics, got 0',
        ],
      },
      {
        when: 'a worker has a port where nothing is watched',
        leaf: 'production/tenants/tenant-a',
        spoil: ({ byKind }) => {
          byKind('Deployment', 'beat').spec.template.spec.containers[0].ports = [
            { name: 'metrics', containerPort: 9540 },
          ];
        },
        says: ['Deployment/beat.spec.template.spec.containers must have no port named metrics, got 1'],
      },
    ],
  'a worker and beat are told the port at which they are asked, and nobody else counts': [
    {
      when: 'a worker listens at another port',
      leaf: 'lab/tenants/by-queue',
      spoil: (objects) => {
        worker(objects).spec.containers[0].ports[0].containerPort = 9541;
      },
      says: [
        'Deployment/worker-default.spec.template.spec.containers[0].env: STALK_METRICS must be "9541", got "9540"',
      ],
    },
    {
      when: 'a worker counts where nobody asks',
      leaf: 'production/tenants/tenant-a',
      spoil: ({ byKind }) =>
        byKind('Deployment', 'beat').spec.template.spec.containers[0].env.push({
          name: 'STALK_METRICS',
          value: '9540',
        }),
      says: [
        'Deployment/beat.spec.template.spec.containers[0].env: STALK_METRICS must be left out, got "9540"',
      ],
    },
  ],
  'where nothing is watched there are no monitors and rules, and no pod is marked for them': [
    {
      when: 'a platform without the Operator has a monitor',
      leaf: 'production/platform',
      spoil: (_, { manifests }) =>
        manifests.push({
          apiVersion: 'monitoring.coreos.com/v1',
          kind: 'PodMonitor',
          metadata: { name: 'stalk', namespace: 'monitoring' },
        }),
      says: ['PodMonitor/stalk must be left out: the environment has no monitoring'],
    },
    {
      when: 'a pod is marked for a job that is not there',
      leaf: 'production/tenants/tenant-a',
      spoil: ({ byKind }) => {
        byKind('Deployment', 'beat').spec.template.metadata.annotations['prometheus.io/scrape'] = 'stalk';
      },
      says: ['Deployment/beat must not be marked for Prometheus: the environment has no monitoring'],
    },
  ],
};

/** Changes the job of `scrape.yaml`. */
function inJob({ byKind }: Json, change: (job: Json) => void): void {
  const { data } = byKind('ConfigMap', 'stalk-prometheus');
  const file: Json = parse(data['scrape.yaml']);
  change(file.scrape_configs[0]);
  data['scrape.yaml'] = stringify(file);
}

export const monitoringClusterBreaches: ClusterBreaches = {
  'every port named metrics of Stalk’s own is scraped by exactly one monitor': [
    {
      when: 'a pod lost the label by which it is found',
      cluster: 'lab',
      spoil: (of) => delete worker(of('tenants/by-queue')).metadata.labels['app.kubernetes.io/managed-by'],
      says: ['tenants/by-queue: Deployment/worker-default must be scraped by one monitor, got nothing'],
    },
    {
      when: 'a pod has no annotation for the job',
      cluster: 'lab-operator',
      spoil: (of) => delete worker(of('tenants/by-queue')).metadata.annotations['prometheus.io/scrape'],
      says: ['tenants/by-queue: Deployment/worker-default must be scraped by one monitor, got nothing'],
    },
  ],
  'the series of every target say its job, and whose tenant, broker and pool it is': [
    {
      when: 'a worker names another broker',
      cluster: 'lab',
      spoil: (of) => {
        worker(of('tenants/by-queue')).metadata.labels['stalk.dev/broker'] = 'twin';
      },
      says: [
        'tenants/by-queue: Deployment/worker-default must have the labels broker=main job=stalk-celery namespace=by-queue pod=worker-default pool=default tenant=by-queue from PodMonitor/stalk, got broker=twin job=stalk-celery namespace=by-queue pod=worker-default pool=default tenant=by-queue',
      ],
    },
    {
      when: 'the job forgets the namespace of a pod',
      cluster: 'lab-operator',
      spoil: (of) =>
        inJob(of('platform'), ({ relabel_configs: steps }) =>
          steps.splice(
            steps.findIndex((step: Json) => step.target_label === 'namespace'),
            1,
          ),
        ),
      says: expect.arrayContaining([
        expect.stringContaining('tenants/by-queue: Deployment/worker-default must have the labels'),
      ]),
    },
  ],
};
