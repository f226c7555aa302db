"""Broker and results behind Redis Sentinel, whose clients take credentials in ways of their own."""
import contextlib
import hashlib
import socket
import subprocess
import sys
import threading

import pytest
from harness import RUNTIME, WEB, WORKER, Server, environment, free_port, python, until, worker
from isolation import prefix_rules, prefix_settings

RETRY = {"max_retries": 20, "interval_start": 0.1, "interval_step": 0.3, "interval_max": 1.5}  # as rendered
SEND = "import json, plain_app; print(json.dumps(plain_app.app.send_task('stalk.probe').id))"


@contextlib.contextmanager
def sentinel_of(primary, folder):
    """One of its own, which names this Redis; gives its URL."""
    port, conf = free_port(), folder / f"{free_port()}.conf"
    digest = hashlib.sha256(b"p w").hexdigest()
    conf.write_text(f"port {port}\nbind 127.0.0.1\nsentinel monitor primary 127.0.0.1 {primary.port} 1\n"
                    "sentinel auth-user primary admin\nsentinel auth-pass primary admin\nuser default off\n"
                    f"user a on #{digest} resetkeys -@all +ping +sentinel|get-master-addr-by-name\n")
    process = subprocess.Popen(["redis-server", conf, "--sentinel"], stdout=subprocess.DEVNULL)
    until(lambda: not socket.socket().connect_ex(("127.0.0.1", port)))
    yield f"sentinel://127.0.0.1:{port}/0"
    process.terminate()
    process.wait(10)


@pytest.fixture(scope="module")
def sentinel(server, tmp_path_factory):
    with sentinel_of(server, tmp_path_factory.mktemp("sentinel")) as url:
        yield url


def pod(server, tmp_path, urls, rules=WORKER, **more):
    server.user("a", "p w", f"{prefix_rules('tenant:a:')} {rules}")
    settings = prefix_settings(";".join(urls), "tenant:a:") | {"task_publish_retry_policy": RETRY}
    for options in ("broker_transport_options", "result_backend_transport_options"):
        settings[options]["master_name"] = "primary"
        settings[options]["sentinel_kwargs"] = {"socket_timeout": 1, "socket_connect_timeout": 1}
    return environment(tmp_path, settings, user="a", password="p w", **more)


@pytest.mark.parametrize("way", [{}, {"STALK_CREDENTIALS_IN": "url"}], ids=["default", "url"])
def test_a_worker_and_its_results_find_the_primary_with_their_own_user(way, sentinel, server, tmp_path, stopping):
    env = pod(server, tmp_path, [sentinel, sentinel], STALK_QUEUE=f"tenant-{len(way)}", **way)

    waited = subprocess.run([sys.executable, RUNTIME / "stalk_celery.py", "wait"], env=env, capture_output=True, text=True,
                            timeout=30)
    stopping.append(worker(env, "plain_app", "-Q", "celery,reports,other", "--pool=solo"))
    done = python(env, "import json, plain_app; print(json.dumps(plain_app.workflow()))")

    assert waited.returncode == 0
    assert waited.stdout.endswith(": PONG\n")
    assert done[1:3] == [[f"tenant-{len(way)}.reports", 7], [f"tenant-{len(way)}", 2]]
    assert server.denials() == []


@pytest.fixture
def replaced(tmp_path):
    """A Redis that is no primary any more."""
    running = Server(tmp_path / "replaced")
    running.admin.replicaof("127.0.0.1", "1")
    yield running
    running.stop()


def test_a_client_goes_where_most_sentinels_say_though_the_first_has_not_heard_of_it(
        sentinel, server, replaced, tmp_path):
    replaced.user("a", "p w", f"{prefix_rules('tenant:a:')} {WEB}")
    with sentinel_of(replaced, tmp_path) as late:
        env = pod(server, tmp_path, [late, sentinel, sentinel], WEB, STALK_QUEUE="tenant-most")
        python(env, SEND)

    assert server.admin.llen("tenant:a:tenant-most") == 1


def test_a_client_finds_no_primary_where_as_many_sentinels_say_another(sentinel, server, replaced, tmp_path):
    with sentinel_of(replaced, tmp_path) as other:
        env = pod(server, tmp_path, [other, sentinel])
        code = "import plain_app\ntry: plain_app.app.send_task('stalk.probe', retry=False, ignore_result=True)\n" \
               "except Exception as error: import json; print(json.dumps(str(error)))"
        said = python(env, code)

    assert "No master found for 'primary': of 2 sentinels 2 answer, and name " in said


def test_a_sentinel_that_does_not_answer_is_asked_once(sentinel, server, tmp_path):
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as silent:
        def listen():
            with contextlib.suppress(OSError):
                while True:
                    asked.append(silent.accept())

        threading.Thread(target=listen, daemon=True).start()
        url = f"sentinel://127.0.0.1:{silent.getsockname()[1]}/0"
        env = pod(server, tmp_path, [url, sentinel, sentinel], WEB, STALK_QUEUE="tenant-once")
        python(env, SEND)

    assert len(asked) == 1
    assert server.admin.llen("tenant:a:tenant-once") == 1


def test_what_a_replica_refuses_is_sent_until_it_is_a_primary(replaced, tmp_path):
    with sentinel_of(replaced, tmp_path) as url:
        env = pod(replaced, tmp_path, [url], WEB, STALK_QUEUE="tenant-later")
        threading.Timer(4, replaced.admin.replicaof, ("no", "one")).start()
        python(env, SEND)

    assert replaced.admin.llen("tenant:a:tenant-later") == 1
