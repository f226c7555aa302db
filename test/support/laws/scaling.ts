// Autoscalers: what they scale is there and theirs, and what they count is what the workers take.

import { changeSettings, idOf, ofKind, option, settingsOf, unless } from './law';
import type { Law } from './law';
import type { Json, Manifest } from '../synth';

const scalersOf = (manifests: readonly Manifest[]) =>
  ofKind(manifests, 'HorizontalPodAutoscaler', 'ScaledObject');

const targetOf = (scaler: Manifest, manifests: readonly Manifest[]): Json =>
  ofKind(manifests, 'Deployment').find((d) => d.metadata.name === scaler['spec'].scaleTargetRef.name);

const targets: Law = {
  name: 'a scaled Deployment is there and has no replicas of its own; any other has',
  check: ({ manifests }) => [
    ...scalersOf(manifests).flatMap((s) =>
      unless(targetOf(s, manifests) !== undefined, `${idOf(s)} scales nothing`),
    ),
    ...ofKind(manifests, 'Deployment').flatMap((d) => {
      const scaled = scalersOf(manifests).some((s) => targetOf(s, manifests) === d);
      const given = d['spec'].replicas !== undefined;
      return unless(scaled !== given, `${idOf(d)} ${scaled ? 'is scaled against Git' : 'has no replicas'}`);
    }),
  ],
  breaches: [
    {
      when: 'Git and the autoscaler fight',
      leaf: 'production/tenants/redline',
      spoil: ({ byKind }) => (byKind('Deployment', 'worker-default').spec.replicas = 2),
      says: ['Deployment/worker-default is scaled against Git'],
    },
    {
      when: 'a target has another name',
      leaf: 'lab/tenants/on-twin',
      spoil: ({ byKind }) => (byKind('HorizontalPodAutoscaler', 'web').spec.scaleTargetRef.name = 'www'),
      says: ['HorizontalPodAutoscaler/web scales nothing', 'Deployment/web has no replicas'],
    },
  ],
};

const triggers: Law = {
  name: 'a ScaledObject adds up named triggers, tasks in flight among them, and hides no failure',
  check: ({ manifests }) =>
    ofKind(manifests, 'ScaledObject').flatMap((s) => {
      const { triggers: all, advanced, fallback } = s['spec'];
      const { formula, target, activationTarget } = advanced.scalingModifiers;
      const names = all.map((t: Json) => t.name);
      return [
        ...unless(formula === names.join(' + '), `${idOf(s)} counts ${formula}`),
        ...unless(new Set(names).size === names.length, `${idOf(s)} has two triggers of one name`),
        ...unless(
          all.some((t: Json) => t.metadata.listName.endsWith('unacked')),
          `${idOf(s)} forgets tasks in flight`,
        ),
        ...unless(fallback === undefined, `${idOf(s)} has a fallback`),
        ...[target, activationTarget].flatMap((t) =>
          unless(typeof t === 'string', `${idOf(s)}: ${t} is no text`),
        ),
        ...all.flatMap((t: Json) =>
          unless(
            Object.values(t.metadata).every((v) => typeof v === 'string'),
            `${idOf(s)}: trigger ${t.name} has values that are no text`,
          ),
        ),
      ];
    }),
  breaches: [
    {
      when: 'a trigger is left out of the formula',
      leaf: 'production/tenants/redline',
      spoil: ({ byKind }) =>
        (byKind('ScaledObject', 'worker-default').spec.advanced.scalingModifiers.formula = 'queue0p0'),
      says: ['ScaledObject/worker-default counts queue0p0'],
    },
    {
      when: 'tasks in flight are not counted',
      leaf: 'production/tenants/redline',
      spoil: ({ byKind }) => {
        const { spec } = byKind('ScaledObject', 'worker-default');
        spec.triggers.pop();
        spec.advanced.scalingModifiers.formula = 'queue0p0 + queue0p3 + queue0p6 + queue0p9';
      },
      says: ['ScaledObject/worker-default forgets tasks in flight'],
    },
    {
      when: 'there is a fallback',
      leaf: 'production/tenants/redline',
      spoil: ({ byKind }) => (byKind('ScaledObject', 'worker-default').spec.fallback = { replicas: 3 }),
      says: ['ScaledObject/worker-default has a fallback'],
    },
    {
      when: 'a target is a number',
      leaf: 'production/tenants/redline',
      spoil: ({ byKind }) =>
        (byKind('ScaledObject', 'worker-default').spec.advanced.scalingModifiers.target = 4),
      says: ['ScaledObject/worker-default: 4 is no text'],
    },
    {
      when: 'a trigger has a number',
      leaf: 'production/tenants/redline',
      spoil: ({ byKind }) =>
        (byKind('ScaledObject', 'worker-default').spec.triggers[0].metadata.databaseIndex = 0),
      says: ['ScaledObject/worker-default: trigger queue0p0 has values that are no text'],
    },
  ],
};

/** kombu keeps four lists for the priorities of one queue. */
const PRIORITIES = ['', '\u0006\u00163', '\u0006\u00166', '\u0006\u00169'];

const lists: Law = {
  name: 'a ScaledObject counts the queues of its workers, on their broker, in their database',
  check: ({ manifests }) => {
    const settings = settingsOf(manifests);
    return ofKind(manifests, 'ScaledObject').flatMap((s) => {
      const { command } = targetOf(s, manifests).spec.template.spec.containers[0];
      const { global_keyprefix: prefix = '', unacked_key: unacked = 'unacked' } =
        settings.broker_transport_options;
      const queues = (option(command, 'queues') ?? '').split(',');
      const wanted = [
        ...queues.flatMap((q) => PRIORITIES.map((p) => `${prefix}${q}${p}`)),
        `${prefix}${unacked}`,
      ];
      const counted = s['spec'].triggers.map((t: Json) => t.metadata.listName);
      const urls: URL[] = settings.broker_url.split(';').map((url: string) => new URL(url));
      const [{ hostname, port, pathname, protocol }] = urls as [URL];
      const sentinels = protocol === 'sentinel:';
      return [
        ...unless(
          JSON.stringify(counted) === JSON.stringify(wanted),
          `${idOf(s)} counts other lists than ${wanted[0]}, …`,
        ),
        ...s['spec'].triggers.flatMap((t: Json) => [
          ...unless(
            `/${t.metadata.databaseIndex}` === pathname,
            `${idOf(s)}: ${t.name} looks into another database`,
          ),
          ...unless(
            sentinels ||
              t.metadata.address === `${hostname}:${port}` ||
              t.metadata.address.startsWith(`${hostname}.${s.metadata.namespace}.svc.`),
            `${idOf(s)}: ${t.name} asks ${t.metadata.address}, the workers ${hostname}`,
          ),
          ...unless(
            !sentinels ||
              (t.type === 'redis-sentinel' &&
                t.metadata.sentinelMaster === settings.broker_transport_options.master_name &&
                t.metadata.addresses === urls.map(({ host }) => host).join()),
            `${idOf(s)}: ${t.name} asks not the sentinels that the workers ask`,
          ),
        ]),
      ];
    });
  },
  breaches: [
    {
      when: 'the workers take another queue',
      leaf: 'production/tenants/redline',
      spoil: ({ byKind }) => {
        const { command } = byKind('Deployment', 'worker-default').spec.template.spec.containers[0];
        command[command.indexOf('--queues=redline_tasks')] = '--queues=tasks';
      },
      says: ['ScaledObject/worker-default counts other lists than tasks, …'],
    },
    {
      when: 'the prefix is another',
      leaf: 'lab/tenants/by-prefix',
      spoil: (objects) =>
        changeSettings(objects, (s) => (s.broker_transport_options.global_keyprefix = 'x:')),
      says: ['ScaledObject/worker-default counts other lists than x:celery, …'],
    },
    {
      when: 'the database is another',
      leaf: 'lab/tenants/by-prefix',
      spoil: ({ byKind }) =>
        (byKind('ScaledObject', 'worker-default').spec.triggers[0].metadata.databaseIndex = '0'),
      says: ['ScaledObject/worker-default: queue0p0 looks into another database'],
    },
    {
      when: 'a sentinel is left out',
      leaf: 'lab/tenants/on-guarded',
      spoil: ({ byKind }) => {
        const { metadata } = byKind('ScaledObject', 'worker-default').spec.triggers[1];
        metadata.addresses = metadata.addresses.split(',')[0];
      },
      says: ['ScaledObject/worker-default: queue0p3 asks not the sentinels that the workers ask'],
    },
    {
      when: 'the broker is another',
      leaf: 'lab/tenants/by-prefix',
      spoil: ({ byKind }) =>
        (byKind('ScaledObject', 'worker-default').spec.triggers[0].metadata.address = 'redis:6379'),
      says: [
        'ScaledObject/worker-default: queue0p0 asks redis:6379, the workers redis.broker-main.svc.cluster.example.com',
      ],
    },
  ],
};

const cooldown: Law = {
  name: 'the last pod is not taken before its longest task is done',
  check: ({ manifests }) =>
    ofKind(manifests, 'ScaledObject').flatMap((s) => {
      const grace = targetOf(s, manifests).spec.template.spec.terminationGracePeriodSeconds;
      return unless(
        s['spec'].cooldownPeriod >= grace,
        `${idOf(s)} waits ${s['spec'].cooldownPeriod} s of ${grace} s`,
      );
    }),
  breaches: [
    {
      when: 'KEDA does not wait for the grace',
      leaf: 'production/tenants/redline',
      spoil: ({ byKind }) => (byKind('ScaledObject', 'worker-default').spec.cooldownPeriod = 300),
      says: ['ScaledObject/worker-default waits 300 s of 1830 s'],
    },
  ],
};

const credentials: Law = {
  name: 'a ScaledObject has credentials whose user and password are there',
  check: ({ manifests }) => [
    ...ofKind(manifests, 'ScaledObject').flatMap((s) =>
      s['spec'].triggers.flatMap((t: Json) =>
        unless(
          manifests.some((m) => idOf(m) === `TriggerAuthentication/${t.authenticationRef.name}`),
          `${idOf(s)}: ${t.name} has no credentials`,
        ),
      ),
    ),
    ...ofKind(manifests, 'TriggerAuthentication').flatMap((a) => {
      const [user] = a['spec'].configMapTargetRef;
      const [password] = a['spec'].secretTargetRef;
      const name = manifests.find((m) => idOf(m) === `ConfigMap/${user.name}`)?.['data'][user.key];
      return unless(name === password.key, `${idOf(a)} is ${name} with the password of ${password.key}`);
    }),
  ],
  breaches: [
    {
      when: 'the credentials are not there',
      leaf: 'lab/tenants/own-twin',
      spoil: ({ byKind }) => {
        const { triggers: all } = byKind('ScaledObject', 'worker-default').spec;
        all.splice(1);
        all[0].authenticationRef.name = 'other';
      },
      says: ['ScaledObject/worker-default: queue0p0 has no credentials'],
    },
    {
      when: 'the user has another password',
      leaf: 'production/tenants/redline',
      spoil: ({ byKind }) =>
        (byKind('TriggerAuthentication', 'redis-scaler').spec.secretTargetRef[0].key = 'redline'),
      says: ['TriggerAuthentication/redis-scaler is redline-scaler with the password of redline'],
    },
  ],
};

export const scalingLaws: readonly Law[] = [targets, triggers, lists, cooldown, credentials];
