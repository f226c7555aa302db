/** An engine that takes every registration and applies nothing: what Pulumi would be told, with all options. */

import { runtime } from '@pulumi/pulumi';
import { MockMonitor } from '@pulumi/pulumi/runtime/mocks';
import type { Leaf } from '../../lib';
import { deploy } from '../../lib/output/pulumi';
import type { DeployOptions } from '../../lib/output/pulumi';
import type { Manifest } from '../support/synth';

/** How Pulumi marks a secret on the wire. */
const SECRET = '4dabf18193072939515e22adb298388d';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** One request of the program to the engine. */
export interface Registration {
  readonly type: string;
  readonly name: string;
  readonly inputs: { readonly [key: string]: Json };
  readonly parent: string;
  readonly protect: boolean | undefined;
  readonly dependencies: readonly string[];
  readonly deletedWith: string;
  readonly ignoreChanges: readonly string[];
  readonly provider: string;
  readonly custom: boolean;
}

/** As much of a request as is read here; the rest of the interface is generated and has no types. */
interface Request {
  getType(): string;
  getName(): string;
  getObject(): { toJavaScript(): Registration['inputs'] };
  getParent(): string;
  hasProtect(): boolean;
  getProtect(): boolean;
  getDependenciesList(): string[];
  getDeletedwith(): string;
  getIgnorechangesList(): string[];
  getProvider(): string;
  getCustom(): boolean;
}

// eslint-disable-next-line @typescript-eslint/unbound-method -- called with the monitor as `this` below
const { registerResource } = MockMonitor.prototype;

/** Runs a program and waits until everything that it started has arrived, also where it throws. */
export async function registrations(program: () => unknown): Promise<Registration[]> {
  const taken: Registration[] = [];
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0; // Pulumi formats a stack for each property, which is half of the time
  await runtime.setMocks(
    { newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: ({ inputs }) => inputs },
    'stalk',
    'test',
  );
  MockMonitor.prototype.registerResource = function (this: MockMonitor, request: Request, callback) {
    taken.push(registration(request));
    return registerResource.call(this, request, callback);
  };
  try {
    program();
  } finally {
    await (runtime as unknown as { waitForRPCs(): Promise<void> }).waitForRPCs();
    MockMonitor.prototype.registerResource = registerResource;
    Error.stackTraceLimit = stackTraceLimit;
  }
  return taken.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** Requests arrive as their dependencies come true: only what is in them counts. */
export const keyOf = ({ type, name }: Registration): string => `${type} ${name}`;

const registration = (request: Request): Registration => ({
  type: request.getType(),
  name: request.getName(),
  inputs: request.getObject().toJavaScript(),
  parent: request.getParent(),
  protect: request.hasProtect() ? request.getProtect() : undefined,
  dependencies: [...request.getDependenciesList()].sort(),
  deletedWith: request.getDeletedwith(),
  ignoreChanges: request.getIgnorechangesList(),
  provider: request.getProvider(),
  custom: request.getCustom(),
});

export const options: DeployOptions = {
  cluster: 'test',
  wait: true,
  fieldManager: 'stalk',
  replicas: 'keep',
  retired: () => false,
  fill: false,
  extra: () => [],
  passwords: new Map(),
};

export const deployed = (
  leaves: readonly Leaf[],
  more: Partial<DeployOptions> = {},
): Promise<Registration[]> => registrations(() => deploy(leaves, { ...options, ...more }));

/** What a cluster would get; secrets become the values in them, so that tests can look. */
export function manifestOf({ inputs }: Registration): Manifest {
  return JSON.parse(JSON.stringify(inputs), (_key, value: unknown) =>
    isSecret(value) ? value['value'] : value,
  ) as Manifest;
}

/** Everything that is not marked as a secret, as text. */
export const plainText = (all: readonly Registration[]): string =>
  JSON.stringify(all, (_key, value: unknown) => (isSecret(value) ? 'secret' : value));

const isSecret = (value: unknown): value is { readonly value: unknown } =>
  typeof value === 'object' && value !== null && SECRET in value;
