"""What the autoscaler is told about the workers of a pool."""
import os
import signal
import time

import pytest
from harness import WORKER, environment, python, until, worker
from isolation import prefix_rules, prefix_settings

PREFIX = "tenant:acme:"
UNACKED = f"{PREFIX}unacked"
DUE, DELAYED = f"{UNACKED}.acme.%s", f"{UNACKED}.acme.%s.delayed"
LATE = {"visibility_timeout": 4, "unacked_restore_interval": 1, "unacked_restore_throttle": 1}


class Pools:
    def __init__(self, server, folder):
        self.server, self.folder, self.admin = server, folder, server.admin
        server.admin.flushall()
        server.user("acme", "p", f"{prefix_rules(PREFIX)} {WORKER}")
        settings = prefix_settings(server.url(), PREFIX)
        self.settings = settings
        self.web = self.env("web")

    def env(self, name, **extra):
        return environment(self.folder / name, self.settings, user="acme", password="p", **extra)

    def start(self, pool, queues, name=None, *arguments):
        env = self.env(name or pool, STALK_POOL=f"acme.{pool}")
        return worker(env, "ranked_app", "-Q", queues, "--prefetch-multiplier=1", *arguments, pool=name or pool)

    def send(self, seconds, queue, count=1, **options):
        python(self.web, f"import ranked_app as s\nfor _ in range({count}): "
                         f"s.work.apply_async(({seconds},), queue={queue!r}, **{options!r})")

    def held(self, pool):
        return (self.admin.scard(DUE % pool), self.admin.scard(DELAYED % pool))


@pytest.fixture
def pools(server, tmp_path):
    return Pools(server, tmp_path)


def kill(child):
    os.killpg(child.process.pid, signal.SIGKILL)
    child.process.wait(10)


def test_a_pool_counts_the_tasks_of_its_own_workers_alone(pools, server, stopping):
    stopping += [pools.start("first", "one"), pools.start("second", "two")]

    pools.send(3, "one", 2)
    until(lambda: pools.held("first") == (2, 0))
    assert (pools.held("second"), pools.admin.hlen(UNACKED)) == ((0, 0), 2)
    until(lambda: pools.held("first") == (0, 0) and not pools.admin.exists(UNACKED))
    assert server.denials() == []


def test_a_task_with_an_eta_counts_as_delayed_until_its_time_comes(pools, stopping):
    stopping.append(pools.start("first", "one"))

    pools.send(4, "one", 3, countdown=14)
    pools.send(0, "one", 2, countdown=3600)
    until(lambda: pools.held("first") == (0, 5))
    until(lambda: pools.held("first") == (3, 2), 30)
    until(lambda: pools.held("first") == (0, 2), 30)


def test_the_task_of_a_killed_worker_counts_for_its_pool_until_somebody_else_has_given_it_back(pools, stopping):
    pools.settings["broker_transport_options"].update(LATE)
    first = pools.start("first", "one")
    pools.send(60, "one")
    until(lambda: pools.held("first") == (1, 0))

    kill(first)
    time.sleep(LATE["visibility_timeout"])
    assert (pools.held("first"), pools.admin.llen(f"{PREFIX}one")) == ((1, 0), 0)
    stopping.append(pools.start("second", "two"))
    until(lambda: pools.admin.llen(f"{PREFIX}one") == 1, 60)
    until(lambda: pools.held("first") == (0, 0))


def test_a_worker_that_ends_gives_back_what_it_counted(pools, stopping):
    first = pools.start("first", "one")
    stopping.append(first)
    pools.send(0, "one", 4, countdown=3600)
    until(lambda: pools.held("first") == (0, 4))

    assert first.stop() == 0
    assert (pools.held("first"), pools.admin.llen(f"{PREFIX}one")) == ((0, 0), 4)


def test_tags_without_a_message_are_taken_away(pools, stopping):
    pools.admin.sadd(DUE % "first", "gone")
    pools.admin.sadd(DELAYED % "first", "gone")
    pools.admin.zadd(f"{UNACKED}_index", {"there": 9_999_999_999})
    pools.admin.sadd(DUE % "first", "there")

    stopping.append(pools.start("first", "one"))
    until(lambda: pools.held("first") == (1, 0))
    assert pools.admin.smembers(DUE % "first") == {"there"}


def test_a_worker_of_a_pool_that_is_not_counted_writes_no_sets(pools, stopping):
    stopping.append(worker(pools.env("plain"), "ranked_app", "-Q", "one", pool="plain"))

    pools.send(2, "one", 2)
    until(lambda: pools.admin.hlen(UNACKED) == 2)
    assert not [key for key in pools.admin.keys(f"{UNACKED}*") if pools.admin.type(key) == "set"]
