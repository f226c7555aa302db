"""Who asks workers, or listens to them, leaves nothing in Redis when it is killed.

An asker's answers lie in a list of its own. kombu finds the list by a member of a set, and an asker that is killed takes
back neither. So the list is found by its name, which follows from the asker's, and it expires. What is published to all
is in no list, so that nothing needs to be noted for it either: a worker that was killed would leave a member behind.
"""
import redis
from kombu.utils.json import dumps
from stalk_full import full

LASTS = 60  # seconds: an asker takes its answers at once, kombu's own limit where the asker lives is 10


def answers(exchange):
    return exchange.startswith("reply.") and exchange.endswith(".pidbox")


def put(was):
    def put(channel, queue, message, **kwargs):
        if not answers(queue.partition(".")[2]):
            was(channel, queue, message, **kwargs)
            return
        key = channel.global_keyprefix + channel._q_for_pri(queue, channel._get_message_priority(message, reverse=False))
        with channel.conn_or_acquire() as client, redis.Redis(connection_pool=client.connection_pool).pipeline() as pipe:
            pipe.lpush(key, dumps(message)).expire(key, LASTS).execute()

    return put


def lookup(was):
    def lookup(channel, exchange, routing_key, default=None):
        return [f"{routing_key}.{exchange}"] if answers(exchange) else was(channel, exchange, routing_key, default)

    return lookup


def queue_bind(was):
    def queue_bind(channel, exchange, routing_key, pattern, queue):
        """On a full Redis a binding that is there takes no room."""
        to_all = channel.typeof(exchange).type == "fanout"
        if to_all:
            channel._fanout_queues[queue] = exchange, routing_key.replace("#", "*")
        if to_all or answers(exchange):
            getattr(channel, "_expires", {}).pop(queue, None)  # kombu 5.7 would go on writing these bindings
            return
        try:
            was(channel, exchange, routing_key, pattern, queue)
        except Exception as error:
            if not full(error) or (routing_key or "", pattern or "", queue or "") not in channel.get_table(exchange):
                raise

    return queue_bind
