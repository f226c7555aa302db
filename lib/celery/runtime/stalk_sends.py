"""Sends, tried as often as `task_publish_retry_policy` says, also where Redis answers and is not ready.

kombu tries again as often as it is told to where it cannot connect, but only once, and at once, where what it sends is
refused: by a Redis that loads, or by a replica, until it is a primary or the sentinels name another one. Where the address
of Redis swallows what is sent to it, each try takes up to 20 seconds, and all of them would keep a request for minutes.
"""
import functools
import itertools
import time

from kombu.exceptions import OperationalError
from kombu.transport.redis import Transport

LONGEST = 60  # seconds in which a try may begin


def ensure(was):
    def ensure(connection, thing, send, errback=None, max_retries=None, **policy):
        start, step, longest = (policy.get(f"interval_{name}", 1) for name in ("start", "step", "max"))
        tries, until = itertools.count(), time.monotonic() + LONGEST

        def unless_late(error, interval):
            if max_retries is not None and time.monotonic() > until:
                raise OperationalError(str(error)) from error
            return errback and errback(error, interval)

        @functools.wraps(send)
        def patiently(*args, **kwargs):
            tried = next(tries)
            try:
                return send(*args, **kwargs)
            except connection.recoverable_connection_errors as error:
                away = isinstance(error, connection.connection_errors)  # else Redis answers, and says no
                if tried >= (max_retries if away and max_retries is not None else 1):
                    raise OperationalError(str(error)) from error
                if away:
                    time.sleep(min(start + tried * step, longest))
                raise

        return was(connection, thing, patiently, errback=unless_late, max_retries=max_retries, **policy)

    return ensure


def maybe_declare(was):
    def maybe_declare(producer, entity, retry=False, **policy):
        """kombu tries this again by itself, and then sends what it was for over the channel that it has closed."""
        return was(producer, entity)

    return maybe_declare


def recoverable(_):
    """What kombu takes anyway; where it is said, kombu does not end after one try."""
    return Transport.connection_errors + Transport.channel_errors
