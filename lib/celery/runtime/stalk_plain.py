"""A client of the broker that takes keys as they are: kombu's own puts the prefix before those of some commands only."""
import contextlib

import redis


@contextlib.contextmanager
def plain_client(channel):
    """Over a connection of kombu's pool."""
    with channel.conn_or_acquire() as client:
        yield redis.Redis(connection_pool=client.connection_pool)
