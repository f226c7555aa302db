// Errors that Redis answers with, of which the first one counts too.

import { promql } from './promql';

/**
 * True for `window` after an error of this kind. `increase()` does not see the first one: the series begins with it. It
 * counts where the same pod was scraped a window ago: a Prometheus or a pod that has just started says nothing.
 */
export function errorsHappened(job: string, error: string, window: string): string {
  const errors = `redis_errors_total{job="${job}",err="${error}"}`;
  return promql`
    increase(${errors}[${window}]) > 0
    or (${errors} unless ${errors} offset ${window})
      and on (namespace, pod) (redis_up{job="${job}"} offset ${window})`;
}
