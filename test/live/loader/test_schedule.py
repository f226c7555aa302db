"""Beat's schedule file is whole after a kill at any moment."""
import pytest
from harness import environment, python

OPEN = """
import json, os, random, select, signal, sys, time
import stalk_celery
from celery import Celery
from celery.beat import PersistentScheduler

app = Celery("shop")
app.conf.result_expires = None  # no entry of Celery's own, which it makes anew at each start
app.conf.beat_schedule = {str(number): {"task": "shop.bill", "schedule": 3600.0} for number in range(20)}
path = os.path.join(os.environ["STALK_RUN"], "celerybeat-schedule.db")
opened = lambda: PersistentScheduler(app, schedule_filename=path)
counts = lambda scheduler: {entry.total_run_count for entry in scheduler.schedule.values()}
"""
KILLED = OPEN + """
def writes(pipe):
    scheduler = opened()
    os.write(pipe, json.dumps(sorted(counts(scheduler))).encode())
    while True:
        for entry in scheduler.schedule.values():
            entry.total_run_count += 1
        scheduler.sync()
        os.write(pipe, b".")

found = []
for _ in range(150):
    ours, theirs = os.pipe()
    if not (child := os.fork()):
        try:
            writes(theirs)
        finally:
            os._exit(1)
    os.close(theirs)
    assert select.select([ours], [], [], 20)[0], "it hangs"
    said = os.read(ours, 100).partition(b".")[0]
    time.sleep(random.random() / 200)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    noted = os.read(ours, 100_000).count(b".") if said else 0
    found.append([json.loads(said or "null"), noted])
print(json.dumps(found))
"""


def test_beat_finds_what_it_noted_after_a_kill_at_any_moment(tmp_path):
    found = python(environment(tmp_path, {}), KILLED)

    noted = 0
    for counts, more in found:
        assert counts is not None, "it does not start again"
        assert len(counts) == 1, "half of a schedule"
        assert counts[0] >= noted
        noted = counts[0] + more


@pytest.mark.parametrize("text", [b"", b"half of something", b"\x80\x04\x95"])
def test_beat_starts_with_a_schedule_file_that_it_cannot_read(text, tmp_path):
    (tmp_path / "celerybeat-schedule.db").write_bytes(text)

    assert python(environment(tmp_path, {}), OPEN + "print(json.dumps(sorted(counts(opened()))))") == [0]
