// Real deployments, once with patches and once without: the contract says all that the patches did.

import { objectsOf, platforms } from '../../lib';
import type { Manifest, Tenant } from '../../lib';
import { isRecord } from '../../lib/kube/json';
import { judge, renderedLeaves } from '../../lib/laws';
import { environment, patched, tenants } from './list';

/** Where the tenant without patches says it otherwise, and why. */
const OTHERWISE: Readonly<Record<string, readonly (readonly [path: RegExp, why: string])[]>> = {
  'community-charts': [
    [/\/env\/REDIS_PASSWORD\//, 'each process has the password of its own Redis user'],
    [/^ConfigMap\/redis-rules\//, 'clients of the app with that password may use data commands'],
  ],
  maps: [],
  scanner: [
    [/\/env\/APP_CELERY_BROKER_(USER|PASSWORD)\//, 'each process is its own Redis user, with its password'],
    [/^ConfigMap\/app-config\/data\/APP_CELERY_BROKER_USER=/, 'so no ConfigMap can say it for all'],
    [/^ConfigMap\/redis-rules\//, 'clients of the app with that password may use data commands'],
    [/^ResourceQuota\//, 'counts nginx, which the patch forgot'],
    [
      /targetPort=|Probe\/httpGet\/port=/,
      'the port of nginx by its number: requests and probes go through it',
    ],
    [/\/nginx\/securityContext\/runAsUser=/, 'the user of its pod'],
    [
      /^NetworkPolicy\/(calls\/spec\/egress|to-web\/spec\/ingress)\/.*8081/,
      'other programs of the app come through nginx as well',
    ],
  ],
  'support-site': [],
};

const rendered = (tenant: Tenant): readonly Manifest[] =>
  objectsOf({ environments: [environment], tenants: [tenant] }, environment.name, tenant.name);

/** Leaves by path; what has a name in a list is found by it, all else in a list by what it is. */
function leavesOf(value: unknown, path = ''): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => leavesOf(item, `${path}/${keyOf(item)}`));
  if (!isRecord(value)) return [`${path}=${String(value)}`];
  return Object.entries(value).flatMap(([key, item]) => leavesOf(item, `${path}/${key}`));
}

const keyOf = (item: unknown): string => {
  const name = isRecord(item) ? (item['name'] ?? item['mountPath']) : undefined;
  return typeof name === 'string' ? name : JSON.stringify(item);
};

/** The name of a Job ends with a hash of what it does. */
const idOf = ({ kind, metadata: { name } }: Manifest): string =>
  `${kind}/${kind === 'Job' ? name.replace(/-[0-9a-f]+$/, '') : name}`;

const HASHED = /^\/metadata\/name=|config-hash|\/annotations\/stalk\.dev\/config/;

/** What the patched deployment has and the other has not. */
function lostIn(before: readonly Manifest[], after: readonly Manifest[]): readonly string[] {
  const now = new Map(after.map((manifest) => [idOf(manifest), new Set(leavesOf(manifest))]));
  return before.flatMap((manifest) => {
    const id = idOf(manifest);
    const found = now.get(id);
    if (found === undefined) return [id];
    return leavesOf(manifest).flatMap((leaf) =>
      found.has(leaf) || HASHED.test(leaf) ? [] : [`${id}${leaf}`],
    );
  });
}

describe.each(tenants.map((tenant) => [tenant.name, tenant] as const))('%s', (name, tenant) => {
  it('is a tenant without a patch', () => {
    expect(tenant).not.toHaveProperty('patches');
    expect(rendered(tenant).length).toBeGreaterThan(10);
  });

  const before = patched.find((one) => one.name === name);
  if (before !== undefined) {
    it('has all that its patches gave it', () => {
      const lost = lostIn(rendered(before), rendered(tenant));
      const known = OTHERWISE[name]?.map(([path]) => path) ?? [];

      expect(lost.filter((path) => !known.some((one) => one.test(path)))).toEqual([]);
    });
  }
});

it('all of them together break no rule and no law', () => {
  const leaves = platforms({ environments: [environment], tenants }).flatMap(renderedLeaves);

  expect(judge(leaves)).toEqual([]);
});
