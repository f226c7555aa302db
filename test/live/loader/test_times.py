"""Times of the app's own: what is said about them, and what becomes of their messages."""
import os
import signal
import time
from collections import Counter

import kombu
import pytest
from harness import Server, environment, python, until, worker

RESTORES = pytest.mark.skipif(kombu.VERSION[:2] < (5, 7), reason="older kombu looks for lost messages every 100 s")


@pytest.fixture
def place(tmp_path, stopping):
    """A Redis without users, and a pod with a short visibility timeout and short times."""
    server = Server(tmp_path / "redis")
    stopping.append(server)
    server.admin.execute_command("ACL", "SETUSER", "default", "on", "nopass", "~*", "&*", "+@all")

    def pod(name="pod", visibility=10, **times):
        options = {"visibility_timeout": visibility, "unacked_restore_interval": 1}
        settings = {"broker_url": server.url(), "task_acks_late": True, "task_reject_on_worker_lost": True,
                    "task_ignore_result": True, "broker_transport_options": options}
        return environment(tmp_path / name, settings, **{f"STALK_LONGEST_{key}": str(s) for key, s in times.items()})

    return server, pod


def said(output):
    return [line.partition("stalk-times: ")[2] for line in output.splitlines() if "stalk-times: " in line]


def begun(env):
    file = os.path.join(env["STALK_RUN"], "begun")
    return Counter(open(file).read().split()) if os.path.exists(file) else Counter()


def sends(env, code):
    """What a producer logs."""
    log = "import io, json, logging; log = io.StringIO(); logging.basicConfig(stream=log); from times_app import *; "
    return said(python(env, f"{log}{code}; print(json.dumps(log.getvalue()))"))


def test_a_worker_says_once_what_its_tasks_take_beyond_the_contract(place, stopping):
    _, pod = place
    env = pod(visibility=39, DELAY=1)

    stopping.append(pool := worker(env, "times_app", "--time-limit=2", "--prefetch-multiplier=2", pool="default"))

    lines = sorted(until(lambda: len(said(pool.output)) >= 4 and said(pool.output)))
    with open(os.path.join(env["STALK_RUN"], "times")) as notes:
        assert sorted(notes.read().splitlines()) == lines
    assert lines == [
        "celery.task_annotations must hold { 'times_app.rated': { rate_limit: '12/m' } } as the app does, got nothing: "
        "4 messages wait up to 20 s for it in a worker, which the visibility timeout of 39 s does not count, and a worker "
        "that loses its Redis lets them begin again; write it there, or raise the rate, or lower concurrency and prefetch",
        "longestDelay must be at least '90s' for task times_app.retried, which is retried after 90 s, got '1s': a worker "
        "that holds it and loses its Redis lets it begin a second time; raise it, or send the task from beat",
        "workers.default.timeLimit must be above '90s' for task times_app.warned, whose own soft_time_limit is 90 s, got "
        "'2s': it is killed there, and never warned; raise timeLimit, or lower it in the app",
        "workers.default.timeLimit must be at least '100s' for task times_app.slow, whose own time_limit is 100 s, got "
        "'2s': a rollout kills its pod after 32 s, and the task begins again; raise timeLimit, or lower it in the app, or "
        "route it to a pool of long tasks",
    ]


def test_a_worker_that_looks_at_its_tasks_takes_from_no_other_queue(place, stopping):
    server, pod = place
    env = pod()
    stopping.append(pool := worker(env, "times_app"))

    server.admin.client_kill_filter(_type="normal", skipme=True)
    pool.says("Connection to broker lost")
    python(env, "from times_app import *; elsewhere.delay(); plain.delay('here')")

    until(lambda: begun(env)["here"])
    assert server.admin.llen("elsewhere") == 1


def test_a_worker_says_nothing_of_tasks_that_keep_to_the_contract(place, stopping):
    _, pod = place

    stopping.append(pool := worker(pod(visibility=3600, DELAY=90), "times_app", "--time-limit=100"))
    time.sleep(2)

    assert said(pool.output) == []


def test_a_send_says_once_that_its_eta_is_beyond_the_longest_delay(place):
    _, pod = place
    code = "[plain.apply_async(countdown=30) for _ in range(3)]; [slow.apply_async(countdown=5) for _ in range(3)]"

    assert sends(pod(DELAY=5), code) == [
        "longestDelay must be at least '30s' for task times_app.plain, which is sent with an eta in 30 s, got '5s': a "
        "worker that holds it and loses its Redis lets it begin a second time; raise it, or send the task from beat"]


def test_a_send_that_no_prop_allows_is_sent_to_beat(place):
    _, pod = place

    assert sends(pod(DELAY=5), "plain.apply_async(countdown=200_000)") == [
        "the delay of task times_app.plain must be at most '24h', got '200000s': a worker that holds it and loses its Redis "
        "lets it begin a second time; send it from beat: no longestDelay is above '24h'"]


def test_a_worker_says_once_what_is_sent_beyond_the_contract_by_anybody(place, stopping):
    _, pod = place
    env = pod(visibility=3600, DELAY=3)
    stopping.append(pool := worker(env, "times_app", "--time-limit=100", "--concurrency=4"))

    python(env, "from times_app import *; [asks_again.delay() for _ in range(4)]; [plain.apply_async(time_limit=200)] * 2")

    expected = {"longestDelay must be at least '7s' for task times_app.asks_again",
                "workers.w.timeLimit must be at least '200s' for task times_app.plain",
                "longestDelay must be at least '90s' for task times_app.retried"}
    until(lambda: len(said(pool.output)) >= 3)
    time.sleep(9)
    assert sorted(line.partition(",")[0] for line in said(pool.output)) == sorted(expected)


def test_messages_that_outlive_the_visibility_timeout_begin_once(place, stopping):
    server, pod = place
    env = pod(visibility=10, DELAY=1)
    for name in "ab":
        stopping.append(worker(env, "times_app", "--time-limit=40", "--prefetch-multiplier=4", "--concurrency=4", pool=name))

    python(env, """
from times_app import *
[plain.apply_async((f"eta-{n}",), countdown=30) for n in range(5)]
[slow.delay(f"slow-{n}", 30) for n in range(2)]
[rated.delay(f"rated-{n}") for n in range(12)]""")

    until(lambda: len(begun(env)) == 19, 70)
    until(lambda: server.admin.hlen("unacked") == 0, 60)
    assert set(begun(env).values()) == {1}


@RESTORES
def test_messages_of_a_worker_that_is_killed_come_back_also_where_it_had_them_for_long(place, stopping):
    server, pod = place
    first, second = pod("first", visibility=4), pod("second", visibility=4)
    stopping.append(lost := worker(first, "times_app", pool="lost"))
    python(first, "from times_app import *; plain.apply_async(countdown=35)")
    until(lambda: server.admin.hlen("unacked") == 1)
    time.sleep(10)  # the timeout is over, and the worker has said that it is there

    os.killpg(lost.process.pid, signal.SIGKILL)
    stopping.append(worker(second, "times_app", pool="other"))

    until(lambda: begun(second), 40)
    assert (begun(first), begun(second)) == ({}, {"plain": 1})


@RESTORES
def test_a_pool_that_ends_no_task_says_that_one_takes_longer_than_its_longest(place, stopping):
    _, pod = place
    env = pod(visibility=8, TASK=3)
    pools = [worker(env, "times_app", "--pool=threads", pool=name) for name in ("one", "two")]
    stopping.extend(pools)

    python(env, "from times_app import *; plain.delay('long', 26); plain.delay('short', 2)")

    until(lambda: begun(env)["long"] > 1, 60)
    lines = [line for pool in pools for line in said(pool.output)]
    assert {line.partition(",")[0] for line in lines if "plain" in line} <= {
        f"workers.{name}.longestTask must be at least as long as task times_app.plain takes" for name in ("one", "two")}
    assert len(lines) == len(set(lines)) >= 3  # two say that they do not enforce the limit of another
    assert begun(env)["short"] == 1


def test_a_revoke_is_remembered_as_long_as_the_delay_that_it_ends(place):
    _, pod = place
    code = """
import json
from times_app import app
from celery import signals
from celery.worker.state import revoked
app.loader.app
signals.celeryd_init.send(sender="w@h", instance=None, conf=app.conf, options={})
print(json.dumps(revoked.expires))"""

    assert python(pod(DELAY=86400), code) == 86400
    assert python(pod(DELAY=60), code) == 10800
    assert python(pod(DELAY=86400) | {"CELERY_WORKER_REVOKE_EXPIRES": "7"}, code) == 7
