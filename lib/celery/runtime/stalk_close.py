"""A channel whose connection is gone is used once more: by what closes it a second time, and by a task that ends later.

Its transport does not know its server any more then. That is a lost connection like any other, which a worker bears; as
an AttributeError it would end the worker. What the channel held is given back when its time is over, or said again on
the next one (`stalk_unacked`).
"""
from redis.exceptions import ConnectionError as Lost


def connparams(was):
    def connparams(channel, *args, **kwargs):
        if getattr(channel.connection, "client", None) is None:
            raise Lost("the connection of this channel is closed")
        return was(channel, *args, **kwargs)

    return connparams


def close(was):
    def close(channel):
        try:
            was(channel)
        except Lost:
            if getattr(channel.connection, "client", None):
                raise

    return close
