"""Files that the probes read, and entries of beat from the platform."""
import json

from harness import WORKER, Server, celery, environment, until, worker
from isolation import prefix_rules, prefix_settings


def test_consuming_follows_the_broker_and_ticking_the_scheduler(tmp_path, stopping):
    server = Server(tmp_path / "redis")
    stopping.append(server)
    rules = f"{prefix_rules('tenant:a:')} {WORKER}"
    server.user("a", "b", rules)
    settings = prefix_settings(server.url(), "tenant:a:")
    pod = environment(tmp_path / "worker", settings, user="a", password="b", STALK_QUEUE="tenant-a")
    schedule = {"often": {"task": "stalk.probe", "schedule": 1, "kwargs": {"payload": "hi"}, "options": {"queue": "own"}}}
    beat = environment(tmp_path / "beat", {**settings, "beat_schedule": schedule, "beat_max_loop_interval": 1},
                       user="a", password="b", STALK_QUEUE="tenant-a")
    consuming, ticking = tmp_path / "worker" / "consuming", tmp_path / "beat" / "ticking"
    consuming.touch()
    pool = worker(pod, "plain_app")
    stopping.append(pool)
    until(consuming.exists)
    first = consuming.stat().st_mtime

    stopping.append(celery(beat, "plain_app", "beat"))
    until(ticking.exists)
    until(lambda: server.admin.llen("tenant:a:tenant-a.own"))
    message = json.loads(server.admin.lindex("tenant:a:tenant-a.own", 0))
    assert message["headers"]["task"] == "stalk.probe"
    assert "'payload': 'hi'" in message["headers"]["kwargsrepr"]

    until(lambda: consuming.stat().st_mtime > first)

    server.stop()
    until(lambda: not consuming.exists())
    server.start()
    server.user("a", "b", rules)
    until(consuming.exists, 40)
    assert pool.stop() == 0
    assert not consuming.exists()
    ticked = ticking.stat().st_mtime
    until(lambda: ticking.stat().st_mtime > ticked)


def test_a_cron_of_the_platform_fires_on_the_minute(cron):
    server, beat = cron

    until(lambda: server.admin.llen("beaten"), 61)

    assert beat.process.poll() is None
    message = json.loads(server.admin.lindex("beaten", 0))
    assert message["headers"]["task"] == "stalk.probe"
