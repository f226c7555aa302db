"""A channel whose connection broke is closed twice: by what lost it, and with the connection.

Where the first attempt fails, the transport does not know its server any more at the second, which ends the worker. What
the channel held is given back when its time is over.
"""


def close(was):
    def close(channel):
        try:
            was(channel)
        except AttributeError:
            if getattr(channel.connection, "client", None):
                raise

    return close
