// A shared broker with 2,000 tenants in a real API server: applied by the client, by the server, and one tenant more.

import type { Manifest } from '../../lib/output/manifest';
import { userNames, sharedUsers } from '../../lib/redis';
import { SECRET_ROOM } from '../../lib/spec/rules/broker-users';
import type { Environment, Tenant } from '../../lib/spec';
import { broker, plain, platformOf, tenantOf } from '../support/synth';
import { apply, asked, keyOf, kubectl, lines, served } from './kubectl';

const { KUBECONFIG } = process.env;
if (!KUBECONFIG) console.warn('SKIPPED: set KUBECONFIG to a cluster that may be changed');

const NAMESPACE = 'broker-crowd';

const environment: Environment = {
  ...plain,
  secrets: { strategy: 'existing' },
  brokers: { crowd: { topology: 'standalone', memory: '32Gi', maxClients: 10_000_000 } },
};

const crowd = (count: number): Tenant[] =>
  Array.from({ length: count }, (_, i) =>
    tenantOf({ name: `tenant-with-name-${String(i).padStart(4, '0')}`, broker: { shared: 'crowd' } }),
  );

const rendered = (count: number): readonly Manifest[] => broker('crowd', environment, crowd(count)).all;

const list = (items: readonly object[]): string => JSON.stringify({ apiVersion: 'v1', kind: 'List', items });

/** As an operator writes it in the middle of a rotation of all: each user has two passwords. */
function passwords(count: number, more = ['', '.next']): Manifest {
  const users = sharedUsers(platformOf(environment, crowd(count)).tenants).flatMap(userNames);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'redis-users', namespace: NAMESPACE },
    stringData: Object.fromEntries(
      users.flatMap((user) => more.map((ending) => [`${user}${ending}`, 'x'.repeat(32)])),
    ),
  };
}

/** The most tenants of names like these that the rule lets pass. */
const MOST = Math.floor(
  SECRET_ROOM / (6 * (2 * 21 + 32 + 16) + 4 * '-web-scaler'.length + 6 * '.next'.length),
);

(KUBECONFIG ? describe : describe.skip)('a shared broker with 2,000 tenants', () => {
  beforeAll(() => {
    if (lines(asked('get', 'namespace', NAMESPACE, '--ignore-not-found', '-o', 'name')).length > 0)
      throw new Error(`the cluster must not have the namespace ${NAMESPACE}`);
  });

  afterEach(() => asked('delete', 'namespace', NAMESPACE, '--ignore-not-found'));

  it('is accepted from a client, whose annotation repeats every object', () => {
    const ended = kubectl(['apply', '--validate=strict', '-f', '-'], list(rendered(2000)));

    expect(ended).toEqual({ code: 0, output: expect.any(String), errors: '' });
  });

  it('is accepted by the server, and one tenant more changes one object', () => {
    const first = apply(['-f', '-'], list(rendered(2000)));
    const before = served(rendered(2000));

    const second = apply(['-f', '-'], list(rendered(2001)));

    const after = served(rendered(2001));
    const written = rendered(2001)
      .map(keyOf)
      .filter((key) =>
        ['ConfigMap', 'NetworkPolicy', 'Namespace', 'Service'].some((kind) => key.includes(` ${kind} `)),
      )
      .filter(
        (key) => after.get(key)?.metadata.resourceVersion !== before.get(key)?.metadata.resourceVersion,
      );
    expect([first.code, first.errors, second.code, second.errors]).toEqual([0, '', 0, '']);
    expect(written).toEqual([`v1 ConfigMap ${NAMESPACE} redis-rules`]);
  });

  it('has passwords that fit into one Secret at the end of the rule, and fails far beyond', () => {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } };

    const there = apply(['-f', '-'], list([namespace, passwords(MOST)]));
    const beyond = apply(['-f', '-'], list([passwords(MOST, ['', '.next', '.more', '.most'])]));

    expect(MOST).toBeGreaterThan(2000);
    expect(there).toEqual({ code: 0, output: expect.any(String), errors: '' });
    expect(beyond.code).not.toBe(0);
  });
});
