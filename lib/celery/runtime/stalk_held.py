"""What a pool's workers hold, for the autoscaler: sets of tags beside the tenant's one `unacked`, which every pool shares.

STALK_POOL names the pool, where the autoscaler counts. `unacked.<pool>` are the tasks whose time has come, and
`unacked.<pool>.delayed` those with an eta to come: however many these are, one pod can hold them. A tag stays as long
as its message is in `unacked`, also when its worker is dead, so that the pool has a pod to give it back.
`unacked_pools` are the names of all pools: any worker of the tenant may give back a tag of any pool.
"""
import os
import time

from kombu.transport import virtual
from kombu.utils.json import dumps
from stalk_due import due_at
from stalk_plain import plain_client

POOL = os.environ.get("STALK_POOL")
SOON = 5  # seconds: as often as `come_due` is called, and as KEDA asks
TIDY = 300  # seconds; a pool without tasks keeps its last pod as long
LATER = {}  # eta by tag, of what this process holds


def due(qos, pool=POOL):
    return f"{qos.unacked_key}.{pool}"


def delayed(qos, pool=POOL):
    return f"{due(qos, pool)}.delayed"


def pools(qos):
    return f"{qos.unacked_key}_pools"


def append(qos, message, tag):
    """As kombu does, with the pool's set in the same transaction."""
    info, eta = message.delivery_info, due_at((message.headers or {}).get("eta"))
    comes_later = eta is not None and eta > time.time() + SOON
    with qos.pipe_or_acquire() as pipe:
        pipe.zadd(qos.unacked_index_key, {tag: time.time()})
        pipe.hset(qos.unacked_key, tag, dumps([message._raw, info["exchange"], info["routing_key"]]))
        pipe.sadd((delayed if comes_later else due)(qos), tag)
        pipe.execute()
    if comes_later:
        LATER[tag] = eta
    virtual.QoS.append(qos, message, tag)


def forget(qos, tag, pipe):
    if POOL:
        LATER.pop(tag, None)
        pipe.srem(due(qos), tag).srem(delayed(qos), tag)
    return pipe


def restored(qos, tag, client=None):
    """Given back for a worker that is no more, whatever its pool was."""
    if tag in qos._delivered:
        return
    with qos.channel.conn_or_acquire(client) as client, client.pipeline(transaction=False) as pipe:
        for pool in client.smembers(pools(qos)):
            name = pool.decode() if isinstance(pool, bytes) else pool
            pipe.srem(due(qos, name), tag).srem(delayed(qos, name), tag)
        pipe.execute()


class Count:
    """Keeps the sets true while a worker consumes."""

    def __init__(self, qos):
        self.qos, self.tidied = qos, float("-inf")

    def __call__(self):
        if not POOL:
            return
        self.come_due()
        if time.monotonic() - self.tidied > TIDY:
            self.tidy()
            self.tidied = time.monotonic()

    def come_due(self):
        tags = [tag for tag, eta in list(LATER.items()) if eta <= time.time() + SOON]
        if tags:
            with self.qos.channel.conn_or_acquire() as client, client.pipeline() as pipe:
                pipe.srem(delayed(self.qos), *tags).sadd(due(self.qos), *tags).execute()
            for tag in tags:
                LATER.pop(tag, None)

    def tidy(self):
        """Takes away tags that are in `unacked` no more: of a worker that died between two commands, or without us."""
        prefix = self.qos.channel.global_keyprefix
        with plain_client(self.qos.channel) as plain:
            plain.sadd(prefix + pools(self.qos), POOL)
            sets = {key: plain.smembers(key) for key in (prefix + due(self.qos), prefix + delayed(self.qos))}
            held = set(plain.zrange(prefix + self.qos.unacked_index_key, 0, -1))
            for key, tags in sets.items():
                if stale := tags - held:
                    plain.srem(key, *stale)
