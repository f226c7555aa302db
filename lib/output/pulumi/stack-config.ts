// Settings of a Pulumi stack: what `Pulumi.<stack>.yaml` may say, read in one go with everything that is wrong in it.

import { parsedJson } from '../../kube/json';

/** Each is `stalk:<name>` in `Pulumi.<stack>.yaml`; docs/pulumi.md has the table. */
export interface StackConfig {
  /** Name of the Environment that the stack applies, or applies a part of. */
  readonly environment: string;

  /** Tenants that the stack holds: those of the environment, or some of them by name. */
  readonly tenants: 'all' | readonly string[];

  /**
   * Whether the stack holds what tenants share: the platform's objects and the shared brokers.
   * @default - true with all tenants; to be said with some of them
   */
  readonly shared: boolean;

  /**
   * What may be deleted: tenants by name, shared brokers as `brokers/<name>`, or all of the stack.
   * @default []
   */
  readonly retired: 'all' | readonly string[];

  /**
   * Context of the kubeconfig.
   * @default - the current one
   */
  readonly context?: string;

  /**
   * Whether an up lasts until workloads are ready.
   * @default true
   */
  readonly wait: boolean;

  /**
   * Owner of the fields in server-side apply.
   * @default 'stalk'
   */
  readonly fieldManager: string;

  /**
   * `keep` leaves the number of pods to whoever changed it last, `apply` sets the tenant's by force.
   * @default 'keep'
   */
  readonly replicas: 'keep' | 'apply';

  /**
   * Where Redis passwords come from: the environment's own strategy, or this stack's configuration.
   * @default 'environment'
   */
  readonly secrets: 'environment' | 'pulumi';
}

/** An environment as far as settings name parts of it. */
export interface StackEnvironment {
  readonly name: string;
  readonly tenants: readonly string[];
  readonly brokers: readonly string[];
}

/** Everything that is wrong with a stack's settings. */
export class StackConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'StackConfigError';
  }
}

/** Settings of `stalk:` without that, as Pulumi hands them over: structured ones are JSON. */
export type StackSettings = ReadonlyMap<string, string>;

const NAMES: Readonly<Record<keyof StackConfig, true>> = {
  environment: true,
  tenants: true,
  shared: true,
  retired: true,
  context: true,
  wait: true,
  fieldManager: true,
  replicas: true,
  secrets: true,
};

/** Reads all settings of `stack`, or throws one error that names all that are unknown, missing or wrong. */
export function readStackConfig(
  settings: StackSettings,
  environments: readonly StackEnvironment[],
  stack: string,
): StackConfig {
  const read = new Reader(settings, `Pulumi.${stack}.yaml`);
  const environment = read.choice(
    'environment',
    environments.map(({ name }) => name),
  );
  const known = environments.find(({ name }) => name === environment);
  const tenants = read.names('tenants', known?.tenants);
  const context = read.text('context', /./, 'the name of a context');
  const shared = read.flag('shared', tenants === 'all' ? true : undefined);
  const config: StackConfig = {
    environment,
    tenants,
    shared,
    retired: read.names('retired', known && retirable(known, tenants, shared), []),
    ...(context !== undefined && { context }),
    wait: read.flag('wait', true),
    fieldManager: read.text('fieldManager', FIELD_MANAGER, 'up to 128 letters, digits, . _ or -') ?? 'stalk',
    replicas: read.choice('replicas', ['keep', 'apply'], 'keep'),
    secrets: read.choice('secrets', ['environment', 'pulumi'], 'environment'),
  };
  if (read.problems.length > 0) throw new StackConfigError(read.problems);
  return config;
}

/** Kubernetes takes 128 printable characters; these need no quotes in kubectl. */
const FIELD_MANAGER = /^[A-Za-z0-9._-]{1,128}$/;

/** What this stack holds and may lose. */
const retirable = (known: StackEnvironment, held: StackConfig['tenants'], shared: boolean): string[] => [
  ...(held === 'all' ? known.tenants : held),
  ...(shared ? known.brokers.map((name) => `brokers/${name}`) : []),
];

/** Takes settings one by one and gathers what is wrong; a value that stands in for a wrong one is never used. */
class Reader {
  readonly problems: string[];

  constructor(
    private readonly settings: StackSettings,
    private readonly file: string,
  ) {
    this.problems = [...settings.keys()]
      .filter((name) => !Object.hasOwn(NAMES, name))
      .map(
        (name) =>
          `stalk:${name} must be a setting, got an unknown one; ${file} takes ${listed(Object.keys(NAMES))}`,
      );
  }

  choice<T extends string>(name: keyof StackConfig, allowed: readonly T[], absent?: T): T {
    const text = this.settings.get(name);
    if (text === undefined && absent !== undefined) return absent;
    const found = allowed.find((value) => value === text);
    return found ?? this.wrong(name, `be ${listed(allowed, 'or')}`, text, allowed[0] as T);
  }

  flag(name: keyof StackConfig, absent: boolean | undefined): boolean {
    return (
      this.choice(name, ['true', 'false'], absent === undefined ? undefined : (`${absent}` as const)) ===
      'true'
    );
  }

  text(name: keyof StackConfig, form: RegExp, wanted: string): string | undefined {
    const text = this.settings.get(name);
    return text === undefined || form.test(text) ? text : this.wrong(name, `be ${wanted}`, text, text);
  }

  /** `all`, or a list of names; of known ones, where those are known. */
  names(
    name: keyof StackConfig,
    known: readonly string[] | undefined,
    absent?: readonly string[],
  ): 'all' | readonly string[] {
    const text = this.settings.get(name);
    if (text === 'all') return text;
    if (text === undefined && absent) return absent;
    const list = listIn(text);
    if (list === undefined) return this.wrong(name, 'be all or a list of names', text, 'all');
    const strangers = known ? list.filter((one) => !known.includes(one)) : [];
    const twice = list.filter((one, i) => list.indexOf(one) !== i);
    if (strangers.length > 0)
      return this.wrong(name, `name ${listed(known ?? [], 'or')}`, listed(strangers), 'all');
    return twice.length > 0 ? this.wrong(name, 'name each once', `${listed(twice)} twice`, 'all') : list;
  }

  private wrong<T>(name: keyof StackConfig, wanted: string, got: string | undefined, instead: T): T {
    this.problems.push(`stalk:${name} must ${wanted}, got ${got ?? 'nothing'}; set it in ${this.file}`);
    return instead;
  }
}

const listed = (names: readonly string[], last = 'and'): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} ${last} ${names.at(-1)}`;

function listIn(text: string | undefined): string[] | undefined {
  const value = parsedJson(text);
  return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : undefined;
}
