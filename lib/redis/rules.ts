// The ConfigMap of rules that users.sh reads: what each role may do, once, and a line for each tenant.

import type { Construct } from 'constructs';
import { k8s } from 'cdk8s-plus-27';
import { ANNOTATION, kubeObject } from '../kube';
import type { Labels } from '../kube';
import { rulesOfRole } from './acl';
import type { RedisUser } from './acl';

export interface RulesProps {
  readonly name: string;
  readonly labels: Labels;
  readonly users: readonly RedisUser[];
}

/** The sidecar applies a change within seconds of its arrival: nothing restarts. */
export const rulesOf = (scope: Construct, { name, labels, users }: RulesProps): k8s.KubeConfigMap =>
  kubeObject(scope, name, k8s.KubeConfigMap, {
    metadata: { name, labels, annotations: { [ANNOTATION.live]: 'true' } },
    ...(users.length > 0 && { data: { ...ruleTexts(users) } }),
  });

/** The files that users.sh reads, by their names. */
export const ruleTexts = (users: readonly RedisUser[]): Readonly<Record<'roles' | 'users', string>> => ({
  roles: rolesText(users),
  users: usersText(users),
});

/** Stands where a user has no ending, or nothing of its own. */
const NONE = '-';

const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

/** `<role> <ending> <rules>`: a role has a line for each user that a tenant has by it. */
const rolesText = (users: readonly RedisUser[]): string =>
  text(
    [...new Set(users.flatMap(({ roles }) => roles))]
      .sort()
      .flatMap((role) =>
        Object.entries(rulesOfRole(role)).map(
          ([ending, rules]) => `${role} ${ending === '' ? NONE : ending} ${rules}`,
        ),
      ),
  );

/** `<name> <own> <roles>`: what a tenant costs. */
const usersText = (users: readonly RedisUser[]): string => text(users.map(userLine).sort());

const userLine = ({ name, own, roles }: RedisUser): string =>
  `${name} ${own === undefined ? NONE : own} ${roles.join(' ')}`;
