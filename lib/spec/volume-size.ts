// How large the volume of a Redis has to be for what its memory may hold.

import { bytes, memoryText } from './units';
import type { Memory } from './units';

/**
 * Times the memory limit. At 15,000 writes a second, a Redis 7.0 at its maxmemory took 5.1 times that, 3.6 times the
 * limit, on its disk: the append-only file at twice its size, the one that replaces it, what was written meanwhile, and a
 * snapshot.
 */
const TIMES = 4;

const leastBytes = (limit: Memory): number => TIMES * bytes(limit);

export const leastStorage = (limit: Memory): Memory => memoryText(leastBytes(limit));

export const holdsData = (storage: Memory, limit: Memory): boolean => bytes(storage) >= leastBytes(limit);

/** In powers of two: a claim grows by hand, so it must not change with each change of the memory. */
export const defaultStorage = (least: Memory, limit: Memory): Memory =>
  holdsData(least, limit) ? least : memoryText(2 ** Math.ceil(Math.log2(leastBytes(limit))));
