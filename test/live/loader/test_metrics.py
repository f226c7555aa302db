"""Metrics that a worker and beat count and serve themselves."""
import collections
import contextlib
import importlib.util
import json
import os
import pathlib
import re
import socket
import time
import urllib.error
import urllib.request

import pytest
from harness import HERE, Server, celery, environment, free_port, python, until, worker

CATALOGUE = HERE.parents[2] / "lib" / "observe" / "metrics.ts"
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
        until(lambda: scraped(port) and counted(port, name) == expected, seconds, 0.2)
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
RECEIVED = {"shop.good tenant-a": 8, "shop.good other": 1, "shop.bad tenant-a": 2, "shop.again tenant-a": 3,
            "shop.ignored tenant-a": 1, "shop.dropped tenant-a": 1, "shop.report tenant-a.reports": 1, "other tenant-a": 1}
PROCESSES = {"shop.long failed": 1, "shop.dies rejected": 1, "shop.dies succeeded": 1, "shop.poison rejected": 2,
             "shop.poison failed": 1}
KINDS = {"prefork": "--max-tasks-per-child=3", "threads": "--without-heartbeat", "solo": "--task-events", "gevent": "-E"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_worker_counts_each_task_once_however_it_ends(kind, pod, stopping):
    """Also where Celery sends no events, and where it sends all."""
    if kind == "gevent" and not HAS("gevent"):
        pytest.skip("without gevent")
    env, port = pod
    processes = kind == "prefork"
    pool = worker({**env, "STALK_DELIVERY_LIMIT": "1"}, "counted_app", f"--pool={kind}", "--queues=celery,reports",
                  KINDS[kind])
    stopping.append(pool)

    send(env, EVERYTHING + ("long.delay(); dies.delay(); poison.delay()" if processes else ""))

    ends = {**ENDS, **(PROCESSES if processes else {})}
    becomes(port, "stalk_tasks_total", ends)
    time.sleep(0.5)  # nothing is counted twice
    assert counted(port, "stalk_tasks_total") == ends
    assert counted(port, "stalk_tasks_received_total") == {
        **RECEIVED, **({"shop.long tenant-a": 1, "shop.dies tenant-a": 2, "shop.poison tenant-a": 3} if processes else {})}
    assert counted(port, "stalk_tasks_redelivered_total") == (
        {"shop.dies tenant-a": 1, "shop.poison tenant-a": 2} if processes else {})
    began = collections.Counter()
    for task, number in ends.items():
        began[task.split()[0]] += 0 if task.endswith((" revoked", "other failed", "poison failed")) else number
    assert counted(port, "stalk_task_runtime_seconds_count") == +began
    assert sum(counted(port, "stalk_task_wait_seconds_count").values()) == sum(began.values())


def test_every_family_is_in_the_catalogue_with_its_type_and_labels(pod):
    env, _ = pod
    found = python(env, """
import json, counted_app, stalk_counts, stalk_ticks
families = (*stalk_counts.FAMILIES, stalk_ticks.TICK, stalk_ticks.SENT, stalk_ticks.ERRORS)
print(json.dumps({one.name: [one.kind, list(one.labels)] for one in families}))""")
    text = CATALOGUE.read_text().partition("from('loader', {")[2].partition("\n});")[0]

    wanted = {name: [kind, re.findall(r"\w+", labels)] for name, kind, labels in
              re.findall(r"(stalk_\w+): \[\s*'(\w+)',\s*'[^']+',\s*\[([^]]*)\]", text)}

    assert {name: kind for name, (kind, _) in found.items()} == {name: kind for name, (kind, _) in wanted.items()}
    for name, (_, labels) in wanted.items():
        assert set(labels) <= set(found[name][1]), name


def test_the_text_is_what_prometheus_reads(pod, stopping):
    """Types before samples, registered tasks at 0 from the start, bounds as Prometheus 3 writes them."""
    env, port = pod
    stopping.append(worker(env, "counted_app", "--pool=solo", "--queues=celery,reports", pool="default"))

    lines = until(lambda: [line for line in lines_of(port) if "stalk_task_wait_seconds_count" in line]) and lines_of(port)

    found = scrape(port)
    assert {key for key in found if key.startswith("stalk_tasks_total")} == {
        f"stalk_tasks_total {task} {outcome}" for outcome in ("succeeded", "failed")
        for task in ("stalk.probe", "shop.good", "shop.report", "shop.bad", "shop.again", "shop.ignored", "shop.dropped",
                     "shop.long", "shop.dies", "shop.poison", "shop.never")}
    assert found["stalk_tasks_redelivered_total shop.report tenant-a.reports"] == 0
    assert found["stalk_tasks_received_total shop.bad tenant-a"] == 0
    assert "stalk_tasks_received_total shop.bad tenant-a.reports" not in found
    assert 'stalk_task_wait_seconds_bucket{queue="tenant-a.reports",le="600.0"} 0' in lines
    assert 'stalk_task_wait_seconds_bucket{queue="tenant-a",le="+Inf"} 0' in lines
    assert not [line for line in lines if line.startswith("stalk_beat")]
    assert found["stalk_worker_consuming"] == 1
    assert found["stalk_worker_prefetch"] > 0
    typed = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(typed) == len(set(typed)) == 12


def test_nothing_is_there_where_monitoring_is_off(pod):
    env, _ = pod
    off = {name: value for name, value in env.items() if name not in ("STALK_METRICS", "STALK_SENT")}
    code = """
import json, sys, threading, plain_app
from celery import signals
from stalk_patches import WAS, apply
plain_app.app.finalize(); apply("workers")
print(json.dumps([[name for name in ("stalk_counts", "stalk_ticks") if name in sys.modules], threading.active_count(),
                  [name for name in WAS if "create_request_cls" in name],
                  ["stalk_sent" in str(signals.before_task_publish.receivers)]]))"""

    assert python(off, code) == [[], 1, [], [False]]
    assert python(env, code)[0] == ["stalk_counts", "stalk_ticks"]


MESSAGES = """
calls = {"json": {}, "pickle": {"serializer": "pickle"}, "late": {"countdown": 900}, "first": {"priority": 9},
         "small": {"compression": "zlib"}, "headed": {"headers": {"stalk_sent": 1, "x": '"stalk_sent": 2'}}}
before = time.time()
for name, options in calls.items():
    good.apply_async((f'"stalk_sent": 3 {name}',), queue=name, **options)
app.conf.task_protocol = 1
good.apply_async(queue="old")
chord = __import__("celery").chord
chord([report.s(), report.s()], report.s().set(queue="then"))
print(json.dumps([before, time.time(), [*calls, "old"]]))
"""


def test_a_message_says_when_it_was_sent_as_the_exporter_of_queues_looks_for_it(pod, anyone):
    env, _ = pod

    before, after, queues = send(env, MESSAGES)

    for queue in queues:
        [message] = [anyone.admin.lindex(key, -1) for key in anyone.admin.scan_iter(f"tenant-a.{queue}*")]
        sent = re.match(r" ?([0-9.]+)", message[message.find('"stalk_sent":') + len('"stalk_sent":'):]).group(1)
        assert before - 0.01 <= float(sent) <= after + 0.01, queue
        assert json.loads(message)["headers"]["stalk_sent"] == float(sent)
    send({name: value for name, value in env.items() if name != "STALK_SENT"}, "good.apply_async(queue='plain')")
    assert "stalk_sent" not in anyone.admin.lindex("tenant-a.plain", -1)


def test_the_wait_of_a_task_begins_when_it_is_sent_or_due(pod, stopping):
    """What a sender makes up is no time; a clock that is ahead makes no wait below 0."""
    env, port = pod
    stopping.append(worker(env, "counted_app", "--queues=celery,reports", "--pool=threads", "--concurrency=8"))
    send({name: value for name, value in env.items() if name != "STALK_SENT"}, "good.delay()")

    send(env, """
from celery import signals
app.loader  # stamps first
@signals.before_task_publish.connect(weak=False)
def forged(headers, **_):
    headers["stalk_sent"] = made_up
for made_up in "now", float("nan"), float("inf"), True, time.time() + 900, time.time() - 100:
    good.delay()
good.apply_async(countdown=1)
signals.before_task_publish.disconnect(forged)
app.conf.task_protocol = 1
good.delay()""")

    becomes(port, "stalk_tasks_total", {"shop.good succeeded": 9})
    found = scrape(port)
    assert found["stalk_task_wait_seconds_count tenant-a"] == 4
    assert found["stalk_task_wait_seconds_bucket tenant-a 60.0"] == 3
    assert 100 <= found["stalk_task_wait_seconds_sum tenant-a"] < 300


def test_a_retry_is_sent_anew(pod, stopping):
    env, port = pod
    stopping.append(worker(env, "counted_app", "--queues=celery", "--pool=solo"))

    send(env, "again.delay()")

    becomes(port, "stalk_tasks_total", {"shop.again retried": 2, "shop.again succeeded": 1})
    found = scrape(port)
    assert found["stalk_task_wait_seconds_count tenant-a"] == 3
    assert found["stalk_tasks_received_total shop.again tenant-a"] == 3


def inodes(pid):
    for entry in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            yield os.readlink(entry)


def children(pid):
    return pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def test_a_process_of_the_pool_holds_neither_the_port_nor_a_scrape(pod, stopping):
    env, port = pod
    pool = worker(env, "counted_app", "--max-tasks-per-child=1", "--concurrency=2")
    stopping.append(pool)
    until(lambda: scraped(port))
    table = "".join(pathlib.Path(f"/proc/net/{kind}").read_text() for kind in ("tcp", "tcp6"))
    rows = [line.split() for line in table.splitlines()]
    [listening] = [row[9] for row in rows if row[1].endswith(f":{port:04X}") and row[3] == "0A"]
    before = set(children(pool.process.pid))

    with socket.create_connection(("127.0.0.1", port)) as slow:  # is being served while processes are forked
        send(env, "[good.delay() for _ in range(4)]")
        until(lambda: len(children(pool.process.pid)) == 2 and not before & set(children(pool.process.pid)))
        assert slow.recv(1) == b""

    assert f"socket:[{listening}]" in set(inodes(pool.process.pid))
    for child in children(pool.process.pid):
        until(lambda child=child: f"socket:[{listening}]" not in set(inodes(child)))  # it may have been forked just now
    becomes(port, "stalk_tasks_total", {"shop.good succeeded": 4})


def test_a_port_that_is_taken_is_said_once_and_taken_when_it_is_free(pod, stopping):
    env, port = pod
    with socket.create_server(("", port)):
        pool = worker(env, "counted_app", "--pool=solo")
        stopping.append(pool)
        send(env, "good.delay()")
        pool.says("shop.good")
        pool.says("succeeded")
        time.sleep(3)
        assert pool.output.count("metrics: ") == pool.output.count(f"metrics: port {port}: ") == 1

    becomes(port, "stalk_tasks_total", {"shop.good succeeded": 1})


def ask(port, text):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client, contextlib.suppress(ConnectionError):
        client.sendall(text)
        return client.recv(100)


def test_a_scrape_that_breaks_hurts_neither_the_worker_nor_the_next_one(pod, stopping):
    env, port = pod
    pool = worker(env, "counted_app", "--pool=solo")
    stopping.append(pool)
    until(lambda: scraped(port))

    assert ask(port, b"POST /metrics HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.1 404 ")
    assert ask(port, b"GET / HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.1 404 ")
    for text in (b"", b"GET /metrics HTTP/1.1\r\n", b"\0" * 100, b"x" * 100_000, b"\r\n\r\n"):
        assert not (ask(port, text) or b"").startswith(b"HTTP/1.1 200")
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(b"GET /metrics?x=1 HTTP/1.0\r\n\r\n")  # and does not read
    send(env, "good.delay()")

    becomes(port, "stalk_tasks_total", {"shop.good succeeded": 1})
    assert "metrics: " not in pool.output


def test_what_goes_wrong_in_counting_is_said_once_and_keeps_no_task_from_its_work(pod, stopping):
    env, port = pod
    pool = worker({**env, "MISCOUNT": "1"}, "counted_app", "--pool=solo")
    stopping.append(pool)

    send(env, "[good.delay() for _ in range(3)]; bad.delay()")

    until(lambda: pool.output.count("succeeded in") == 3 and "raised unexpected" in pool.output)
    until(lambda: scraped(port))
    assert pool.output.count("metrics: ended: RuntimeError('miscounts'); tasks are not affected") == 1


def test_a_worker_tells_the_truth_while_its_broker_is_away(tmp_path, stopping):
    server, port = Server(tmp_path / "redis"), free_port()
    stopping.append(server)
    server.admin.execute_command("ACL", "SETUSER", "default", "on", "nopass", "~*", "&*", "+@all")
    env = environment(tmp_path / "pod", {"broker_url": server.url()}, STALK_METRICS=str(port), C_FORCE_ROOT="1")
    server.stop()
    stopping.append(celery(env, "counted_app", "worker", "--without-gossip", "--without-mingle", "--concurrency=1"))

    found = until(lambda: scraped(port))
    assert (found["stalk_worker_consuming"], found["stalk_worker_reconnects_total"]) == (0, 0)
    assert "stalk_worker_prefetch" not in found

    for times in (0, 1):
        server.start()
        server.admin.execute_command("ACL", "SETUSER", "default", "on", "nopass", "~*", "&*", "+@all")
        until(lambda: scrape(port)["stalk_worker_consuming"] == 1, 40)
        assert scrape(port)["stalk_worker_reconnects_total"] == times
        server.stop()
        until(lambda: scrape(port)["stalk_worker_consuming"] == 0, 40)


@pytest.mark.parametrize(("kind", "active", "seconds", "consumes"), [
    ("prefork", 0, 29, 1), ("prefork", 1, 31, 0), ("solo", 0, 31, 0), ("solo", 1, 89, 1), ("solo", 1, 91, 0)])
def test_a_worker_that_has_not_looked_for_its_broker_is_deaf(kind, active, seconds, consumes, pod):
    env, _ = pod

    assert python({**env, "STALK_LONGEST_TASK": "60"}, f"""
import time, types, counted_app, stalk_counts as counts
pool = types.SimpleNamespace(__module__="celery.concurrency.{kind}")
counts.queues.consumer = types.SimpleNamespace(
    controller=types.SimpleNamespace(pool_cls=pool), task_consumer=types.SimpleNamespace(queues=["celery"]))
counts.state = types.SimpleNamespace(active_requests=[0] * {active})
assert counts.consuming() == 0
counts.touched["consuming"] = time.monotonic() - {seconds}
print(counts.consuming())""") == consumes


BEATS = {"file": "celery.beat:PersistentScheduler", "database": "django_celery_beat.schedulers:DatabaseScheduler",
         "redbeat": "redbeat.RedBeatScheduler"}


@pytest.mark.parametrize("kind", BEATS)
def test_beat_counts_what_it_sends_under_each_scheduler(kind, pod, stopping):
    if not HAS(BEATS[kind].partition(".")[0]):
        pytest.skip(f"without {kind}")
    env, port = pod
    if kind == "database":
        python(env, "import beaten_app; from django.core import management; management.call_command('migrate', verbosity=0)")
    beat = celery(env, "beaten_app", "beat", f"--scheduler={BEATS[kind]}", "--max-interval=1", "--loglevel=INFO")
    stopping.append(beat)

    until(lambda: beat.process.poll() is None and (scraped(port) or {}).get("stalk_beat_sent_total often", 0) > 1
          and scrape(port).get("stalk_beat_errors_total broken", 0) > 1, 40)

    found, now = scrape(port), time.time()
    assert now - 5 < found["stalk_beat_last_tick_timestamp_seconds"] <= now
    assert found["stalk_beat_errors_total often"] == found["stalk_beat_sent_total broken"] == 0
    assert found["stalk_beat_sent_total hourly"] == found["stalk_beat_errors_total hourly"] == 0
    assert not [key for key in found if not key.startswith("stalk_beat_")]
    assert found["stalk_beat_sent_total often"] <= beat.output.count("Sending due task often") + 1


def test_entries_beyond_a_thousand_are_other(pod):
    env, _ = pod

    assert python(env, """
import counted_app, json, stalk_ticks as ticks
names = {ticks.known(str(number)) for number in range(5000)}
print(json.dumps([len(names), len(list(ticks.SENT.lines())), ticks.known("7"), ticks.known("7000")]))
""") == [1001, 1001, "7", "other"]
