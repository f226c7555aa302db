// The `restricted` Pod Security Standard, held against every pod of a leaf, whoever put it there.
// See https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted

import { breachUnless } from './law';
import type { Breach, Law } from './law';
import type { Security } from './pods';
import type { PlacedContainer, WorkloadView } from './workloads';
import { show } from './words';

const VOLUME_TYPES = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

const pods: Law = {
  name: 'every pod passes the restricted Pod Security Standard',
  check: ({ workloads, assignedUsers }) =>
    workloads.flatMap((workload) => [
      ...identity(workload, assignedUsers),
      ...shared(workload),
      ...annotated(workload),
      ...volumes(workload),
    ]),
};

/** Stalk says it for the whole pod; elsewhere it is enough that each container has it. */
function identity(workload: WorkloadView, assigned: boolean): Breach[] {
  const { id, own, path, pod, containers } = workload;
  const context = pod.securityContext ?? {};
  const at = `${path}.securityContext`;
  const each = (holds: (security: Security) => boolean): boolean =>
    !own && containers.every(({ securityContext }) => holds(securityContext ?? {}));
  return [
    ...breachUnless(
      context.runAsNonRoot === true || each((s) => s.runAsNonRoot === true),
      id,
      `${at}.runAsNonRoot must be true, got ${show(context.runAsNonRoot)}`,
    ),
    ...users(context, at, { id, own, assigned }),
    ...breachUnless(
      hasProfile(context, own) || each((s) => hasProfile(s, own)),
      id,
      `${at}.seccompProfile.type must be "RuntimeDefault", got ${show(context.seccompProfile?.type)}`,
    ),
    ...options(id, at, context),
  ];
}

const USERS = ['runAsUser', 'runAsGroup', 'fsGroup'] as const;

/** Where the cluster assigns users, it refuses a pod that names one of another range. */
function users(
  context: NonNullable<WorkloadView['pod']['securityContext']>,
  at: string,
  { id, own, assigned }: { readonly id: string; readonly own: boolean; readonly assigned: boolean },
): Breach[] {
  if (own && assigned)
    return USERS.flatMap((field) =>
      breachUnless(
        context[field] === undefined,
        id,
        `${at}.${field} must be left out, as the cluster assigns it, got ${show(context[field])}`,
      ),
    );
  return breachUnless(
    own ? Number(context.runAsUser) > 0 : context.runAsUser !== 0,
    id,
    `${at}.runAsUser must be over 0, got ${show(context.runAsUser)}`,
  );
}

const hasProfile = ({ seccompProfile }: Security, own: boolean): boolean =>
  seccompProfile?.type === 'RuntimeDefault' || (!own && seccompProfile?.type === 'Localhost');

const SELINUX_TYPES = new Set([undefined, '', 'container_t', 'container_init_t', 'container_kvm_t']);

/** Options of SELinux and Windows, which a pod and a container may have alike. */
const options = (id: string, at: string, { seLinuxOptions: linux, windowsOptions }: Security): Breach[] => [
  ...breachUnless(
    SELINUX_TYPES.has(linux?.type) && !linux?.user && !linux?.role,
    id,
    `${at}.seLinuxOptions must leave user, role and type alone, got ${show(linux)}`,
  ),
  ...breachUnless(
    windowsOptions?.hostProcess !== true,
    id,
    `${at}.windowsOptions.hostProcess must be left out, got true`,
  ),
];

const HOST = ['hostNetwork', 'hostPID', 'hostIPC'] as const;

const SAFE_SYSCTLS = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
]);

function shared({ id, own, path, pod }: WorkloadView): Breach[] {
  const sysctls = pod.securityContext?.sysctls ?? [];
  const safe = sysctls.every((s) => !own && SAFE_SYSCTLS.has((s as { readonly name?: string }).name ?? ''));
  return [
    ...HOST.flatMap((field) =>
      breachUnless(pod[field] !== true, id, `${path}.${field} must be left out, got true`),
    ),
    ...breachUnless(safe, id, `${path}.securityContext.sysctls must be left out, got ${show(sysctls)}`),
  ];
}

const APPARMOR = 'container.apparmor.security.beta.kubernetes.io/';

const annotated = ({ id, annotations }: WorkloadView): Breach[] =>
  Object.entries(annotations).flatMap(([key, value]) =>
    breachUnless(
      !key.startsWith(APPARMOR) || value === 'runtime/default' || value.startsWith('localhost/'),
      id,
      `: the pods' annotation ${key} must be "runtime/default", got ${show(value)}`,
    ),
  );

const volumes = ({ id, path, pod }: WorkloadView): Breach[] =>
  (pod.volumes ?? []).flatMap(({ name, ...volume }, i) =>
    Object.keys(volume).flatMap((type) =>
      breachUnless(
        VOLUME_TYPES.has(type),
        id,
        `${path}.volumes[${i}] must be of a type that the standard allows, such as emptyDir, got ${type} (${show(name)})`,
      ),
    ),
  );

const containers: Law = {
  name: 'every container passes the restricted Pod Security Standard',
  check: ({ workloads }) =>
    workloads.flatMap((workload) =>
      workload.containers.flatMap((container) => [
        ...rights(workload, container),
        ...overrides(workload, container),
        ...hostPorts(workload.id, container),
      ]),
    ),
};

function rights({ id, own }: WorkloadView, { path, securityContext = {} }: PlacedContainer): Breach[] {
  const { allowPrivilegeEscalation, privileged, procMount, capabilities = {} } = securityContext;
  const at = `${path}.securityContext`;
  const added = (capabilities.add ?? []).filter((name) => own || name !== 'NET_BIND_SERVICE');
  return [
    ...breachUnless(
      allowPrivilegeEscalation === false,
      id,
      `${at}.allowPrivilegeEscalation must be false, got ${show(allowPrivilegeEscalation)}`,
    ),
    ...breachUnless(privileged !== true, id, `${at}.privileged must be left out, got true`),
    ...breachUnless(
      capabilities.drop?.includes('ALL') === true,
      id,
      `${at}.capabilities.drop must be ["ALL"], got ${show(capabilities.drop)}`,
    ),
    ...breachUnless(
      added.length === 0,
      id,
      `${at}.capabilities.add must be left out, got ${show(capabilities.add)}`,
    ),
    ...breachUnless(
      procMount === undefined || procMount === 'Default',
      id,
      `${at}.procMount must be left out, got ${show(procMount)}`,
    ),
  ];
}

/** What a container says of itself counts, and not what its pod says. */
function overrides({ id }: WorkloadView, { path, securityContext = {} }: PlacedContainer): Breach[] {
  const { runAsNonRoot, runAsUser, seccompProfile } = securityContext;
  const at = `${path}.securityContext`;
  return [
    ...breachUnless(runAsNonRoot !== false, id, `${at}.runAsNonRoot must be true or left out, got false`),
    ...breachUnless(runAsUser !== 0, id, `${at}.runAsUser must be over 0 or left out, got 0`),
    ...breachUnless(
      seccompProfile?.type !== 'Unconfined',
      id,
      `${at}.seccompProfile.type must be "RuntimeDefault" or left out, got "Unconfined"`,
    ),
    ...options(id, at, securityContext),
  ];
}

const hostPorts = (id: string, { path, ports = [] }: PlacedContainer): Breach[] =>
  ports.flatMap(({ hostPort }, i) =>
    breachUnless(
      hostPort === undefined,
      id,
      `${path}.ports[${i}].hostPort must be left out, got ${show(hostPort)}`,
    ),
  );

export const podSecurityLaws: readonly Law[] = [pods, containers];
