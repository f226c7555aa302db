// Checks: what the clock starts is started, and its last run ended well.

import type { KubeObject } from '../../cluster';
import type { Manifest } from '../../output/manifest';
import { guarded, judged } from '../section';
import type { CheckOutcome, SectionOfChecks } from '../section';

export const crons: SectionOfChecks = {
  id: 'crons',
  title: 'Processes that the clock starts',
  async *run({ cluster, tenants }) {
    for (const { leaf } of tenants) {
      for (const manifest of leaf.manifests.filter(isCronJob)) {
        const { metadata, apiVersion, kind } = manifest;
        const about = { id: 'crons.runs', subject: `${leaf.namespace} ${kind}/${metadata.name}` };
        yield* guarded({ ...about, expected: EXPECTED }, async () => [
          ran(
            about.subject,
            await cluster.read<CronJobHere>({
              apiVersion,
              kind,
              name: metadata.name,
              namespace: leaf.namespace,
            }),
          ),
        ]);
      }
    }
  },
};

/** Backups of its own broker are looked at more closely. */
const isCronJob = ({ kind, metadata }: Manifest): boolean =>
  kind === 'CronJob' && metadata.labels?.['app.kubernetes.io/component'] !== 'backup';

const EXPECTED = 'not suspended, and its last run went well';

export interface CronJobHere extends KubeObject {
  readonly spec: { readonly suspend?: boolean };
  readonly status?: {
    readonly lastScheduleTime?: string;
    readonly lastSuccessfulTime?: string;
    readonly active?: readonly object[];
  };
}

/** A run that goes on is no failure yet; Kubernetes notes when the last one began and when the last good one ended. */
export function ran(subject: string, found: CronJobHere | undefined): CheckOutcome {
  const about = { id: 'crons.runs', subject, expected: EXPECTED };
  if (found === undefined) return judged(about, false, 'it is not there', 'apply the rendered folder');
  const { spec, status = {} } = found;
  if (spec.suspend === true)
    return judged(about, false, 'it is suspended', `kubectl patch it with {"spec":{"suspend":false}}`);
  const { lastScheduleTime: begun, lastSuccessfulTime: good, active = [] } = status;
  if (begun === undefined) return judged(about, true, 'it was not due yet');
  if (active.length > 0) return judged(about, true, `a run of ${begun} is going`);
  return judged(
    about,
    good !== undefined && good >= begun,
    `its last run began ${begun}; the last that went well ended ${good ?? 'never'}`,
    'kubectl get jobs, and the log of its last pods, which stay, say why',
  );
}
