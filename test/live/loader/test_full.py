"""A Redis at maxmemory: only a worker that needs no room for itself can make some."""
import pytest
from harness import WEB, WORKER, environment, python, until, worker
from isolation import prefix_rules, prefix_settings

PREFIX = "tenant:full:"
SEND = "import plain_app; [plain_app.app.send_task('stalk.probe', kwargs={'seconds': 0.1}) for _ in range(40)]"


@pytest.fixture
def pods(server, tmp_path):
    """Environments of a worker and a web pod."""
    for user, rules in {"full": WORKER, "full-web": WEB}.items():
        server.user(user, user, f"{prefix_rules(PREFIX)} {rules}")
    settings = prefix_settings(server.url(), PREFIX)
    yield [environment(tmp_path / user, settings, user=user, password=user, STALK_QUEUE="tenant-full")
           for user in ("full", "full-web")]
    server.admin.config_set("maxmemory", 0)


def in_hand(server):
    return server.admin.hlen(f"{PREFIX}unacked")


def waiting(server):
    return server.admin.llen(f"{PREFIX}tenant-full")


def test_a_worker_that_starts_on_a_full_redis_works_off_what_waits(pods, server, stopping):
    python(pods[1], SEND)
    server.admin.config_set("maxmemory", 1)

    stopping.append(worker(pods[0], "plain_app"))

    until(lambda: waiting(server) + in_hand(server) == 0, 40)


def test_a_worker_that_loses_its_connection_to_a_full_redis_works_off_what_waits_and_gives_back_the_rest(
        pods, server, stopping):
    stopping.append(worker(pods[0], "plain_app"))
    python(pods[1], SEND)
    server.admin.config_set("maxmemory", 1)
    for _ in range(3):
        before = waiting(server)
        until(lambda before=before: waiting(server) < before)
        server.admin.execute_command("CLIENT", "KILL", "USER", "full")

    until(lambda: waiting(server) == 0, 60)
    server.admin.config_set("maxmemory", 0)

    until(lambda: waiting(server) + in_hand(server) == 0, 60)
    assert python(pods[1], "import json, plain_app; print(json.dumps(plain_app.add.delay(1, 1).get(30)))") == 2
