"""Metrics that a worker and beat count and serve themselves."""
import collections
import contextlib
import importlib.util
import re
import time
import urllib.request

import pytest
from harness import environment, free_port, python, until, worker

SAMPLE = re.compile(r"(\w+)(?:\{(.*)\})? (\S+)")
HAS = importlib.util.find_spec


def lines_of(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        return answer.read().decode().splitlines()


def scrape(port):
    """Numbers by name and labels, as `stalk_tasks_total shop.good succeeded`."""
    found = {}
    for name, labels, number in (SAMPLE.fullmatch(line).groups() for line in lines_of(port) if not line.startswith("#")):
        key = " ".join([name, *re.findall(r'="((?:[^"\\]|\\.)*)"', labels or "")])
        assert key not in found
        found[key] = float(number)
    return found


def counted(port, name):
    """What is not 0, without the name."""
    return {key[len(name) + 1:]: number for key, number in scrape(port).items() if key.startswith(f"{name} ") and number}


def scraped(port):
    """None while nobody answers."""
    with contextlib.suppress(OSError):
        return scrape(port)


def becomes(port, name, expected, seconds=40):
    """Fails with the difference."""
    with contextlib.suppress(AssertionError):
        until(lambda: counted(port, name) == expected, seconds, 0.2)
    assert counted(port, name) == expected


@pytest.fixture
def anyone(server):
    server.admin.execute_command("ACL", "SETUSER", "default", "on", "nopass", "~*", "&*", "+@all")
    server.admin.flushall()
    return server


@pytest.fixture
def pod(anyone, tmp_path):
    """Environment of a worker or beat, and its port."""
    port = free_port()
    settings = {"broker_url": anyone.url(), "worker_lost_wait": 0.1, "task_ignore_result": True}
    return environment(tmp_path, settings, STALK_METRICS=str(port), STALK_SENT="1", STALK_QUEUE="tenant-a",
                       C_FORCE_ROOT="1"), port


def send(env, code):
    return python(env, f"import json, time; from counted_app import *; {code}")


EVERYTHING = """
good.apply_async(exchange="elsewhere", routing_key="x", shadow="forged", declare=[BOUND])
for _ in range(7):
    good.delay()
for task in bad, bad, again, ignored, dropped, report:
    task.delay()
good.apply_async(expires=-10)
app.send_task("shop.unknown")
"""
ENDS = {"shop.good succeeded": 8, "shop.bad failed": 2, "shop.again retried": 2, "shop.again succeeded": 1,
        "shop.ignored ignored": 1, "shop.dropped rejected": 1, "shop.report succeeded": 1, "shop.good revoked": 1,
        "other failed": 1}
RECEIVED = {"shop.good celery": 8, "shop.good other": 1, "shop.bad celery": 2, "shop.again celery": 3,
            "shop.ignored celery": 1, "shop.dropped celery": 1, "shop.report reports": 1, "other celery": 1}
PROCESSES = {"shop.long failed": 1, "shop.dies rejected": 1, "shop.dies succeeded": 1}


@pytest.mark.parametrize("kind", ["prefork", "threads", "solo", "gevent"])
def test_a_worker_counts_each_task_once_however_it_ends(kind, pod, stopping):
    if kind == "gevent" and not HAS("gevent"):
        pytest.skip("without gevent")
    env, port = pod
    processes = ["--max-tasks-per-child=3"] if kind == "prefork" else []
    pool = worker(env, "counted_app", f"--pool={kind}", "--queues=celery,reports", *processes)
    stopping.append(pool)

    send(env, EVERYTHING + ("long.delay(); dies.delay()" if processes else ""))

    ends = {**ENDS, **(PROCESSES if processes else {})}
    becomes(port, "stalk_tasks_total", ends)
    time.sleep(0.5)  # nothing is counted twice
    assert counted(port, "stalk_tasks_total") == ends
    assert counted(port, "stalk_tasks_received_total") == {
        **RECEIVED, **({"shop.long celery": 1, "shop.dies celery": 2} if processes else {})}
    assert counted(port, "stalk_tasks_redelivered_total") == ({"shop.dies celery": 1} if processes else {})
    began = collections.Counter()
    for task, number in ends.items():
        began[task.split()[0]] += 0 if task.endswith((" revoked", "other failed")) else number
    assert counted(port, "stalk_task_runtime_seconds_count") == +began
    assert sum(counted(port, "stalk_task_wait_seconds_count").values()) == sum(began.values())
