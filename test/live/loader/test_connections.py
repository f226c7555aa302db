"""Connections that processes hold at most: what the rule about `maxClients` counts, see test/spec/connections.test.ts."""
import importlib.util
import json
import subprocess
import sys
import time

import pytest
from harness import HERE, celery, free_port, until
from place import Place

COUNTED = json.loads((HERE / "connections.json").read_text())
WEB = """
import threading
from poison_app import add, app
together = threading.Barrier({size})
def serve():
    for _ in range(3):
        together.wait()
        for sent in [add.delay(1, 1) for _ in range(3)]:
            sent.get(60)
        app.control.ping(timeout=1)
threads = [threading.Thread(target=serve) for _ in range({size})]
[one.start() for one in threads]
[one.join() for one in threads]
"""
TASKS = "from poison_app import nested; [one.get(60) for one in [nested.delay() for _ in range({number})]]"


def cases(*pools):
    found = [one for one in COUNTED if one["pool"] in pools]
    return pytest.mark.parametrize("case", found, ids=[f"{one['pool']} {one['size']}" for one in found])


def tenant(tmp_path, stopping, **more):
    """A tenant, and the environment of its processes that are counted: workers have `a`, these `b`."""
    place = Place(tmp_path, stopping, **more)
    place.server.user("b", "b" * 32, "~* &* +@all -acl")
    (tmp_path / "b").write_text("b" * 32)
    return place, {**place.pod, "STALK_USER": "b", "STALK_PASSWORD_FILE": str(tmp_path / "b")}


def most(place, user, running):
    seen = 0
    while running():
        seen = max(seen, sum(client["user"] == user for client in place.server.admin.client_list()))
        time.sleep(0.02)
    return seen


def program(env, code):
    return subprocess.Popen([sys.executable, "-c", code], env=env, cwd=env["STALK_RUN"])


@cases("prefork", "threads", "gevent", "solo")
def test_a_worker_holds_no_more_connections_than_are_counted(case, tmp_path, stopping):
    if case["pool"] == "gevent" and not importlib.util.find_spec("gevent"):
        pytest.skip("gevent is not installed here")
    place, other = tenant(tmp_path, stopping)
    pool = place.worker("-E", f"--pool={case['pool']}", f"--concurrency={case['size']}")

    asks = program(other, TASKS.format(number=6 * case["size"]))
    seen = most(place, "a", lambda: asks.poll() is None)

    assert [asks.returncode, pool.stop()] == [0, 0]
    assert case["most"] / 2 <= seen <= case["most"]


@cases("web")
def test_a_web_process_holds_no_more_connections_than_are_counted(case, tmp_path, stopping):
    place, web = tenant(tmp_path, stopping)
    place.worker()

    serves = program(web, WEB.format(size=case["size"]))
    seen = most(place, "b", lambda: serves.poll() is None)

    assert serves.returncode == 0
    assert case["most"] / 2 <= seen <= case["most"]


@cases("beat", "flower")
def test_beat_and_flower_hold_no_more_connections_than_are_counted(case, tmp_path, stopping):
    schedule = {"often": {"task": "poison_app.add", "schedule": 1, "args": [1, 1]}}
    place, other = tenant(tmp_path, stopping, beat_schedule=schedule)
    place.worker("-E")
    arguments = {"beat": [], "flower": [f"--port={free_port()}", "--address=127.0.0.1"]}[case["pool"]]
    counted = celery({**other, "STALK_CREDENTIALS_IN": "url"}, "poison_app", case["pool"], *arguments)
    stopping.append(counted)
    until(lambda: most(place, "b", iter([True, False]).__next__))

    end = time.monotonic() + 12
    assert 1 <= most(place, "b", lambda: time.monotonic() < end) <= case["most"]
