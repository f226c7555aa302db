// What this team expects of a tenant: write one such file for whatever must stay true.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { objectsOf } from '@stalk/stalk';
import * as list from '../stacks/list';

test('hello runs one pod of workers in dev', () => {
  const objects = objectsOf(list, 'dev', 'hello');

  const workers = objects.find(
    ({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'worker-default',
  );

  assert.equal(workers?.spec?.['replicas'], 1);
});
