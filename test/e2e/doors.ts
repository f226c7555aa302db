// Which addresses a pod can connect to.

import { asked } from './kubectl';

export type Address = readonly [host: string, port: number];

/** Tries all at once from a container, named as `kubectl exec` takes it: whether each is open. */
export async function opened(
  from: readonly string[],
  doors: readonly Address[],
): Promise<readonly boolean[]> {
  const code = `import json, socket
from concurrent.futures import ThreadPoolExecutor
def connects(door):
    try: socket.create_connection(door, 3).close(); return True
    except OSError: return False
doors = ${JSON.stringify(doors)}
with ThreadPoolExecutor(len(doors)) as pool: print(json.dumps(list(pool.map(connects, map(tuple, doors)))))`;
  return JSON.parse(await asked('exec', ...from, '--', 'python3', '-c', code)) as boolean[];
}
