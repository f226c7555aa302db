"""Logs as JSON: every line of a worker and of beat."""
import datetime
import json
import re
import socket

import pytest
from harness import celery, environment, python, until, worker

FIELDS = {"tenant": "acme", "process": "worker-default", "pool": "default"}
SEND = """
import json, logs_app
from logs_app import *
print(json.dumps([{calls}]))
"""


@pytest.fixture
def anyone(server):
    server.admin.execute_command("ACL", "SETUSER", "default", "on", "nopass", "~*", "&*", "+@all")
    server.admin.flushall()
    return server


def env_of(folder, server, fields=FIELDS, **extra):
    settings = {"broker_url": server.url(), "result_backend": server.url(), "task_acks_late": True,
                "task_reject_on_worker_lost": True, "worker_lost_wait": 1}
    more = {"STALK_LOGS": json.dumps(fields)} if fields else {}
    return environment(folder, settings, **{**more, "STALK_DELIVERY_LIMIT": "1", **extra})


def send(env, *calls):
    """Ids, in order; from a producer without JSON logs."""
    plain = {name: value for name, value in env.items() if name not in ("STALK_LOGS", "LOGGING")}
    return python(plain, SEND.format(calls=", ".join(f"{call}.id" for call in calls)))


def started(env, *arguments):
    child = celery(env, "logs_app", "--quiet", "worker", "--without-gossip", "--without-mingle", "--loglevel=INFO",
                   "--hostname=default@%h", *arguments, name="worker")
    child.says(" ready.")
    return child


def records(child):
    """Every line; fails where one is no JSON."""
    return [json.loads(line) for line in child.output.splitlines()]


def about(worker, text, /, **fields):
    return [one for one in records(worker) if text in one["message"] and fields.items() <= one.items()]


def test_every_line_of_a_worker_is_json_and_says_whose_it_is(anyone, tmp_path, stopping):
    env = env_of(tmp_path, anyone)
    child = started(env, "--concurrency=1", "--time-limit=2")
    stopping.append(child)
    billed, failed, again, late = send(
        env, "bill.delay('card-4111')", "fail.delay('card-4111')", "again.delay()", "long.delay(9)")
    until(lambda: about(child, "TimeLimitExceeded") and about(child, "succeeded", task="shop.again"))

    assert child.stop() == 0

    for line in records(child):
        assert {**FIELDS, "hostname": socket.gethostname()}.items() <= line.items()
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])
        said = datetime.datetime.fromisoformat(line["time"].replace("Z", "+00:00"))
        assert 0 <= (datetime.datetime.now(datetime.timezone.utc) - said).total_seconds() < 120
        assert line["level"] in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
        assert line["logger"]
    assert "card-4111" not in child.output

    in_task = {"task": "shop.bill", "id": billed, "root": billed, "queue": "celery", "retries": 0,
               "child": "ForkPoolWorker-1"}
    [said] = about(child, "billed\ntwice", **in_task)
    assert (said["order"], said["logger"], said["level"]) == (5, "logs_app", "INFO")
    for text, logger in (("café ☕", "shop"), ("no %d % ('number',)", "sqlalchemy.engine"), ("printed", "celery.redirected"),
                         ("half of", "celery.redirected"), ("deprecated", "py.warnings")):
        assert [one["logger"] for one in about(child, text, **in_task)] == [logger]
    [thread] = [one for one in records(child) if "ZeroDivisionError" in one["message"]]
    assert thread["traceback"].startswith("Traceback")
    assert thread["level"] == "CRITICAL"

    assert about(child, "received", task="shop.bill", id=billed)
    [good] = about(child, "succeeded", **in_task, state="SUCCESS")
    [bad] = about(child, "raised unexpected", task="shop.fail", id=failed, state="FAILURE", queue="celery")
    assert "ValueError: no\nmoney" in bad["traceback"]
    [retried] = about(child, "retry", task="shop.again", id=again, state="RETRY", retries=0)
    assert about(child, "succeeded", task="shop.again", id=again, retries=1)
    assert about(child, "Hard time limit", task="shop.long", id=late)
    [cut] = about(child, "TimeLimitExceeded", task="shop.long", id=late, state="FAILURE", queue="celery")
    assert 1.9 < cut["runtime"] < 20
    assert all(0 <= one["runtime"] < 5 for one in (good, bad, retried))
    assert {one["message"] for one in records(child)} >= {
        "imported", '  File "x", line 1', "    and a second line", "worker: Warm shutdown (MainProcess)"}


def test_a_task_whose_process_is_killed_is_named_until_it_is_a_dead_letter(anyone, tmp_path, stopping):
    env = env_of(tmp_path, anyone)
    child = started(env, "--concurrency=1")
    stopping.append(child)

    [died] = send(env, "die.delay()")
    until(lambda: about(child, "is a dead letter"), 60)

    lost = about(child, "WorkerLostError", task="shop.die", id=died, queue="celery", logger="celery.worker.request")
    assert lost
    assert all("state" not in one and one["traceback"] for one in lost)  # it comes back
    assert child.stop() == 0
    assert records(child)


@pytest.mark.parametrize("pool", ["threads", "solo"])
def test_a_task_without_a_process_of_its_own_is_named_too(pool, anyone, tmp_path, stopping):
    env = env_of(tmp_path, anyone)
    child = started(env, f"--pool={pool}", "--concurrency=2")
    stopping.append(child)

    billed, failed = send(env, "bill.delay('')", "fail.delay('card-4111')")
    until(lambda: about(child, "succeeded") and about(child, "raised unexpected"))

    assert about(child, "billed\ntwice", task="shop.bill", id=billed, queue="celery")
    assert about(child, "succeeded", id=billed, state="SUCCESS")
    assert about(child, "raised unexpected", task="shop.fail", id=failed, state="FAILURE")
    assert child.stop() == 0
    assert records(child)


@pytest.mark.parametrize("manner", ["unhijacked", "dict", "signal"])
def test_an_app_that_sets_its_logging_up_itself_keeps_its_handlers_and_they_write_json(manner, anyone, tmp_path, stopping):
    env = env_of(tmp_path, anyone, LOGGING=manner)
    child = started(env, "--concurrency=1")
    stopping.append(child)

    [billed] = send(env, "bill.delay('')")
    until(lambda: about(child, "succeeded"))

    assert about(child, "café ☕", logger="shop", level="WARNING", task="shop.bill", id=billed)
    assert about(child, "billed\ntwice", id=billed)
    assert child.stop() == 0
    assert records(child)


def test_an_app_that_writes_json_already_keeps_its_form(anyone, tmp_path, stopping):
    child = started(env_of(tmp_path, anyone, LOGGING="json"), "--concurrency=1")
    stopping.append(child)

    assert {"mine": f"default@{socket.gethostname()} ready."} in records(child)


def test_every_line_of_beat_is_json(anyone, tmp_path, stopping):
    fields = {"tenant": "acme", "process": "beat"}
    settings = {"broker_url": anyone.url(), "beat_schedule": {"each": {"task": "shop.bill", "schedule": 1}}}
    child = celery(environment(tmp_path, settings, STALK_LOGS=json.dumps(fields)), "logs_app", "--quiet", "beat",
                   "--loglevel=INFO", "--max-interval=1")
    stopping.append(child)
    child.says("Sending due task")

    child.stop()

    assert all(fields.items() <= line.items() for line in records(child))
    assert {"beat: Starting...", "imported"} <= {line["message"] for line in records(child)}


def test_a_worker_that_cannot_start_says_why_in_one_record(anyone, tmp_path):
    child = celery(env_of(tmp_path, anyone, LOGGING="broken"), "logs_app", "--quiet", "worker")

    assert child.process.wait(30) != 0
    [why] = records(child)
    assert "nosuch" in why["message"]
    assert why["traceback"].startswith("Traceback")


def test_logs_are_celerys_own_where_nobody_asks_for_json(anyone, tmp_path, stopping):
    child = worker(env_of(tmp_path, anyone, fields=None), "logs_app")
    stopping.append(child)

    assert re.search(r"\[[-\d]+ [:,\d]+: INFO/MainProcess\] .* ready\.", child.output)
    assert child.stop() == 0
    assert "\nworker: Warm shutdown (MainProcess)\n" in child.output


def test_other_programs_in_the_same_pod_speak_as_they_do(anyone, tmp_path):
    env = env_of(tmp_path, anyone)

    assert python(env, "import logs_app; logs_app.app.loader; print('[1]')") == [1]
    child = celery(env, "logs_app", "inspect", "ping", "--timeout=1")
    child.process.wait(30)
    assert "No nodes replied" in child.output
    assert "{" not in child.output
