"""What stands before a worker: it ends warm behind an entrypoint that becomes it, and says so where one keeps SIGTERM."""
import os
import pathlib
import shutil
import signal
import sys

import pytest
from harness import Process, environment, until

POD = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"]  # its first process is 1, as in a container
BECOMES = ["sh", "-c", 'exec "$@"', "sh"]
PASSES_ON = ["sh", "-c", 'trap "kill -TERM \\$!" TERM; "$@" & wait $!; wait $!', "sh"]
KEEPS = ["sh", "-c", '"$@"; exit $?', "sh"]
BELOW = ["sh", "-c", 'trap "kill -TERM \\$!" TERM; sh -c \'"$@"; exit $?\' sh "$@" & wait $!; wait $!', "sh"]
WARNS = "SIGTERM does not reach this process, sh (process "
WORKER = [sys.executable, "-m", "celery", "-A", "plain_app", "worker", "--without-gossip", "--without-mingle",
          "--concurrency=1", "--loglevel=INFO"]

pytestmark = pytest.mark.skipif(not shutil.which("unshare") or os.getuid() != 0, reason="unshare needs root")


@pytest.fixture
def begins(server, tmp_path):
    """Starts a worker behind an entrypoint; gives back the process and the one that the kubelet would signal."""
    server.admin.execute_command("ACL", "SETUSER", "default", "on", "nopass", "~*", "&*", "+@all")
    env = environment(tmp_path, {"broker_url": server.url()}, KUBERNETES_SERVICE_HOST="10.0.0.1")
    running = []

    def begin(entrypoint):
        pod = Process(env, *POD, *entrypoint, *WORKER)
        running.append(pod)
        pod.says(" ready.")
        first = pathlib.Path(f"/proc/{pod.process.pid}/task/{pod.process.pid}/children").read_text().split()
        return pod, int(first[0])

    yield begin
    for pod in running:
        pod.process.kill()
        pod.process.wait(10)


@pytest.mark.parametrize("entrypoint", [[], BECOMES, PASSES_ON], ids=["none", "becomes it", "passes it on"])
def test_a_worker_ends_warm_behind_an_entrypoint_that(entrypoint, begins):
    pod, first = begins(entrypoint)

    os.kill(first, signal.SIGTERM)

    until(lambda: pod.process.poll() is not None)
    assert "Warm shutdown" in pod.output
    assert WARNS not in pod.output


@pytest.mark.parametrize(("entrypoint", "process"), [(KEEPS, 1), (BELOW, 2)], ids=["first", "below"])
def test_a_worker_says_which_program_keeps_sigterm(entrypoint, process, begins):
    pod, _ = begins(entrypoint)

    assert f"{WARNS}{process}) started it and does not pass it on" in pod.output


def test_a_worker_behind_an_entrypoint_that_keeps_sigterm_works_on_until_it_is_killed(begins):
    pod, first = begins(KEEPS)

    os.kill(first, signal.SIGTERM)

    with pytest.raises(AssertionError):
        until(lambda: "Warm shutdown" in pod.output, 3)
