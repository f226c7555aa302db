"""Answers of pool processes that are longer than their pipe (64 KiB: tracebacks of a result that could not be stored).

Half of one is all that is there for a moment, and a worker that loses its connection just then, or ends, begins to
read in the middle: it takes what comes for lengths, hears nothing of that process again, and in the end takes no message.
The signal of a soft limit does the same: it comes from the parent, which may have been kept (by a Redis that is away)
while the task ended, and cuts the answer short. A hard limit would end such a process, but with a connection Celery
before 5.7 forgets limits, before 5.6 tasks too.
"""
import contextlib
import functools
import select
import signal
import time

from celery import VERSION

HALF = 1000  # ms: a process that has begun to answer goes on at once, unless somebody stops it


def recv_message(was):
    """In the worker: reads an answer whole, once it has begun."""
    def recv_message(handler, add_reader, fd, *args, **kwargs):
        more = select.poll()
        more.register(fd, select.POLLIN)
        for _ in was(handler, add_reader, fd, *args, **kwargs):
            if not more.poll(HALF):
                yield

    return recv_message


def workloop(was):
    """In a process of the pool: the signal of a soft limit counts from a task's ACK to its READY."""
    from billiard import pool

    def answer(put, message):
        with contextlib.suppress(pool.SoftTimeLimitExceeded):  # it came just now: too late
            signal.signal(pool.SIG_SOFT_TIMEOUT, signal.SIG_IGN)
        signal.signal(pool.SIG_SOFT_TIMEOUT, signal.SIG_IGN)
        put(message)
        if message[0] == pool.ACK:
            signal.signal(pool.SIG_SOFT_TIMEOUT, pool.soft_timeout_sighandler)

    def workloop(worker, *args, **kwargs):
        worker.outq.put = functools.partial(answer, worker.outq.put)
        return was(worker, *args, **kwargs)

    return workloop


def renew_limits(consumer):
    if VERSION >= (5, 7):
        return
    for job in list(getattr(consumer.pool._pool, "_cache", {}).values()):
        if job._time_accepted and not job.ready():
            ran = time.monotonic() - job._time_accepted
            soft = job._soft_timeout and job._soft_timeout - ran
            hard = job._timeout and max(job._timeout - ran, 0.1)
            job._on_timeout_set(job, soft if soft and soft > 0 else None, hard)
