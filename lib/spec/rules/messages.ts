// Messages: what is written can be read.

import { show, unless } from './finding';
import type { Rule } from './finding';

/** Celery takes the name of a serializer or its content type. */
const NAMES = {
  json: ['json', 'application/json'],
  pickle: ['pickle', 'application/x-python-serialize'],
} as const;

export const messagesRules: readonly Rule[] = [
  {
    what: 'workers read what producers write',
    of: ({ messages: { serializer, accept } }) =>
      unless(
        NAMES[serializer].some((name) => accept.includes(name)),
        () => ({
          path: ['messages', 'accept'],
          wanted: `hold ${show(serializer)}, which this tenant's producers write`,
          got: show(accept),
          fix: `add ${show(serializer)} or change serializer`,
        }),
      ),
  },
];
