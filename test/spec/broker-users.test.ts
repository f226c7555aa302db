// Where a shared broker ends: at the size of the Secret with the passwords of its users.

import { LITERAL_ROOM, SECRET_ROOM } from '../../lib/spec/rules/broker-users';
import { check } from '../../lib/spec/rules';
import type { Environment, Tenant } from '../../lib/spec';
import { broker, plain, tenantOf } from '../support/synth';

const environment: Environment = {
  ...plain,
  secrets: { strategy: 'existing' },
  brokers: { main: { topology: 'standalone', memory: '32Gi', maxClients: 10_000_000 } },
};

/** Names of so many letters. */
const tenantsNamed = (length: number, count: number): Tenant[] =>
  Array.from({ length: count }, (_, i) =>
    tenantOf({ name: `t${String(i).padStart(length - 1, '0')}`, broker: { shared: 'main' } }),
  );

const problems = (tenants: readonly Tenant[], where: Environment = environment): string[] =>
  check(tenants, where).problems.map(({ text }) => text);

/** The most tenants that the rule lets pass: each takes two entries for each of its three users. */
const mostOf = (length: number): number =>
  Math.floor(SECRET_ROOM / (6 * (2 * length + 32 + 16) + 4 * '-web-scaler'.length + 6 * '.next'.length));

/** Bytes of the annotation that `kubectl apply` writes: Go's JSON spells three characters out. */
const annotationOf = (manifest: object): number =>
  JSON.stringify(manifest).length + 5 * (JSON.stringify(manifest).match(/[<>&]/g) ?? []).length;

describe('the users of a shared broker', () => {
  test.each([30])('are accepted for 2,000 tenants with names of %d letters', (length) => {
    expect(problems(tenantsNamed(length, 2000))).toEqual([]);
  });

  test.each([20])('fail where the passwords no longer fit, with names of %d letters', (length) => {
    const most = mostOf(length);

    expect(problems(tenantsNamed(length, most))).toEqual([]);
    expect(problems(tenantsNamed(length, most + 1))).toEqual([
      `brokers.main must have users whose passwords fit into one Secret of 1520 KiB, got 1521 KiB for ${most + 1} tenants; make a second shared broker, and name it in broker.shared of some of them`,
    ]);
  });

  test.each([20])('fail sooner where passwords are literal, with names of %d letters', (length) => {
    const disposable: Environment = { ...environment, disposable: true, secrets: { strategy: 'literal' } };
    const password = `not-a-secret_${disposable.name}_brokers-main_`.length;
    const last = Math.floor(LITERAL_ROOM / (3 * (2 * length + password + 6) + 2 * '-web-scaler'.length));

    const secret = broker('main', disposable, tenantsNamed(length, last)).byKind('Secret', 'redis-users');

    expect(annotationOf(secret)).toBeLessThan(256 * 1024);
    expect(annotationOf(secret)).toBeGreaterThan(253 * 1024);
    expect(problems(tenantsNamed(length, last + 1), disposable)).toEqual([
      `brokers.main must have users whose literal passwords fit into the 254 KiB that plain kubectl apply takes of an object, got 255 KiB for ${last + 1} tenants; make a second shared broker, and name it in broker.shared of some of them, or use secrets: { strategy: 'existing' }`,
    ]);
  });

  test.each([40])(
    'have rules that client-side apply takes as long as the rule lets them pass, with names of %d letters',
    (length) => {
      const most = tenantsNamed(length, mostOf(length));

      const rules = broker('main', environment, most).byKind('ConfigMap', 'redis-rules');

      expect(annotationOf(rules)).toBeLessThan(256 * 1024);
      expect(annotationOf(rules) / most.length).toBeLessThan(150);
    },
  );
});
