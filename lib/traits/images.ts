// How an environment's nodes get their images.

import type { ImagePolicy } from '../kube';
import type { ResolvedEnvironment } from '../spec';

export const imagesOf = ({ registry, pullPolicy, imagePullSecrets }: ResolvedEnvironment): ImagePolicy => ({
  registry,
  pullPolicy,
  pullSecrets: imagePullSecrets,
});
