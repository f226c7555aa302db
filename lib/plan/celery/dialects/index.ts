// Every dialect by its name: a new one is a file and a line.

import type { ResolvedApp } from '../../../spec';
import { celery } from './celery';
import type { Dialect } from './dialect';
import { django } from './django';
import { paperless } from './paperless';

const DIALECTS: Readonly<Record<ResolvedApp['dialect'], Dialect>> = { celery, django, paperless };

export const dialectOf = ({ dialect }: ResolvedApp): Dialect => DIALECTS[dialect];
