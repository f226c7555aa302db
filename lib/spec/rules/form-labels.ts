// The form of labels that choose pods.

import { passing } from './kind';
import { anything, someText } from './kinds';
import { isRecord } from '../../kube/json';
import { all, each } from './shapes';

export const labelsForm = all(
  each(anything<string>(), someText),
  passing((value) => isRecord(value) && Object.keys(value).length > 0, {
    wanted: 'name at least one label',
    fix: 'write it like { app: … }, or every pod would match',
  }),
);
