// Every cluster that tests know, rendered once: the reference tenants in their environments, the examples in the labs.

import { renderedLeaves } from '../../lib/laws';
import type { JudgedLeaf } from '../../lib/laws';
import { platforms } from '../../lib/platform';
import { examples, labs } from './examples';
import { referenceLeaves } from './synth';

export const allLeaves: readonly JudgedLeaf[] = [
  ...referenceLeaves(),
  ...platforms({ environments: labs, tenants: examples }).flatMap(renderedLeaves),
];

/** `production/tenants/paless`. */
export const labelOf = ({ environment, folder }: JudgedLeaf): string => `${environment}/${folder}`;
