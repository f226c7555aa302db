"""A tenant with prefix and queue names (the default): its whole life as its own Redis users."""
import json
import subprocess
import sys

import pytest
from celery import __version__
from harness import WEB, WORKER, celery, environment, python, until, worker
from isolation import prefix_rules, prefix_settings

PREFIX = "tenant:a:"
WORKFLOW = "import json, plain_app; print(json.dumps(plain_app.workflow()))"
DONE = [2, ["tenant-a.reports", 7], ["tenant-a", 2], 12, ["tenant-a.other", 6], [1, 2, 3], [0, 3, 9], 3]
live_passwords = pytest.mark.skipif(__version__ < "5.6", reason="kombu 5.5 knows no credential provider")


@pytest.fixture(scope="module")
def pods(server, tmp_path_factory):
    """Environments of a worker and a web pod, whose broker knows both."""
    folder = tmp_path_factory.mktemp("pods")
    server.user("a", "a-secret-1", f"{prefix_rules(PREFIX)} {WORKER}")
    server.user("a-web", "web-secret-1", f"{prefix_rules(PREFIX)} {WEB}")
    settings = prefix_settings(server.url(), PREFIX)
    return (environment(folder / "worker", settings, user="a", password="a-secret-1", STALK_QUEUE="tenant-a"),
            environment(folder / "web", settings, user="a-web", password="web-secret-1", STALK_QUEUE="tenant-a"))


@pytest.fixture(scope="module")
def pool(pods):
    running = worker(pods[0], "plain_app", "-Q", "celery,reports,other", "-E")
    yield running
    assert running.stop() == 0


def test_the_whole_workflow_runs_for_the_worker_and_for_the_web_user(pods, pool):
    by_worker, by_web = (python(env, WORKFLOW) for env in pods)

    assert by_worker == DONE
    assert by_web == DONE


def test_a_process_that_first_asks_for_a_result_reaches_the_backend(pods, pool, server):
    code = "import json, plain_app; print(json.dumps(plain_app.app.AsyncResult('none').state))"

    env = {**pods[1], "CELERY_RESULT_BACKEND": server.url()}

    assert python(env, code) == "PENDING"
    assert python({**env, "STALK_CREDENTIALS_IN": "url"}, code) == "PENDING"


def test_lists_have_the_names_of_the_platform(pods, server, tmp_path):
    python({**pods[1], "STALK_QUEUE": "tenant-q"}, """
import plain_app as p
p.add.delay(1, 1); p.report.delay(1)
p.add.apply_async((1, 1), priority=9); p.add.apply_async((1, 1), queue="tenant-q.other")
p.app.send_task("x", queue="celery")
from kombu import Exchange, Queue
clips = p.app.amqp.queues.add(Queue("clips", Exchange("media"), routing_key="clip"))
with p.app.connection_for_write() as connection:
    clips(connection).declare()
p.app.send_task("x", exchange="media", routing_key="clip")
p.app.send_task("x", queue=Queue("direct", Exchange("direct")))""")

    lengths = {key: server.admin.llen(key) for key in server.admin.keys("tenant:a:tenant-q*")}

    assert lengths == {"tenant:a:tenant-q": 2, "tenant:a:tenant-q\x06\x169": 1, "tenant:a:tenant-q.reports": 1,
                       "tenant:a:tenant-q.other": 1, "tenant:a:tenant-q.clips": 1, "tenant:a:tenant-q.direct": 1}


def test_remote_control_takes_the_names_of_the_app(pods, pool):
    answers = python(pods[0], """
import json, plain_app
control = plain_app.app.control
def consumed():
    (queues,) = control.inspect(timeout=0.7).active_queues().values()
    return sorted(queue["name"] for queue in queues)
print(json.dumps([
    [list(answer.values()) for answer in control.ping(timeout=0.7)],
    [control.add_consumer("extra", reply=True, timeout=0.7) and consumed(),
     plain_app.report.apply_async((1,), queue="extra").get(10)],
    control.cancel_consumer("extra", reply=True, timeout=0.7) and consumed()]))""")

    own = ["tenant-a", "tenant-a.other", "tenant-a.reports"]
    assert answers == [[[{"ok": "pong"}]], [sorted([*own, "tenant-a.extra"]), ["tenant-a.extra", 1]], own]


def test_stalk_probe_runs_in_an_app_that_ignores_results_and_limits_rates(server, pods, tmp_path, stopping):
    settings = {**json.loads(pods[0]["STALK_CELERY"]), "task_ignore_result": True, "task_default_rate_limit": "1/h"}
    env = {**pods[0], "STALK_CELERY": json.dumps(settings), "STALK_RUN": str(tmp_path), "STALK_QUEUE": "tenant-a.probe"}
    stopping.append(worker(env, "plain_app", "--pool=solo"))

    answers = python(env, """
import json, plain_app
send = lambda: plain_app.app.send_task("stalk.probe", kwargs={"seconds": 0.1, "payload": "x" * 100})
print(json.dumps([result.get(10) for result in [send(), send(), send()]]))""")

    assert [(a["queue"], a["received"]) for a in answers] == [("tenant-a.probe", 100)] * 3


def test_a_django_worker_serves_its_own_default_queue_under_the_platforms_name(pods, tmp_path, stopping):
    env = {**pods[0], "STALK_RUN": str(tmp_path), "STALK_QUEUE": "tenant-a.shop"}
    stopping.append(worker(env, "shop", "-Q", "shop,vip", "--pool=solo"))

    sold = python(env, """
import json, django, shop.celery
from shop.tasks import sell
django.setup()
print(json.dumps([sell.delay(1).get(10), sell.apply_async((2,), queue="vip").get(10)]))""")

    assert sold == [[1, "tenant-a.shop"], [2, "tenant-a.shop.vip"]]


@live_passwords
def test_a_password_changes_under_running_processes(pods, pool, server):
    code = """
import json, os, sys, pathlib, plain_app
print(json.dumps(plain_app.add.delay(1, 1).get(10)), flush=True)
sys.stdin.readline()
print(json.dumps([plain_app.add.delay(i, i).get(10) for i in range(5)]), flush=True)"""
    producer = subprocess.Popen([sys.executable, "-c", code], env=pods[1], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                text=True)
    assert producer.stdout.readline() == "2\n"

    for env, user, old, new in ((pods[0], "a", "a-secret-1", "a-secret-2"), (pods[1], "a-web", "web-secret-1", "web-2")):
        server.admin.execute_command("ACL", "SETUSER", user, f">{new}")
        with open(env["STALK_PASSWORD_FILE"], "w") as file:
            file.write(new)
        server.admin.execute_command("ACL", "SETUSER", user, f"<{old}")
        server.admin.execute_command("CLIENT", "KILL", "USER", user)
    output, _ = producer.communicate("\n", timeout=40)

    assert json.loads(output) == [0, 2, 4, 6, 8]
    assert pool.process.poll() is None
    assert python(pods[1], WORKFLOW) == DONE


def test_user_and_password_in_the_urls_work_as_well(pods, tmp_path, stopping):
    env = {**pods[0], "STALK_RUN": str(tmp_path), "STALK_CREDENTIALS_IN": "url", "STALK_QUEUE": "tenant-a.url"}
    stopping.append(worker(env, "plain_app", "-Q", "celery,reports,other"))

    done = python({**env, "STALK_USER": pods[1]["STALK_USER"], "STALK_PASSWORD_FILE": pods[1]["STALK_PASSWORD_FILE"]},
                  WORKFLOW)

    assert done[:2] == [2, ["tenant-a.url.reports", 7]]


def test_redbeat_reaches_redis_though_it_knows_no_provider(pods, server, tmp_path, stopping):
    pytest.importorskip("redbeat")
    settings = {**json.loads(pods[0]["STALK_CELERY"]), "redbeat_key_prefix": f"{PREFIX}redbeat:",
                "beat_scheduler": "redbeat.RedBeatScheduler", "beat_max_loop_interval": 1,
                "beat_schedule": {"often": {"task": "stalk.probe", "schedule": 1, "options": {"queue": "beaten"}}}}
    env = {**pods[0], "STALK_RUN": str(tmp_path), "STALK_CELERY": json.dumps(settings)}
    server.admin.execute_command("ACL", "SETUSER", "a", "+hsetnx", "+zrangebyscore", "+pttl")
    stopping.append(celery(env, "plain_app", "beat"))

    until(lambda: server.admin.llen("tenant:a:tenant-a.beaten"))

    assert server.admin.exists(f"{PREFIX}redbeat::lock")
    assert server.admin.exists(f"{PREFIX}redbeat:often")


def test_nothing_was_denied(server, pool):
    assert pool.process.poll() is None
    assert server.denials() == []
