// The Pulumi program: an environment, or a part of it, on the cluster of the kubeconfig.

import * as pulumi from '@pulumi/pulumi';
import { strategyOf } from '../../plan/secrets/strategies';
import { platforms, RulesError } from '../../platform';
import type { Leaf, Platform, PlatformProps } from '../../platform';
import { extraOf, readExtra } from '../extra';
import { ListError, loadList } from '../load';
import { RenderError } from '../render-error';
import { deploy } from './deploy';
import { tenantOutput } from './outputs';
import { PASSWORD } from './passwords';
import type { Configured } from './passwords';
import { readStackConfig, StackConfigError } from './stack-config';
import type { StackEnvironment, StackConfig } from './stack-config';

/** `stalk:environment` and the like; Pulumi's own and other projects' settings are not ours to judge. */
const PROJECT = 'stalk:';

/** Outputs of the stack. */
export interface Deployed {
  readonly objects: number;
  /** Where each tenant is: namespace, broker, queues. */
  readonly tenants: Readonly<Record<string, ReturnType<typeof tenantOutput>>>;
}

function program(list: PlatformProps, folder: string): Deployed {
  const settings = new Map(
    Object.entries(pulumi.runtime.allConfig()).flatMap(([key, value]) =>
      key.startsWith(PROJECT) ? [[key.slice(PROJECT.length), value] as const] : [],
    ),
  );
  const isPassword = ([name]: readonly [string, string]): boolean => name.startsWith(PASSWORD);
  const entries = [...settings];
  const all = platforms(list);
  const config = readStackConfig(
    new Map(entries.filter((entry) => !isPassword(entry))),
    all.map(knownOf),
    pulumi.getStack(),
  );
  const platform = all.find(({ environment }) => environment.name === config.environment) as Platform;
  const leaves = platform.leaves.filter((leaf) => holds(config, leaf));
  const held = new Set(leaves.map(({ folder }) => folder));
  const extra = readExtra(folder, all);
  const objects = deploy(leaves, {
    ...config,
    cluster: config.environment,
    extra: (leaf) => extraOf(extra, platform, leaf).flatMap(({ manifests }) => manifests),
    retired: (leaf) => config.retired === 'all' || config.retired.includes(nameIn(leaf)),
    fill: config.secrets === 'pulumi' || strategyOf(platform.environment).filledByStack,
    passwords: new Map(entries.filter(isPassword).map(([name, value]) => [name, configured(name, value)])),
  });
  const tenants = platform.tenants.filter(({ name }) => held.has(`tenants/${name}`));
  return {
    objects,
    tenants: Object.fromEntries(tenants.map((tenant) => [tenant.name, tenantOutput(tenant)])),
  };
}

const knownOf = ({ environment, tenants, leaves }: Platform): StackEnvironment => ({
  name: environment.name,
  tenants: tenants.map(({ name }) => name),
  brokers: leaves.flatMap(({ kind, name }) => (kind === 'broker' ? [name] : [])),
});

const holds = ({ tenants, shared }: StackConfig, { kind, name }: Leaf): boolean =>
  kind === 'tenant' ? tenants === 'all' || tenants.includes(name) : shared;

/** As `stalk:retired` spells it. */
const nameIn = ({ kind, name, folder }: Leaf): string => (kind === 'tenant' ? name : folder);

/** Known to the engine, and not in the types. */
const isSecret = (key: string): boolean =>
  (pulumi.runtime as unknown as { isConfigSecret(key: string): boolean }).isConfigSecret(key);

const configured = (name: string, value: string): Configured => ({
  value,
  secret: isSecret(`${PROJECT}${name}`),
});

/**
 * Registers what the settings of the stack ask for, of both lists or the module that exports them. A mistake in
 * settings, lists or patches ends without a stack trace.
 */
export function deployStack(list: string | PlatformProps, { extra }: { readonly extra: string }): Deployed {
  try {
    return program(typeof list === 'string' ? loadList(list) : list, extra);
  } catch (error) {
    const told = [StackConfigError, ListError, RulesError, RenderError].some((kind) => error instanceof kind);
    throw told ? new pulumi.RunError((error as Error).message) : error;
  }
}
