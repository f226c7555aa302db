"""Which task is next: priorities, and the order of a pool's queues."""
import json
import re
import subprocess
import sys

import pytest
from harness import RUNTIME, WEB, WORKER, environment, python, until, worker
from isolation import prefix_rules, prefix_settings, queue_rules, queue_settings

TEN = {"priority_steps": list(range(10)), "sep": ":"}
FOUR = {"priority_steps": [0, 3, 6, 9], "sep": "\x06\x16"}
BASE = "tenant-ranked"
KEYS = f"~{BASE}[^-0-9A-Za-z._]* ~*.{BASE}.pidbox[^-0-9A-Za-z._]*"


def ranked(url, priorities, settings):
    own = settings["broker_transport_options"]
    return {**settings, "broker_transport_options": {**own, **priorities}}


def done(child, count):
    until(lambda: len(re.findall("did ", child.output)) >= count)
    return re.findall(r"did (\S+)", child.output)


def one_by_one(env, queues, pool="w"):
    return worker(env, "ranked_app", "-Q", queues, "--pool=solo", "--prefetch-multiplier=1", pool=pool)


@pytest.fixture
def isolated(server, tmp_path):
    """Environments of a worker and of a producer, by priorities."""
    server.admin.flushall()
    server.user(BASE, "p", f"{queue_rules(BASE)} {KEYS} {WORKER}")
    server.user(f"{BASE}-web", "p", f"{queue_rules(BASE)} {KEYS} {WEB}")

    def pods(priorities, **extra):
        settings = ranked(server.url(), priorities, queue_settings(server.url(), BASE))
        return [environment(tmp_path / user, settings, user=user, password="p", STALK_QUEUE=BASE, **extra)
                for user in (BASE, f"{BASE}-web")]

    return pods


def send(env, *sends):
    calls = "; ".join(f"r.show.apply_async(({what!r},), {options})" for what, options in sends)
    python(env, f"import ranked_app as r; {calls}")


def test_ten_priorities_with_a_colon_are_served_in_their_order(isolated, server, stopping):
    pod, web = isolated(TEN)
    send(web, *((f"p{step}", f"priority={step}") for step in (7, 2, 9, 0, 4)))

    assert server.admin.llen(f"{BASE}:7") == 1
    stopping.append(one_by_one(pod, "celery"))
    assert done(stopping[0], 5) == ["p0", "p2", "p4", "p7", "p9"]
    assert server.denials() == []
    assert "priorities." not in stopping[0].output


def test_priorities_that_only_the_app_knows_are_not_used_and_their_author_is_told(isolated, server, stopping):
    pod, web = isolated(FOUR)
    send(web, ("p4", "priority=4"), ("p2", "priority=2"))

    assert (server.admin.llen(BASE), server.admin.llen(f"{BASE}\x06\x163")) == (1, 1)
    stopping.append(one_by_one(pod, "celery"))
    assert done(stopping[0], 2) == ["p2", "p4"]
    for said in ("broker_transport_options.priority_steps: the app's [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] is not used, "
                 "[0, 3, 6, 9] is; say it with priorities.steps of the tenant",
                 'broker_transport_options.sep: the app\'s ":" is not used, "\\u0006\\u0016" is; '
                 "say it with priorities.separator of the tenant",
                 'broker_transport_options.queue_order_strategy: the app\'s "priority" is not used, "round_robin" is; '
                 "say it with queueOrder of the pool"):
        stopping[0].says(said)


@pytest.mark.parametrize("order", ["as-listed", "round-robin"])
def test_queues_are_served_in_the_order_that_their_pool_says(order, isolated, stopping):
    pod, web = isolated(FOUR, STALK_QUEUE_ORDER=order)
    queues = {"low": "low", "high": "high", "mid": "celery"}
    send(web, *((f"{name}{n}", f"queue={queue!r}") for name, queue in queues.items()
                for n in range(1, 4 if name == "high" else 3)))

    stopping.append(one_by_one(pod, "high,celery,low"))
    served = done(stopping[0], 7)
    if order == "as-listed":
        assert served == ["high1", "high2", "high3", "mid1", "mid2", "low1", "low2"]
    else:
        assert [{name[:-1] for name in turn} for turn in (served[:3], served[3:6])] == [set(queues)] * 2


def test_a_lower_priority_waits_for_all_queues_of_the_pool(isolated, stopping):
    pod, web = isolated(FOUR, STALK_QUEUE_ORDER="as-listed")
    send(web, ("high9", "queue='high', priority=9"), ("low0", "queue='low'"), ("high0", "queue='high'"))

    stopping.append(one_by_one(pod, "high,low"))
    assert done(stopping[0], 3) == ["high0", "low0", "high9"]


def test_tenants_that_one_pool_serves_take_turns_in_each_of_its_listed_queues(server, tmp_path, stopping):
    server.admin.flushall()
    server.user("group", "g", f"{prefix_rules('tenant:group:')} {WORKER}")
    settings = ranked(server.url(), FOUR, prefix_settings(server.url(), "tenant:group:"))
    pod = {"user": "group", "password": "g"}
    for tenant in ("001", "002"):
        web = environment(tmp_path / tenant, settings, **pod, STALK_QUEUE=f"tenant-{tenant}")
        send(web, *((f"{name}{n}-{tenant}", f"queue={queue!r}") for name, queue in (("plain", "celery"), ("high", "high"))
                    for n in (1, 2)))

    pool = environment(tmp_path / "pool", settings, **pod, STALK_QUEUE="tenant-001", STALK_QUEUE_ORDER="as-listed",
                       STALK_QUEUE_SERVES="tenant-001,tenant-002")
    stopping.append(one_by_one(pool, "tenant-001.high,tenant-001,tenant-002.high,tenant-002"))
    served = done(stopping[0], 8)
    assert [{name.partition("-")[0] for name in turn} for turn in (served[:2], served[2:4], served[4:6], served[6:])] == [
        {"high1"}, {"high2"}, {"plain1"}, {"plain2"}]


def test_verify_finds_tasks_whose_priority_is_not_the_tenants(isolated, server):
    pod, web = isolated(FOUR)
    send(web, ("mine", "priority=3"))
    server.admin.lpush(f"{BASE}\x06\x164", "{}", "{}")

    request = json.dumps({"module": "ranked_app", "ask": {"queues": ["celery"]}})
    program = RUNTIME.parents[1] / "verify" / "runtime" / "app.py"
    said = subprocess.run([sys.executable, program, str(len(request))], env=pod, input=request, text=True,
                          capture_output=True, check=True).stdout
    answer = json.loads(said.rpartition("@@stalk ")[2])["queues"]["queues"]["celery"]
    assert (answer["waiting"]["3"], answer["astray"]) == (1, 2)
