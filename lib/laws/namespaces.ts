// Namespaces: the cluster itself refuses pods that fall below the standard.

import { breachUnless } from './law';
import type { Law } from './law';
import { ownOfKind } from './leaf';
import { show } from './words';

const standard: Law = {
  name: 'every Namespace enforces the restricted Pod Security Standard of one version',
  check: (leaf) =>
    ownOfKind(leaf, 'Namespace').flatMap(({ id, metadata: { labels } }) =>
      ['enforce', 'audit', 'warn'].flatMap((mode) => {
        const key = `pod-security.kubernetes.io/${mode}`;
        const [level, version] = [labels[key], labels[`${key}-version`]];
        return [
          ...breachUnless(
            level === 'restricted',
            id,
            `.metadata.labels["${key}"] must be "restricted", got ${show(level)}`,
          ),
          ...breachUnless(
            /^v1\.\d+$/.test(version ?? ''),
            id,
            `.metadata.labels["${key}-version"] must be a version such as "v1.27", got ${show(version)}; an upgrade of the cluster would change the rules`,
          ),
        ];
      }),
    ),
};

export const namespaceLaws: readonly Law[] = [standard];
