"""What beat counts for its metrics, under every scheduler: when it ticked, and what it sent."""
import time

from celery import signals
from stalk_metrics import Family, Gauge, harmless, serve

SENT = Family("stalk_beat_sent_total", "Tasks that beat sent, by entry of its schedule", "entry")
ERRORS = Family("stalk_beat_errors_total", "Sends that failed, by entry of beat's schedule", "entry")
MOST = 1000  # entries: a database may hold any number, and get new ones all the time
ticked = []
TICK = Gauge("stalk_beat_last_tick_timestamp_seconds", "When beat last looked at its schedule",
             lambda: ticked[0] if ticked else None)


def known(name):
    """The entry's name as a label, at 0 where it is new."""
    name = name if (name,) in SENT or len(SENT) < MOST else "other"
    SENT.start(name)
    ERRORS.start(name)
    return name


@harmless
def look(scheduler):
    """Celery's scheduler and that of django-celery-beat have a copy; RedBeat's own would cost Redis a question."""
    ticked[:] = [time.time()]
    for name in scheduler.old_schedulers or {}:
        if (name,) not in SENT:
            known(name)


@harmless
def count(family, entry):
    family[(known(entry.name),)].add()


@signals.beat_init.connect(weak=False, dispatch_uid="stalk_ticks")
def begin(sender, **_):
    scheduler = sender.scheduler
    tick, apply_async = scheduler.tick, scheduler.apply_async

    def ticks(*args, **kwargs):
        result = tick(*args, **kwargs)
        look(scheduler)
        return result

    def sends(entry, *args, **kwargs):
        try:
            result = apply_async(entry, *args, **kwargs)
        except Exception:
            count(ERRORS, entry)
            raise
        count(SENT, entry)
        return result

    scheduler.tick, scheduler.apply_async = ticks, sends
    for name in sender.app.conf.beat_schedule or {}:
        known(name)
    serve((TICK, SENT, ERRORS))
