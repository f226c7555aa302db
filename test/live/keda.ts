/** What KEDA and its autoscaler would do with a rendered ScaledObject: the same script, the same user, the same sum. */
import type { Json, Synth } from '../support/synth';
import type { LiveRedis } from './isolation/redis';

/**
 * The script of KEDA's redis scaler.
 * @see https://github.com/kedacore/keda/blob/main/pkg/scalers/redis_scaler.go
 */
export const KEDA = `local listName = KEYS[1]
local listType = redis.call('type', listName).ok
if listType == 'zset' then return redis.call('zcard', listName)
elseif listType == 'set' then return redis.call('scard', listName)
elseif listType == 'hash' then return redis.call('hlen', listName)
elseif listType == 'list' or listType == 'none' then return redis.call('llen', listName)
else return redis.error_reply('ERR unsupported key type: ' .. listType) end`;

/** Pods that it would want of a Deployment now. */
export async function wanted(objects: Synth, deployment: string, redis: LiveRedis): Promise<number> {
  const { spec } = objects.byKind('ScaledObject', deployment);
  const { formula, target, activationTarget } = spec.advanced.scalingModifiers;
  const value = sumOf(formula, await lengths(objects, spec.triggers, redis));
  if (value <= Number(activationTarget)) return spec.minReplicaCount;
  return Math.min(spec.maxReplicaCount, Math.max(1, spec.minReplicaCount, Math.ceil(value / Number(target))));
}

async function lengths(
  objects: Synth,
  triggers: readonly Json[],
  redis: LiveRedis,
): Promise<ReadonlyMap<string, number>> {
  const connection = await redis.as(objects.byKind('ConfigMap', 'celery-settings').data['scaler-user']);
  const found = new Map<string, number>();
  for (const { name, metadata } of triggers) {
    await connection.send('SELECT', metadata.databaseIndex);
    const length = await connection.send('EVAL', KEDA, '1', metadata.listName);
    if (typeof length !== 'number') throw new Error(`${metadata.listName}: ${String(length)}`);
    found.set(name, length);
  }
  return found;
}

/** Of names, and of the least of a name and a number, as far as formulas of ours go. */
function sumOf(formula: string, values: ReadonlyMap<string, number>): number {
  return formula.split(' + ').reduce((sum, term) => {
    const [, bounded, most] = /^min\((\w+), (\d+\.\d+)\)$/.exec(term) ?? [];
    const value = values.get(bounded ?? term);
    if (value === undefined) throw new Error(`${formula}: there is no ${term}`);
    return sum + Math.min(value, most === undefined ? Infinity : Number(most));
  }, 0);
}
