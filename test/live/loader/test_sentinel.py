"""Broker and results behind Redis Sentinel, whose clients take credentials in ways of their own."""
import hashlib
import subprocess
import sys

import pytest
from harness import RUNTIME, WORKER, environment, free_port, python, worker
from isolation import prefix_rules, prefix_settings


@pytest.fixture(scope="module")
def sentinel(server, tmp_path_factory):
    port, conf = free_port(), tmp_path_factory.mktemp("sentinel") / "sentinel.conf"
    conf.write_text(f"port {port}\nbind 127.0.0.1\nsentinel monitor primary 127.0.0.1 {server.port} 1\n"
                    "sentinel auth-user primary admin\nsentinel auth-pass primary admin\nuser default off\n"
                    f"user a on #{hashlib.sha256(b'p w').hexdigest()} resetkeys -@all +ping +sentinel|masters\n")
    process = subprocess.Popen(["redis-server", conf, "--sentinel"], stdout=subprocess.DEVNULL)
    yield f"sentinel://127.0.0.1:{port}/0"
    process.terminate()
    process.wait(10)


@pytest.mark.parametrize("way", [{}, {"STALK_CREDENTIALS_IN": "url"}], ids=["default", "url"])
def test_a_worker_and_its_results_find_the_primary_with_their_own_user(way, sentinel, server, tmp_path, stopping):
    server.user("a", "p w", f"{prefix_rules('tenant:a:')} {WORKER}")
    settings = prefix_settings(f"{sentinel};{sentinel}", "tenant:a:")
    for options in ("broker_transport_options", "result_backend_transport_options"):
        settings[options]["master_name"] = "primary"
    env = environment(tmp_path, settings, user="a", password="p w", STALK_QUEUE=f"tenant-{len(way)}", **way)

    waited = subprocess.run([sys.executable, RUNTIME / "stalk_celery.py", "wait"], env=env, capture_output=True, text=True,
                            timeout=30)
    stopping.append(worker(env, "plain_app", "-Q", "celery,reports,other", "--pool=solo"))
    done = python(env, "import json, plain_app; print(json.dumps(plain_app.workflow()))")

    assert waited.returncode == 0 and waited.stdout.endswith(": PONG\n")
    assert done[1:3] == [[f"tenant-{len(way)}.reports", 7], [f"tenant-{len(way)}", 2]]
    assert server.denials() == []
