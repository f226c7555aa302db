// Images that stay what they are while a tenant runs.

import { at } from '../layers';
import type { ResolvedEnvironment } from '../resolved';
import { show, unless } from './finding';
import type { Finding, Path, Rule } from './finding';
import { movingTag, VERSION } from './form-image';
import { appPartsOf } from './processes';

/** Nodes ask for the image again with each pod only under `Always`, so that a developer's loop works. */
export function fixedTag(image: unknown, environment: ResolvedEnvironment, path: Path): readonly Finding[] {
  const { disposable, pullPolicy } = environment;
  const tag = typeof image === 'string' ? movingTag(image) : undefined;
  return unless(tag === undefined || (disposable && pullPolicy === 'Always'), () => ({
    path: [...path, 'image'],
    wanted: `have a fixed tag: ${show(tag)} changes under a running tenant`,
    got: show(image),
    fix: disposable ? `${VERSION}, or set pullPolicy: "Always" in the environment` : VERSION,
  }));
}

export const images: readonly Rule[] = [
  {
    what: 'an image has a fixed tag',
    of: ({ app, broker, cache, environment }, asked) => [
      ...fixedTag(app.image, environment, ['app']),
      ...appPartsOf(asked).flatMap(([path, { image }]) => fixedTag(image, environment, path)),
      ...(broker.kind === 'dedicated' ? fixedTag(at(broker.redis, 'image'), environment, ['broker']) : []),
      ...fixedTag(at(cache?.redis, 'image'), environment, ['cache']),
    ],
  },
];
