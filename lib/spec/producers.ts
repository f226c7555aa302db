// Programs of other namespaces that send tasks to a tenant.

import { props, required } from './props';
import type { Contract, PropsOf } from './props';
import { labelsForm } from './rules/form-labels';
import type { Form } from './rules/kind';
import { label } from './rules/kinds';
import { each } from './rules/shapes';

/** Pods that somebody else runs, and that reach the tenant's broker as its web side does. */
export interface Producer extends Contract, PropsOf<typeof producer> {}

const producer = props({
  /** Namespace that they run in. */
  namespace: required(label),

  /** Labels that they have. */
  pods: required(labelsForm),
});

export const producersForm: Form<Readonly<Record<string, Producer>>> = each(label, producer);
