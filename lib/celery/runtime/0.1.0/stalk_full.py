"""A Redis at its maxmemory: a worker must be able to start, to say what is done, and to take what waits.

A full Redis refuses everything inside of MULTI, and outside of it only what takes room. A worker makes room.
"""


def full(error):
    return "maxmemory" in str(error)


def unless_full(was):
    """What can wait must not end the connection of a worker that makes room."""
    def call(*args, **kwargs):
        try:
            return was(*args, **kwargs)
        except Exception as error:
            if not full(error):
                raise

    return call


def remove_from_indices(_):
    def remove_from_indices(qos, tag, pipe=None):
        """Without the note its place in the index is nothing; the other way round it would stay for ever."""
        if pipe is None:
            with qos.channel.conn_or_acquire() as client:
                pipe = client.pipeline(transaction=False)
        return pipe.hdel(qos.unacked_key, tag).zrem(qos.unacked_index_key, tag)

    return remove_from_indices


def size(_):
    def size(channel, queue):
        with channel.conn_or_acquire() as client, client.pipeline(transaction=False) as pipe:
            for priority in channel.priority_steps:
                pipe.llen(channel._q_for_pri(queue, priority))
            return sum(pipe.execute())

    return size


def queue_bind(was):
    def queue_bind(channel, exchange, routing_key, pattern, queue):
        """A binding that is there takes no room; what is sent to all needs none."""
        try:
            was(channel, exchange, routing_key, pattern, queue)
        except Exception as error:
            if not full(error):
                raise
            known = (routing_key or "", pattern or "", queue or "")
            if channel.typeof(exchange).type != "fanout" and known not in channel.get_table(exchange):
                raise

    return queue_bind
