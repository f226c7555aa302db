// The form of labels that choose pods.

import { passing } from './kind';
import { anyText, someText } from './kinds';
import { isRecord } from '../../kube/json';
import { all, each } from './shapes';

export const labelsForm = all(
  each(anyText, someText),
  passing((value) => isRecord(value) && Object.keys(value).length > 0, {
    wanted: 'name at least one label',
    fix: 'write it like { app: … }, or every pod would match',
  }),
);
