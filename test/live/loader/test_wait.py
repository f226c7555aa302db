"""The init container that waits for Redis as the pod's own user."""
import itertools
import socket
import sys

from harness import RUNTIME, WORKER, Process, Server, environment, free_port, until
from isolation import prefix_rules, prefix_settings

SAYS = "broker_url 127.0.0.1:{port}: {what}\n".format


def waiting(env):
    return Process(env, sys.executable, str(RUNTIME / "stalk_celery.py"), "wait", name="wait")


def test_it_tells_each_kind_of_failure_once_and_ends_when_redis_answers(tmp_path, stopping):
    port = free_port()
    env = environment(tmp_path / "pod", prefix_settings(f"redis://127.0.0.1:{port}/0", "tenant:a:"), user="a", password="b")
    wait = waiting(env)
    stopping.append(wait)

    def told():
        return [line.removeprefix(f"broker_url 127.0.0.1:{port}: ") for line in wait.output.splitlines()] or [""]

    until(lambda: told()[-1] == "connection refused")
    server = Server(tmp_path / "redis", port)
    stopping.append(server)
    until(lambda: told()[-1] == "it does not take our user and password (yet)")
    server.stop()
    until(lambda: told()[-1] == "connection refused")
    silent = socket.create_server(("127.0.0.1", port))
    until(lambda: told()[-1] == "no answer in time")
    silent.close()
    server.start()
    server.user("a", "b", f"{prefix_rules('tenant:a:')} {WORKER}")
    until(lambda: told()[-1] == "PONG")
    code = wait.process.wait(5)

    assert code == 0
    assert [kind for kind, _ in itertools.groupby(told())] == told()


def test_it_tells_a_name_that_does_not_resolve_and_a_redis_that_loads(tmp_path, stopping):
    loading = socket.create_server(("127.0.0.1", 0))
    port = loading.getsockname()[1]
    settings = {"broker_url": "redis://no-such-host.invalid:6379/0", "result_backend": f"redis://127.0.0.1:{port}/0"}
    nowhere = waiting(environment(tmp_path / "name", settings))
    stopping.append(nowhere)

    nowhere.says("broker_url no-such-host.invalid:6379: its name does not resolve\n")

    loads = waiting(environment(tmp_path / "loads", {"broker_url": settings["result_backend"]}))
    stopping.append(loads)
    connection, _ = loading.accept()
    while connection.recv(65536):
        connection.sendall(b"-LOADING Redis is loading the dataset in memory\r\n")
        if "loading its data" in loads.output:
            break
    loads.says(SAYS(port=port, what="it is loading its data"))
    loading.close()


def test_it_asks_the_result_backend_too_where_that_is_another_redis(tmp_path, stopping):
    broker, port = Server(tmp_path / "redis"), free_port()
    stopping.append(broker)
    broker.user("a", "b", f"{prefix_rules('tenant:a:')} {WORKER}")
    settings = {**prefix_settings(broker.url(), "tenant:a:"), "result_backend": f"redis://127.0.0.1:{port}/0"}
    wait = waiting(environment(tmp_path / "pod", settings, user="a", password="b"))
    stopping.append(wait)

    wait.says(f"broker_url 127.0.0.1:{broker.port}: PONG\nresult_backend 127.0.0.1:{port}: connection refused\n")
    results = Server(tmp_path / "results", port)
    stopping.append(results)
    results.user("a", "b", f"{prefix_rules('tenant:a:')} {WORKER}")

    assert wait.process.wait(10) == 0
