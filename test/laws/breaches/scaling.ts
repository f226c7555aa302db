// How a scaler counts the wrong thing.

import { changeSettings } from '../../support/settings';
import type { Breaches } from '../breach';

export const scalingBreaches: Breaches = {
  'a scaled Deployment is there and has no replicas of its own; any other has': [
    {
      when: 'Git and the autoscaler fight',
      leaf: 'production/tenants/redline',
      spoil: ({ byKind }) => (byKind('Deployment', 'worker-default').spec.replicas = 2),
      says: [
        'Deployment/worker-default.spec.replicas must be left out, as ScaledObject/worker-default sets it, got 2',
      ],
    },
    {
      when: 'a target has another name',
      leaf: 'lab/tenants/on-twin',
      spoil: ({ byKind }) => (byKind('HorizontalPodAutoscaler', 'web').spec.scaleTargetRef.name = 'www'),
      says: [
        `HorizontalPodAutoscaler/web.spec.scaleTargetRef.name must name a Deployment of this folder, got "www"`,
        'Deployment/web.spec.replicas must be given: nothing scales it',
      ],
    },
  ],
  'a ScaledObject adds up named triggers, what its pool holds among them, and hides no failure': [
    {
      when: 'a trigger is left out of the formula',
      leaf: 'production/tenants/redline',
      spoil: ({ byKind }) =>
        (byKind('ScaledObject', 'worker-default').spec.advanced.scalingModifiers.formula = 'queue0p0'),
      says: [
        `ScaledObject/worker-default.spec.advanced.scalingModifiers.formula must be "queue0p0 + queue0p3 + queue0p6 + queue0p9 + inflight + min(delayed, 1.0)", got "queue0p0"`,
      ],
    },
    {
      when: 'tasks in flight are not counted',
      leaf: 'production/tenants/redline',
      spoil: ({ byKind }) => {
        const { spec } = byKind('ScaledObject', 'worker-default');
        spec.triggers.splice(-2);
        spec.advanced.scalingModifiers.formula = 'queue0p0 + queue0p3 + queue0p6 + queue0p9';
      },
      says: [
        `ScaledObject/worker-default.spec.triggers must count the tasks that workers hold, by the names of inflight and delayed, got queue0p0, queue0p3, queue0p6 and queue0p9`,
      ],
    },
    {
      when: 'there is a fallback',
      leaf: 'production/tenants/redline',
      spoil: ({ byKind }) => (byKind('ScaledObject', 'worker-default').spec.fallback = { replicas: 3 }),
      says: [
        'ScaledObject/worker-default.spec.fallback must be left out, got {"replicas":3}; it hides that nothing is counted',
      ],
    },
    {
      when: 'a target is a number',
      leaf: 'production/tenants/redline',
      spoil: ({ byKind }) =>
        (byKind('ScaledObject', 'worker-default').spec.advanced.scalingModifiers.target = 4),
      says: ['ScaledObject/worker-default.spec.advanced.scalingModifiers.target must be text, got 4'],
    },
    {
      when: 'a trigger has a number',
      leaf: 'production/tenants/redline',
      spoil: ({ byKind }) =>
        (byKind('ScaledObject', 'worker-default').spec.triggers[0].metadata.databaseIndex = 0),
      says: ['ScaledObject/worker-default.spec.triggers[0].metadata.databaseIndex must be text, got 0'],
    },
  ],
  'a ScaledObject counts the queues of its workers, on their broker, in their database': [
    {
      when: 'the workers take another queue',
      leaf: 'production/tenants/redline',
      spoil: ({ byKind }) => {
        const { command } = byKind('Deployment', 'worker-default').spec.template.spec.containers[0];
        command[command.indexOf('--queues=redline_tasks')] = '--queues=tasks';
      },
      says: [
        `ScaledObject/worker-default.spec.triggers must count the lists of its workers, "tasks" and so on, got "redline_tasks", "redline_tasks\\u0006\\u00163" and 4 more`,
      ],
    },
    {
      when: 'the prefix is another',
      leaf: 'lab/tenants/by-prefix',
      spoil: (objects) =>
        changeSettings(objects, (s) => (s.broker_transport_options.global_keyprefix = 'x:')),
      says: [
        `ScaledObject/worker-default.spec.triggers must count the lists of its workers, "x:celery" and so on, got "eu:by-prefix:celery", "eu:by-prefix:celery\\u0006\\u00163" and 4 more`,
      ],
    },
    {
      when: 'the database is another',
      leaf: 'lab/tenants/by-prefix',
      spoil: ({ byKind }) =>
        (byKind('ScaledObject', 'worker-default').spec.triggers[0].metadata.databaseIndex = '0'),
      says: [`ScaledObject/worker-default.spec.triggers[0].metadata.databaseIndex must be "3", got "0"`],
    },
    {
      when: 'a sentinel is left out',
      leaf: 'lab/tenants/on-guarded',
      spoil: ({ byKind }) => {
        const { metadata } = byKind('ScaledObject', 'worker-default').spec.triggers[1];
        metadata.addresses = metadata.addresses.split(',')[0];
      },
      says: [
        `ScaledObject/worker-default.spec.triggers[1] must ask the sentinels of the workers, sentinel-0.sentinel-headless.broker-guarded.svc.cluster.example.com:26379,sentinel-1.sentinel-headless.broker-guarded.svc.cluster.example.com:26379,sentinel-2.sentinel-headless.broker-guarded.svc.cluster.example.com:26379, got "sentinel-0.sentinel-headless.broker-guarded.svc.cluster.example.com:26379"`,
      ],
    },
    {
      when: 'the broker is another',
      leaf: 'lab/tenants/by-prefix',
      spoil: ({ byKind }) =>
        (byKind('ScaledObject', 'worker-default').spec.triggers[0].metadata.address = 'redis:6379'),
      says: [
        `ScaledObject/worker-default.spec.triggers[0].metadata.address must be "redis.broker-main.svc.cluster.example.com:6379", got "redis:6379"`,
      ],
    },
  ],
  'the last pod is not taken before its longest task is done': [
    {
      when: 'KEDA does not wait for the grace',
      leaf: 'production/tenants/redline',
      spoil: ({ byKind }) => (byKind('ScaledObject', 'worker-default').spec.cooldownPeriod = 300),
      says: [
        'ScaledObject/worker-default.spec.cooldownPeriod must be at least the grace of its pods, 1830 s, got 300',
      ],
    },
  ],
  'a ScaledObject has credentials whose user and password are there': [
    {
      when: 'the credentials are not there',
      leaf: 'lab/tenants/own-twin',
      spoil: ({ byKind }) => {
        const { triggers: all } = byKind('ScaledObject', 'worker-default').spec;
        all.splice(1);
        all[0].authenticationRef.name = 'other';
      },
      says: [
        `ScaledObject/worker-default.spec.triggers[0].authenticationRef.name must name a TriggerAuthentication of this folder, got "other"`,
      ],
    },
    {
      when: 'the user has another password',
      leaf: 'production/tenants/redline',
      spoil: ({ byKind }) =>
        (byKind('TriggerAuthentication', 'redis-scaler').spec.secretTargetRef[0].key = 'redline'),
      says: [
        `TriggerAuthentication/redis-scaler.spec.secretTargetRef[0].key must be that of its user, "redline-scaler", got "redline"`,
      ],
    },
  ],
};
