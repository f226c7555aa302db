// The Pulumi program: an environment, or a part of it, on the cluster of the kubeconfig. `pulumi up` runs it.

import { join } from 'node:path';
import { deployStack } from '../lib/output/pulumi';

export const { objects, tenants } = deployStack(join(__dirname, 'list'), { extra: join(__dirname, 'extra') });
