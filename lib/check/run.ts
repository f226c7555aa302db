// One pass over a list: types, rules, laws, the list itself, and the tree on disk.

import { judge, renderedLeaf } from '../laws';
import { readExtra } from '../output/extra';
import { RenderError } from '../output/render-error';
import { renderTree } from '../output/tree';
import type { LeafObjects } from '../output/tree';
import { platforms, RulesError } from '../platform';
import type { PlatformProps } from '../platform';
import { problemLines } from '../spec/rules';
import type { CheckFinding, Outcome, Subject } from './finding';
import { compareWith } from './stale';
import type { StaleFile } from './stale';
import { typeErrors } from './types';
import { tenantFiles, unlisted } from './unlisted';
import type { LoadedModule } from './unlisted';

/** The project that is checked. */
export interface ProjectPaths {
  readonly root: string;
  /** The module that exports environments and tenants. */
  readonly list: string;
  readonly dist: string;
  readonly extra: string;
}

/** The list and its modules, as Node loaded them. */
export interface Loaded {
  readonly list: PlatformProps;
  readonly modules: readonly LoadedModule[];
}

/** Everything that is wrong with a project. `load` throws where the list cannot be loaded; `LoadError` tells why. */
export function checkProject(project: ProjectPaths, load: () => Loaded | LoadFailure): readonly Outcome[] {
  const files = [project.list, ...tenantFiles(project.root)];
  const types = outcome('types', typeErrors(project.root, files), counted(files.length, 'file'));
  const loaded = load();
  if (!('list' in loaded)) {
    const rules = outcome(
      'rules',
      loaded.problems.map((message) => ({ message })),
      'the list cannot be loaded',
    );
    return [
      types,
      rules,
      ...(['laws', 'list', 'tree'] as const).map((subject) => skipped(subject, 'the list cannot be loaded')),
    ];
  }
  const { list, modules } = loaded;
  const listed = outcome(
    'list',
    unlisted(project.root, modules, list.tenants),
    counted(files.length - 1, 'tenant file'),
  );
  const rendered = render(project, list);
  return [types, rendered.rules, rendered.laws, listed, rendered.tree];
}

/** A list that cannot be loaded: one line for each reason. */
export interface LoadFailure {
  readonly problems: readonly string[];
}

interface RenderedParts {
  readonly rules: Outcome;
  readonly laws: Outcome;
  readonly tree: Outcome;
}

function render({ dist, extra: folder }: ProjectPaths, list: PlatformProps): RenderedParts {
  const leaves: LeafObjects[] = [];
  const comparison = compareWith(dist);
  const names = list.environments.map(({ name }) => name);
  const ruled = findingsOf(names, () => {
    const all = platforms(list);
    renderTree(all, readExtra(folder, all), (one) => {
      comparison.see(one);
      if (one.leaf) leaves.push(one.leaf);
    });
  });
  const size = `${counted(list.tenants.length, 'tenant')} in ${names.join(', ')}`;
  const rules = outcome('rules', ruled, size);
  if (ruled.length > 0)
    return { rules, laws: skipped('laws', 'rules are broken'), tree: skipped('tree', 'rules are broken') };
  return { rules, laws: lawsOf(leaves, names), tree: treeOf(comparison.differing()) };
}

/** Mistakes that a user can mend become findings; other errors are faults of Stalk and are thrown. */
function findingsOf(environments: readonly string[], run: () => void): readonly CheckFinding[] {
  try {
    run();
    return [];
  } catch (error) {
    if (!(error instanceof RulesError) && !(error instanceof RenderError)) throw error;
    return problemLines(error.problems, environments).map(({ text, ...concerned }) => ({
      message: text,
      ...concerned,
    }));
  }
}

/** `everywhere` are all environments; a finding of some of them names those. */
function lawsOf(leaves: readonly LeafObjects[], everywhere: readonly string[]): Outcome {
  const objects = leaves.reduce((sum, { manifests, extra }) => sum + manifests.length + extra.length, 0);
  const findings = new Map<string, CheckFinding & { readonly environments: readonly string[] }>();
  for (const { environment, folder, object, text } of judge(leaves.map(renderedLeaf))) {
    const key = `${folder} ${text}`;
    const known = findings.get(key);
    const environments = [...(known ? known.environments : []), environment];
    const [kind, name = ''] = folder.split('/');
    findings.set(key, {
      message: `${folder}: ${text}`,
      environments,
      object,
      ...(kind === 'tenants' && { tenants: [name] }),
    });
  }
  const named = [...findings.values()].map((finding) => ({
    ...finding,
    message: finding.message + whereOf(finding.environments, everywhere),
  }));
  return outcome('laws', named, counted(objects, 'object'));
}

const whereOf = (some: readonly string[], all: readonly string[]): string =>
  some.length === all.length ? '' : ` (${some.join(', ')})`;

function treeOf(differing: readonly StaleFile[]): Outcome {
  const findings = differing.map(({ file, got }) => ({
    file: `dist/${file}`,
    message: `must be what the list renders, got ${got}; run npx stalk synth and commit`,
  }));
  return outcome('tree', findings, 'dist/');
}

const outcome = (subject: Subject, findings: readonly CheckFinding[], summary: string): Outcome => ({
  subject,
  state: findings.length === 0 ? 'ok' : 'failed',
  summary,
  findings,
});

const skipped = (subject: Subject, summary: string): Outcome => ({
  subject,
  state: 'skipped',
  summary,
  findings: [],
});

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
