// How long a broker kept a client waiting, as the tenant's web side feels it.

import { python, subject } from '../e2e/cluster';

export interface Pause {
  readonly pings: number;
  /** Of the answer that took longest, a new connection among them. */
  readonly longestMs: number;
}

const STOP = '/tmp/enough';

/** A ping every five milliseconds; three minutes at most, where nobody comes to stop it. */
const probeOf = (app: string): string => `${app}
import json, os, time
broker = app.connection_for_write().default_channel.client
broker.ping()
pings = longest = 0
end = time.monotonic() + 180
while not os.path.exists("${STOP}") and time.monotonic() < end:
    began = time.monotonic()
    broker.ping()
    longest = max(longest, time.monotonic() - began)
    pings += 1
    time.sleep(0.005)
os.path.exists("${STOP}") and os.remove("${STOP}")
print(json.dumps({"pings": pings, "longestMs": round(longest * 1000)}))`;

/** Longest pause of the tenant's broker while something is done; a ping that fails fails this. */
export async function pauseDuring(tenant: string, work: () => Promise<unknown>): Promise<Pause> {
  const { app } = subject(tenant);
  const probe = python(tenant, probeOf(app));
  try {
    await work();
  } finally {
    await python(tenant, `open("${STOP}", "w")`);
  }
  return JSON.parse(await probe) as Pause;
}
