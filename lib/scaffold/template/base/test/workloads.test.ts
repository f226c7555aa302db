// A snapshot: what runs, how often and with how much memory, in workloads.txt. UPDATE=1 npm test writes it anew.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { objectsOf } from '@stalk/stalk';
import type { Manifest } from '@stalk/stalk';
import { environments, tenants } from '../stacks/list';

interface Workload {
  readonly replicas?: number;
  readonly template: {
    readonly spec: {
      readonly containers: readonly {
        readonly image: string;
        readonly resources?: { readonly limits?: { readonly memory?: string } };
      }[];
    };
  };
}

const KINDS = ['Deployment', 'StatefulSet'];

function lineOf({ kind, metadata, spec }: Manifest): string {
  const { replicas, template } = spec as unknown as Workload;
  const containers = template.spec.containers.map(
    ({ image, resources }) => `${image} (${resources?.limits?.memory ?? 'no limit'})`,
  );
  return `  ${kind}/${metadata.name} x ${replicas ?? 'scaled'}: ${containers.join(', ')}`;
}

const workloads = environments.flatMap((environment) =>
  tenants.flatMap((tenant) => [
    `${environment.name} ${tenant.name}`,
    ...objectsOf({ environments, tenants }, environment.name, tenant.name)
      .filter(({ kind }) => KINDS.includes(kind))
      .map(lineOf),
  ]),
);

test('workloads are as workloads.txt says', () => {
  const file = join(__dirname, 'workloads.txt');
  const found = `${workloads.join('\n')}\n`;
  const missing = !existsSync(file) && process.env['CI'] === undefined;
  if (missing || process.env['UPDATE'] !== undefined) writeFileSync(file, found);

  const expected = existsSync(file) ? readFileSync(file, 'utf8') : '';

  assert.equal(found, expected, 'workloads differ: review them, then UPDATE=1 npm test');
});
