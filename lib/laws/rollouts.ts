// What starts pods anew: Jobs by their content, configuration by its hash, passwords by a version.

import { envOf, breachUnless } from './law';
import type { Law } from './law';
import { ownOfKind } from './leaf';
import { settingsFor } from './settings';
import { ownWorkloads } from './workloads';
import type { PlacedContainer } from './workloads';
import { show } from './words';

const jobs: Law = {
  name: 'a Job is called by its content, runs once and stays',
  check: (leaf) =>
    ownOfKind(leaf, 'Job').flatMap(({ id, metadata, spec }) => [
      ...breachUnless(
        /-[0-9a-f]{10}$/.test(metadata.name),
        id,
        `.metadata.name must end in a hash of its content, got ${show(metadata.name)}`,
      ),
      ...breachUnless(
        spec?.ttlSecondsAfterFinished === undefined,
        id,
        `.spec.ttlSecondsAfterFinished must be left out, got ${show(spec?.ttlSecondsAfterFinished)}; a Job that vanishes runs again`,
      ),
      ...breachUnless(
        spec?.template?.spec?.restartPolicy === 'Never',
        id,
        `.spec.template.spec.restartPolicy must be "Never", got ${show(spec?.template?.spec?.restartPolicy)}; the logs of its failures would be lost`,
      ),
    ]),
};

const crons: Law = {
  name: 'what the clock starts never runs twice at a time, ends by itself, and is due in UTC',
  check: (leaf) =>
    ownOfKind(leaf, 'CronJob').flatMap(({ id, spec }) => {
      const { concurrencyPolicy, timeZone, jobTemplate } = spec ?? {};
      const { activeDeadlineSeconds: deadline, template, backoffLimit } = jobTemplate?.spec ?? {};
      const restart = template?.spec?.restartPolicy;
      return [
        ...breachUnless(
          concurrencyPolicy === 'Forbid',
          id,
          `.spec.concurrencyPolicy must be "Forbid", got ${show(concurrencyPolicy)}; a slow run would meet the next`,
        ),
        ...breachUnless(
          timeZone === 'Etc/UTC',
          id,
          `.spec.timeZone must be "Etc/UTC", got ${show(timeZone)}; the controller's own is nobody's promise`,
        ),
        ...breachUnless(
          deadline !== undefined && deadline > 0,
          id,
          `.spec.jobTemplate.spec.activeDeadlineSeconds must be given, got ${show(deadline)}; a run that hangs would hold off all others`,
        ),
        ...breachUnless(
          backoffLimit !== undefined,
          id,
          `.spec.jobTemplate.spec.backoffLimit must be given, got ${show(backoffLimit)}`,
        ),
        ...breachUnless(
          restart === 'Never',
          id,
          `.spec.jobTemplate.spec.template.spec.restartPolicy must be "Never", got ${show(restart)}; the logs of its failures would be lost`,
        ),
      ];
    }),
};

const hashes: Law = {
  name: 'a pod that reads configuration carries its hash',
  check: ({ workloads }) =>
    ownWorkloads(workloads).flatMap(({ id, annotations }) => {
      const hash = annotations['stalk.dev/config-hash'];
      return breachUnless(
        /^[0-9a-f]{10,}$/.test(hash ?? ''),
        id,
        `: the pods' annotation stalk.dev/config-hash must be a hash, got ${show(hash)}; new configuration would not roll them`,
      );
    }),
};

/** Passwords in the environment are as old as the pod. */
const rotation: Law = {
  name: 'a pod that holds a Redis URL or password in its environment is rolled in a rotation, and no other is',
  check: (leaf) => {
    return ownWorkloads(leaf.workloads).flatMap(({ id, annotations, main, containers }) => {
      const bySentinels = settingsFor(leaf, main)?.results?.startsWith('sentinel:') === true;
      const holds =
        (bySentinels && envOf(main, 'STALK_USER') !== undefined) || containers.some(holdsPassword);
      const stamp = annotations['stalk.dev/credentials-version'];
      return breachUnless(
        holds === (stamp !== undefined),
        id,
        `: the pods' annotation stalk.dev/credentials-version must be ${holds ? 'there, as they keep a password in their environment' : 'left out, as they read new passwords by themselves'}, got ${show(stamp)}`,
      );
    });
  },
};

/** Secrets in a tenant's namespace that hold passwords of its Redis. */
const PASSWORDS = /^(redis|cache)-(users|credentials(-of-.+|-own)?)$/;

const holdsPassword = (container: PlacedContainer): boolean =>
  (container.env ?? []).some(
    ({ value = '', valueFrom }) =>
      /\$\(STALK_\w+_PASSWORD\)/.test(value) || PASSWORDS.test(valueFrom?.secretKeyRef?.name ?? ''),
  ) || envOf(container, 'STALK_CREDENTIALS_IN') !== undefined;

export const rolloutLaws: readonly Law[] = [jobs, crons, hashes, rotation];
