"""Tasks with an ETA: a worker holds as many as its memory is meant for, and runs what lies behind them."""
import json
import time

from harness import python, until
from place import PREFIX, Place

LIMIT, MANY = 20, 200
SEND = """
import json
from poison_app import add
print(json.dumps([add.apply_async((n, 0), countdown={after}).id for n in range({number})]))
"""
READY = """
import json
from poison_app import app
print(json.dumps(sum(app.AsyncResult(one).ready() for one in json.loads({ids!r}))))
"""
HELD = """
import json
from poison_app import app
print(json.dumps(sum(len(one) for one in app.control.inspect(timeout=3).scheduled().values())))
"""


def test_tasks_behind_many_with_an_eta_run_at_once_and_those_run_when_they_are_due(tmp_path, stopping):
    place = Place(tmp_path, stopping, visible=3600)
    place.pod["STALK_ETA_LIMIT"] = str(LIMIT)
    ids = python(place.pod, SEND.format(after=15, number=MANY))
    due = time.monotonic() + 15
    pool = place.worker()

    behind = place.send("add.delay(1, 1)")
    until(lambda: place.server.admin.exists(f"{PREFIX}celery-task-meta-{behind}"), 12)

    assert time.monotonic() < due
    assert place.server.admin.hlen(f"{PREFIX}unacked") == MANY
    assert python(place.pod, HELD) <= LIMIT + 1
    pool.says("more stay in Redis")
    until(lambda: time.monotonic() > due - 1, 20)
    assert python(place.pod, READY.format(ids=json.dumps(ids))) <= MANY / 2
    until(lambda: python(place.pod, READY.format(ids=json.dumps(ids))) == MANY, 150, 1)
    until(lambda: place.server.admin.hlen(f"{PREFIX}unacked") == place.server.admin.zcard(f"{PREFIX}unacked_index") == 0)
    assert place.letters() == place.server.denials() == []


def test_what_waits_in_redis_for_its_eta_outlives_its_worker(tmp_path, stopping):
    place = Place(tmp_path, stopping, visible=3600)
    place.pod["STALK_ETA_LIMIT"] = "1"
    ids = python(place.pod, SEND.format(after=12, number=6))
    first = place.worker(pool="first")
    until(lambda: place.server.admin.hlen(f"{PREFIX}unacked") == len(ids))

    assert first.stop() == 0
    place.worker(pool="second")

    until(lambda: python(place.pod, READY.format(ids=json.dumps(ids))) == len(ids), 150, 1)
