"""What celery-exporter does with its broker (its src/exporter.py), and RedBeat's entries made by an app's own code."""
import os
import threading
import time

for name in [name for name in os.environ if name.startswith(("CELERY_", "STALK_"))]:
    del os.environ[name]  # a program of its own knows nothing but the URL

from celery import Celery  # noqa: E402
from celery.contrib.testing.worker import start_worker  # noqa: E402
from celery.schedules import schedule  # noqa: E402
from redbeat import RedBeatSchedulerEntry  # noqa: E402
from tried import PREFIX, URL, tried  # noqa: E402

options = {"global_keyprefix": PREFIX, "fanout_prefix": "/0."} if PREFIX else {}
app = Celery("exported", broker=URL, backend=URL, loader="default")
app.conf.update(
    broker_transport_options=options,
    result_backend_transport_options=options,
    worker_send_task_events=True,
    task_send_sent_event=True,
    task_default_queue="exported",
    worker_hijack_root_logger=False,
    redbeat_redis_url=URL,
    redbeat_key_prefix=f"{PREFIX}redbeat:",
)


@app.task(name="exported.add")
def add(one, two):
    return one + two


def exporter():
    """celery-exporter: events, `inspect`, queue lengths"""
    seen = []
    failed = []

    def capture():
        try:
            with app.connection() as connection:
                handlers = {"*": lambda event: seen.append(event["type"])}
                app.events.Receiver(connection, handlers=handlers).capture(limit=None, timeout=None, wakeup=True)
        except Exception as error:
            failed.append(error)

    threading.Thread(target=capture, daemon=True).start()
    with start_worker(app, perform_ping_check=False, shutdown_timeout=20), app.connection() as connection:
        asked = app.control.inspect(timeout=1)
        until(asked.stats)
        until(lambda: failed or (add.delay(1, 2).get(timeout=10) == 3 and "task-succeeded" in seen))
        if failed:
            raise failed[0]
        queues = asked.active_queues()
        assert [queue["name"] for found in queues.values() for queue in found] == ["exported"]
        assert connection.default_channel.client.llen("exported") == 0


def until(holds):
    deadline = time.time() + 20
    while not holds():
        assert time.time() < deadline


def entries():
    """celery-redbeat: entries from the app's code"""
    entry = RedBeatSchedulerEntry("hourly", "exported.add", schedule(3600), args=[1, 2], app=app).save()
    found = RedBeatSchedulerEntry.from_key(entry.key, app=app)
    assert found.schedule.run_every.total_seconds() == 3600
    found.reschedule()
    found.delete()


tried(exporter, entries)
