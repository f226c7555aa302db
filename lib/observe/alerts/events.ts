// Counters whose first event counts too.

import { promql } from './promql';

/**
 * True for `window` after an event of a labelled counter of redis_exporter. `increase()` does not see the first one: the
 * series begins with it. It counts where the same pod was scraped a window ago; a Prometheus or a pod that has just
 * started says nothing.
 */
export const happened = (counter: string, window: string): string => promql`
  increase(${counter}[${window}]) > 0
  or (${counter} unless ${counter} offset ${window})
    and on (namespace, pod) (redis_up offset ${window})`;
