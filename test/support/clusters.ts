// Every cluster that tests know, rendered once: the reference tenants in their environments, the examples in the labs.

import { renderedLeaves } from '../../lib/laws';
import type { RenderedLeaf } from '../../lib/laws';
import { platforms } from '../../lib/platform';
import { environments } from '../reference/environments';
import { tenants } from '../reference/tenants';
import { examples, labs } from './examples';

export const allLeaves: readonly RenderedLeaf[] = [
  ...platforms({ environments, tenants }),
  ...platforms({ environments: labs, tenants: examples }),
].flatMap(renderedLeaves);

/** `production/tenants/paless`. */
export const labelOf = ({ environment, folder }: RenderedLeaf): string => `${environment}/${folder}`;
