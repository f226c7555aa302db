// A union of the contract and the form of it hold the same values: `npm run types` fails where one has more.

import type { Tenant, WorkerPool } from '../../lib/spec';
import { oneOf, whole } from '../../lib/spec/rules/kinds';
import { record, when } from '../../lib/spec/rules/shapes';

type Pool = NonNullable<WorkerPool['pool']>;

const pools = oneOf('prefork', 'threads', 'gevent', 'solo');

record<{ readonly pool?: Pool }>({ pool: pools });

// @ts-expect-error a value that the form does not know
record<{ readonly pool?: Pool | 'eventlet' }>({ pool: pools });

// @ts-expect-error a value that the type does not know
record<{ readonly pool?: Pool }>({ pool: oneOf('prefork', 'threads', 'gevent', 'solo', 'eventlet') });

// @ts-expect-error a prop without a form
record<{ readonly pool?: Pool; readonly prefetch?: number }>({ pool: pools });

// @ts-expect-error a form without a prop
record<{ readonly pool?: Pool }>({ pool: pools, prefetch: whole(1) });

// @ts-expect-error a form of another type
record<{ readonly delivery?: Tenant['delivery'] }>({ delivery: pools });

// @ts-expect-error half of a union
record<{ readonly timeLimit: string | number }>({ timeLimit: whole(1) });

test('a value of two forms is of both types', () => {
  const either = when((value) => typeof value === 'string', pools, whole(1));
  const form = record<{ readonly pool?: Pool | number }>({ pool: either });

  expect(form({ pool: 2 })).toEqual([]);
  expect(form({ pool: 'eventlet' })).toHaveLength(1);
});
