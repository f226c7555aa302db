// Argo CD's own diff engine, built from its Go modules: whether a synced application would come to rest.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest } from '../../lib/output/manifest';
import { asked } from './kubectl';

/** One object as it is rendered and as the API server has it. */
export interface Synced {
  readonly config: Manifest;
  readonly live: Manifest;
}

interface Verdict {
  readonly object: string;
  /** `three-way` is Argo CD's default, `structured-merge` what it does with `ServerSideApply=true`. */
  readonly mode: string;
  readonly live: object;
  readonly expected: object;
}

const SOURCE = join(__dirname, 'argocd');

/** All of Kubernetes' types are in its answer. */
const LARGEST_ANSWER = 256 * 1024 * 1024;

export const hasGo = (): boolean => spawnSync('go', ['version']).status === 0;

/** Builds the engine: two minutes of one core on a new machine, a second after that. */
export class ArgoCdDiff {
  private readonly folder = mkdtempSync(join(tmpdir(), 'stalk-argocd-'));

  constructor() {
    const built = spawnSync('go', ['build', '-o', join(this.folder, 'diff'), '.'], {
      cwd: SOURCE,
      encoding: 'utf8',
    });
    if (built.status !== 0) throw new Error(`Argo CD's diff engine cannot be built: ${built.stderr}`);
    writeFileSync(join(this.folder, 'openapi.json'), asked('get', '--raw', '/openapi/v2'));
  }

  /** What Argo CD would call out of sync, with each field in which it is. */
  outOfSync(pairs: readonly Synced[], manager: string): string[] {
    const { status, stdout, stderr } = spawnSync(
      join(this.folder, 'diff'),
      [join(this.folder, 'openapi.json'), manager],
      { input: JSON.stringify(pairs), encoding: 'utf8', maxBuffer: LARGEST_ANSWER },
    );
    if (status !== 0) throw new Error(`Argo CD's diff engine failed: ${stderr}`);
    return (JSON.parse(stdout) as Verdict[]).flatMap(({ object, mode, live, expected }) =>
      changedLines(live, expected).map((field) => `${object} (${mode}): ${field}`),
    );
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** `spec.replicas: 1 → 2`, for each value in which two trees differ. */
function changedLines(before: object, after: object): string[] {
  const [had, has] = [new Map(leaves(before)), new Map(leaves(after))];
  return [...new Set([...had.keys(), ...has.keys()])]
    .filter((path) => had.get(path) !== has.get(path))
    .map((path) => `${path}: ${String(had.get(path))} → ${String(has.get(path))}`);
}

/** The engine's Kubernetes writes `creationTimestamp: null` where a newer server leaves it out. */
function leaves(tree: unknown, path = ''): [path: string, value: unknown][] {
  if (tree === null) return [];
  if (typeof tree !== 'object') return [[path, tree]];
  return Object.entries(tree).flatMap(([key, value]) => leaves(value, path === '' ? key : `${path}.${key}`));
}
