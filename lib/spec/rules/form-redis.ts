// Forms of which Redis is asked for, and what people write there instead.

import { show } from './finding';
import { BROKERS } from './form-guesses';
import { formBy, hinted, impossible } from './kind';
import type { Form, Hint } from './kind';
import { oneOf } from './kinds';
import { isRecord } from '../../kube/json';
import { recordOf, when } from './shapes';

const TOPOLOGIES = ['standalone', 'replicated', 'sentinel', 'external'] as const;

export const topology = hinted(oneOf(...TOPOLOGIES), BROKERS);

export const noCluster = impossible<'cluster'>({
  wanted: "be a Redis that carries Celery's messages: Celery cannot follow the slots of a cluster",
  fix: 'use "replicated" for copies, or several "standalone" brokers for more room',
});

const hasIssuer = (value: unknown): boolean => isRecord(value) && 'issuer' in value;

/** Nobody here can make a certificate for the Redis of somebody else. */
export const foreignTlsOr = <T>(tls: Form<T>): Form<T> =>
  when(
    hasIssuer,
    recordOf<never>(
      {
        issuer: impossible({
          wanted: 'be left out for a Redis that somebody else runs, who has its certificate already',
          fix: 'write secret, the name of a Secret whose ca.crt verifies it',
        }),
      },
      'issuer',
    ),
    tls,
  );

/** A text where a record belongs: a topology, a URL, the name of another message broker. */
const notARecord: Hint = (value) => {
  if (typeof value !== 'string') return undefined;
  if ((TOPOLOGIES as readonly string[]).includes(value)) return `write { topology: ${show(value)} }`;
  if (/^(rediss?|unix|sentinel):/i.test(value))
    return 'write { topology: "external", host, cidrs, username }; the password comes from a Secret';
  return BROKERS(value);
};

export const redisRecord = <T>(form: Form<T>): Form<T> => {
  const noRecord = hinted(recordOf<T>({}), notARecord);
  return formBy((value) => (isRecord(value) ? form : noRecord)(value), form.shape, form.schema);
};
