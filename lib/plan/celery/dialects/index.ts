// Every dialect by its name: a new one is a file and a line.

import type { ResolvedApp } from '../../../spec';
import { celeryDialect } from './celery';
import type { Dialect } from './dialect';
import { djangoDialect } from './django';
import { paperlessDialect } from './paperless';

const DIALECTS: Readonly<Record<ResolvedApp['dialect'], Dialect>> = {
  celery: celeryDialect,
  django: djangoDialect,
  paperless: paperlessDialect,
};

export const dialectOf = ({ dialect }: ResolvedApp): Dialect => DIALECTS[dialect];
