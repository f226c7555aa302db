"""Health files that the probes read: `consuming` (worker), `ticking` (beat), `alive` (both, also without a broker)."""
import contextlib
import functools
import os
import pathlib
import sys
import time

from celery import bootsteps, signals
from celery.utils.log import get_logger
from stalk_full import unless_full
from stalk_held import Count
from stalk_leases import renew
from stalk_pool import renew_limits
from stalk_replacements import POOL, WORKER
from stalk_term import listen
from stalk_unacked import catch_up, note
from stalk_versions import introduce

RUN = pathlib.Path(os.environ.get("STALK_RUN", "/run/stalk"))
touched = {}  # when, by name, on the clock that nobody sets; what is gone is not there


def writable_or_exit():
    if not os.access(RUN, os.W_OK):
        print(f"STALK_RUN: cannot write to {RUN}", file=sys.stderr, flush=True)
        os._exit(78)


def touch(*names):
    """Never raises: Celery takes an OSError for a lost broker and reconnects for ever. A stale file fails the probe."""
    try:
        for name in names:
            touched[name] = time.monotonic()
            (RUN / name).touch()
    except OSError as error:
        get_logger(__name__).error("health file: %s", error)


def remove(name):
    touched.pop(name, None)
    with contextlib.suppress(OSError):
        (RUN / name).unlink(missing_ok=True)


def tell(connection, tries):
    """Calls `tries` at each try to reach the broker, to connect or to publish."""
    ensure = connection._ensure_connection  # not the public one: what is published, heartbeats too, tries by this

    def ensure_connection(*args, callback=None, **kwargs):
        def called():
            tries()
            return callback and callback()

        return ensure(*args, callback=called, **kwargs)

    connection._ensure_connection = ensure_connection
    return connection


APART = 30  # seconds: kombu's longest pause between two tries; a gevent worker goes on touching its files meanwhile


class Consuming(bootsteps.StartStopStep):
    """Touches `consuming` while this worker has a broker connection, and `alive` also while it looks for one."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, consumer, **kwargs):
        self.timer = None
        introduce(consumer.app, WORKER, POOL)
        listen()
        writable_or_exit()
        self.stop(consumer)
        ensure = consumer.ensure_connected
        consumer.ensure_connected = lambda connection: ensure(tell(connection, self.seeks))
        super().__init__(consumer, **kwargs)

    def start(self, consumer):
        self.qos = consumer.task_consumer.channel.qos
        self.count = unless_full(Count(self.qos))
        catch_up(self.qos)
        renew_limits(consumer)
        self.sought = float("-inf")
        self.beat()
        self.timer = consumer.timer.call_repeatedly(5.0, self.beat)

    def beat(self):
        note(self.qos)
        renew(self.qos)
        self.count()
        touch("alive")
        if time.monotonic() - self.sought > APART:
            touch("consuming")

    def seeks(self):
        self.sought = time.monotonic()
        remove("consuming")
        touch("alive")

    def stop(self, consumer):
        if self.timer:
            getattr(self.timer, "entry", self.timer).cancel()  # gevent gives its first greenlet, not what repeats
        remove("consuming")

    shutdown = stop


@signals.beat_init.connect
def ticking(sender, **kwargs):
    introduce(sender.app)
    listen()
    writable_or_exit()
    remove("ticking")
    scheduler, tick = sender.scheduler, sender.scheduler.tick
    ticks = functools.partial(touch, "ticking", "alive")
    tell(scheduler.connection, ticks)
    scheduler.tick = lambda *args, **kwargs: (tick(*args, **kwargs), ticks())[0]
