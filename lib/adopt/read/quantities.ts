// Sizes as Kubernetes and Compose write them, in the units of the contract.

import { quantityAsNumber } from '../../cluster/quantity';
import type { Cpu, Duration, Memory } from '../../spec';
import { likelyMemory } from '../../spec/rules/quantities';
import { bytes, cpuText, durationText, memoryText } from '../../spec/units';
import { recordAt, textAt, withoutHoles } from '../pick';
import type { Sizes } from '../facts';

/** `1G` is rounded up to what the contract can write: nothing gets less than it had. */
export function memoryFrom(text: string | undefined): Memory | undefined {
  if (text === undefined) return undefined;
  const count = quantityAsNumber(text);
  return Number.isFinite(count) && count > 0 ? memoryText(count >= MIB ? up(count) : count) : undefined;
}

const MIB = 2 ** 20;
const up = (count: number): number => Math.ceil(count / MIB) * MIB;

export function cpuOf(text: string | undefined): Cpu | undefined {
  if (text === undefined) return undefined;
  const cores = quantityAsNumber(text);
  return Number.isFinite(cores) && cores > 0 ? cpuText(Math.ceil(cores * 1000 - 1e-6)) : undefined;
}

/** `512m`, `512mb` and `0.5g` of Compose and redis.conf, where a letter is a power of 1024; bytes without one. */
export function binaryMemoryOf(text: string | undefined): Memory | undefined {
  if (text === undefined) return undefined;
  return /^\d+$/.test(text.trim()) ? memoryText(up(Number(text))) : likelyMemory(text.replace(/b$/i, ''));
}

export const secondsOfText = (count: number | undefined): Duration | undefined =>
  count === undefined ? undefined : durationText(Math.ceil(count));

/** `resources` of a container. */
export function sizesOf(resources: unknown): Sizes {
  const side = (name: 'requests' | 'limits') =>
    withoutHoles({
      cpu: cpuOf(textAt(resources, name, 'cpu')),
      memory: memoryFrom(textAt(resources, name, 'memory')),
    });
  const devices = Object.entries({ ...recordAt(resources, 'requests'), ...recordAt(resources, 'limits') })
    .filter(([name]) => name.includes('/'))
    .map(([name, count]) => [name, Number(count)] as const);
  return { request: side('requests'), limit: side('limits'), devices: Object.fromEntries(devices) };
}

export const atLeastBytes = (memory: Memory, least: number): Memory =>
  bytes(memory) >= least ? memory : memoryText(least);
