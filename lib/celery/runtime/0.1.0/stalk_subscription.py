"""A subscription that breaks ends its connection, and Celery makes a new one."""
from redis.backoff import NoBackoff
from redis.retry import Retry


def subscribe(was):
    def subscribe(channel):
        """Without this redis-py connects again by itself, in the middle of a read, and waits for a message for ever."""
        was(channel)
        if channel.subclient.connection:
            channel.subclient.connection.retry = Retry(NoBackoff(), 0)

    return subscribe
