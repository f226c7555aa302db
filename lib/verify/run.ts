// All checks in order: a line for each while they run, and the report at the end.

import { clusterName } from '../cluster';
import { checksOf, checkLine } from '../report';
import type { Check, Report, Section } from '../report';
import { apps } from './checks/apps';
import { backups } from './checks/backups';
import { capacity } from './checks/capacity';
import { crons } from './checks/crons';
import { disruption } from './checks/disruption';
import { isolationChecks } from './checks/isolation';
import { monitoringChecks } from './checks/monitoring';
import { objects } from './checks/objects';
import { logs, persistence } from './checks/persistence';
import { pods } from './checks/pods';
import { queueChecks } from './checks/queues';
import { redisChecks } from './checks/redis';
import { timeChecks } from './checks/times';
import { workerChecks } from './checks/workers';
import { overviewOf } from './overview';
import type { SectionOfChecks } from './section';
import type { World } from './world';

/** What changes something comes last, so that all else tells of the cluster as it was found. */
const SECTIONS: readonly SectionOfChecks[] = [
  objects,
  redisChecks,
  pods,
  crons,
  apps,
  timeChecks,
  workerChecks,
  queueChecks,
  isolationChecks,
  capacity,
  persistence,
  logs,
  backups,
  monitoringChecks,
  disruption,
];

export interface Reporter {
  readonly command: string;
  /** Now, in milliseconds. */
  readonly clock: () => number;
  readonly progress: (line: string) => void;
}

export async function verify(world: World, { command, clock, progress }: Reporter): Promise<Report> {
  const began = clock();
  const sections: Section[] = [];
  for (const section of SECTIONS) {
    const checks: Check[] = [];
    let last = clock();
    for await (const finding of section.run(world)) {
      const now = clock();
      const check = { ...finding, seconds: (now - last) / 1000 };
      last = now;
      if (checks.length === 0) progress(`\n${section.title}`);
      checks.push(check);
      progress(checkLine(check));
    }
    if (checks.length > 0) sections.push({ id: section.id, title: section.title, checks });
  }
  return {
    title: 'Verification of Redis and Celery',
    command,
    environment: world.platform.environment.name,
    cluster: clusterName(world.cluster),
    tenants: world.tenants.map(({ tenant }) => tenant.name),
    started: new Date(began).toISOString(),
    seconds: (clock() - began) / 1000,
    overview: overviewOf(world, checksOf({ sections })),
    sections,
  };
}
