"""A tenant's broker moves while its app runs: two Redis servers, counted tasks, the tenant's own users."""
import collections
import datetime
import json
import os
import signal
import subprocess
import sys
import time

import pytest
import redis
from harness import Process, celery, python, until
from moves import BASE, PREFIX, Move, TakeOver


@pytest.fixture
def move(tmp_path, stopping):
    return Move(tmp_path, stopping)


def test_what_waits_at_the_old_side_runs_once_and_who_moved_gets_its_results(move):
    ids, names = move.send("mixed('one')", "old")
    move.moved()
    move.draining()

    results = move.results(ids)

    assert results[:6] == ["one-work", "one-urgent", "one-report", "one-later", "one-flaky",
                           ["one-chain1", "one-chain2", "one-chain3"]]
    assert results[6:] == [["one-m1", "one-m2"], [["one-c1", "one-c2"], ["one-c1", "one-c3"]], "one-g0", "one-g1"]
    until(lambda: move.noted("ends") == collections.Counter(names), 20)
    move.drained()
    assert move.denials() == []


def test_a_move_under_load_loses_no_task_and_runs_none_twice(move):
    """The old worker is killed in the middle of its work, and the app sends all the time."""
    sends = """
import json, sys, threading
from moving_app import *
stop = threading.Event()
threading.Thread(target=lambda: (sys.stdin.readline(), stop.set()), daemon=True).start()
sent, count = [], 0
while not stop.wait(0.1):
    count += 1
    name = f"{os.environ['MOVING_SIDE']}-{count}"
    options = {"priority": (0, 3, 6, 9)[count % 4], "queue": ("celery", "reports")[count % 2]}
    task = work.si(name, 0.05) if count % 3 else chord([work.si(f"{name}-a"), flaky.si(f"{name}-b", 1)], total.s(name))
    if count % 5 == 0:
        options["countdown"] = 3
    sent.append((name, task.apply_async(**options).id, count % 3 == 0))
    print(count, flush=True)
print(json.dumps(sent))"""
    old = move.worker("stays", "old")
    before = producer(move.pod("web-old", "old", "web"), sends)
    until(lambda: len(move.noted("ends")) > 10)
    slow = [(f"slow{n}", 2) for n in range(8)]  # an idle worker may be killed with a message on its way to it
    ids = move.send(f"[work.delay(*args).id for args in {slow!r}]", "old")
    sent = [(name, task_id, False) for (name, _), task_id in zip(slow, ids)]
    until(lambda: len([name for name in move.noted("begins") if name.startswith("slow")]) == 2)
    os.killpg(old.process.pid, signal.SIGKILL)  # its pod goes with its node
    after = producer(move.pod("web-new", "new", "web", "new"), sends)
    time.sleep(1)
    sent += ended(before)
    move.moved()
    time.sleep(move.visible)  # an older kombu looks once, when it starts
    move.draining()
    sent += ended(after)

    values = move.results([task_id for _, task_id, _ in sent])

    assert [name for (name, *_), value in zip(sent, values) if value is None] == []
    assert values == [[f"{name}-a", f"{name}-b"] if is_chord else name for name, _, is_chord in sent]
    move.drained()
    names = collections.Counter(name for name, _, _ in sent)
    names.update(f"{name}-{part}" for name, _, is_chord in sent if is_chord for part in "ab")
    twice = move.noted("begins") - names
    assert move.noted("ends").keys() == names.keys()
    assert sum(twice.values()) <= 4, twice  # two processes that were killed, each in one task, or just after it
    assert move.denials() == []


def producer(pod, code):
    return subprocess.Popen([sys.executable, "-c", code], env=pod, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def ended(process):
    output, _ = process.communicate("\n", timeout=60)
    assert process.returncode == 0
    return json.loads(output.splitlines()[-1])


def test_a_chord_that_began_before_the_move_is_counted_on_the_old_side(move):
    code = "chord([flaky.si('slow', 3, 1), work.si('fast')], total.s('body'))().id"
    old = move.worker("stays", "old")
    sent = move.send(code, "old")
    until(lambda: move.noted("retries"))
    assert old.stop() == 0
    move.moved()
    move.draining()

    assert move.results([sent]) == [["fast", "slow"]]
    assert move.noted("ends", "new") == collections.Counter(["body"])
    assert move.new.admin.keys("*slow*") == move.new.admin.keys("*.[jts]") == []


def test_what_a_draining_task_sends_goes_to_the_new_side_and_so_does_its_retry(move):
    move.send("[spawns.delay('s').id, flaky.delay('f').id, begins.delay('b').id]", "old")
    move.moved()
    move.draining()

    until(lambda: len(move.noted("ends")) == 8)

    assert move.noted("ends", "old") == collections.Counter(["s", "b", "b-a", "b-b"])  # a chord stays whole
    assert move.noted("ends", "new") == collections.Counter(["s-child", "s-report", "f", "b-body"])
    move.drained()


def test_what_a_draining_task_sends_to_a_broker_that_is_not_the_apps_goes_there(move):
    move.send("app.send_task('moving_app.elsewhere', ('e',)).id", "old")
    move.draining()
    third = redis.Redis(port=move.old.port, db=5, username="admin", password="admin")

    assert until(lambda: third.llen(f"{PREFIX}{BASE}")) == 1
    third.close()


def test_a_draining_task_gets_the_result_of_what_it_sent(move):
    move.draining()
    code = "app.send_task('moving_app.waits', ('w',)).id"
    sent = move.send(code, "old")
    move.moved()

    assert move.results([sent]) == ["w-child"]


@pytest.mark.parametrize("wait", ["get(20)", "get(20, interval=0.2)", "wait(20)"])
def test_who_moved_and_waits_hears_of_a_task_that_a_worker_without_the_loader_ends(wait, move):
    ids = move.send("[work.delay('slow', 6).id, work.delay('other', 6).id]", "old")
    move.worker("stays", "old")

    value = move.caller(f"print(json.dumps(app.AsyncResult({ids[0]!r}).{wait}))")
    more = move.caller(f"from celery.result import ResultSet\n"
                       f"print(json.dumps(ResultSet([app.AsyncResult(id) for id in {ids!r}]).join_native(20)))")

    assert (value, more) == ("slow", ["slow", "other"])


def test_a_result_of_the_time_before_is_found_forgotten_and_never_older_than_the_new_one(move):
    move.worker("stays", "old")
    first, second, failed = move.send("[work.delay('1').id, work.delay('2').id, fails.delay('3').id]", "old")
    until(lambda: len(move.noted("ends")) == 3)
    key = f"{PREFIX}celery-task-meta-"
    until(lambda: move.old.admin.exists(f"{key}{failed}"))
    newer = move.old.admin.get(f"{key}{first}").replace('"1"', '"newer"')
    move.new.admin.set(f"{key}{first}", newer)

    states = move.caller(f"""
one, two, three = (app.AsyncResult(id) for id in {[first, second, failed]!r})
answers = [one.get(5), two.state, three.state, str(three.result)]
two.forget()
print(json.dumps([*answers, app.AsyncResult(two.id).state]))""")

    assert states == ["newer", "SUCCESS", "FAILURE", "3", "PENDING"]
    assert 0 < move.new.admin.ttl(f"{key}{failed}") <= 3600


@pytest.mark.parametrize(("there", "stored", "stays"), [("SUCCESS", "RETRY", "SUCCESS"), ("FAILURE", "STARTED", "FAILURE"),
                                                         ("STARTED", "RETRY", "RETRY"), ("FAILURE", "SUCCESS", "SUCCESS")])
def test_a_draining_worker_never_stores_over_what_the_new_side_knows_better(there, stored, stays, move):
    """A retry may be through there before its sender has noted that it sent it."""
    meta = {"status": there, "result": None, "traceback": None, "children": [], "task_id": "x"}
    move.new.admin.set(f"{PREFIX}celery-task-meta-x", json.dumps(meta))

    move.send(f"app.backend.store_result('x', None, {stored!r})", "old", "worker", "old")

    assert json.loads(move.new.admin.get(f"{PREFIX}celery-task-meta-x"))["status"] == stays
    assert move.denials() == []


def test_a_saved_group_of_the_time_before_is_restored(move):
    move.draining()
    sent = move.send("(lambda result: (result.save(), result.id)[1])(group(work.s(f'{n}') for n in range(3))())", "old")

    found = move.caller(f"print(json.dumps(app.GroupResult.restore({sent!r}).join(20)))")

    assert found == ["0", "1", "2"]


def test_while_the_new_side_is_down_nothing_is_lost_and_no_task_fails(move):
    move.draining()
    move.new.stop()
    sent = move.send("[spawns.delay('s').id, flaky.delay('f').id]", "old")

    until(lambda: len(move.noted("ends")) == 4, 40)

    assert set(move.noted("ends", "old")) == {"s", "s-child", "s-report", "f"}
    move.new.start()
    move.users("new")
    assert move.results(sent)[1] == "f"


def test_carry_moves_dead_letters_once_and_the_new_side_sends_them_under_its_names(move):
    letters = f"{PREFIX}dead-letters"
    for name in ("one", "two"):
        move.old.admin.zadd(letters, {letter(name, f"{BASE}.reports"): 5})
    assert move.left()["deadLetters"] == 2

    assert "dead letters: 2" in move.program("carry")
    assert "dead letters: 0" in move.program("carry", moving="new")
    moved = move.new.admin.zrange(letters, 0, -1, withscores=True)
    (line, _) = move.program("dead-letters", "send", "one", moving="new")

    assert [(json.loads(member)["id"], score) for member, score in moved] == [("one", 5), ("two", 5)]
    assert f"sent again to {BASE}.reports" in line
    assert move.new.admin.llen(f"{PREFIX}{BASE}.reports") == 1
    assert move.program("carry")[0] == "dead letters: 0"
    assert move.new.admin.zcard(letters) == 1  # the one that was sent does not come back
    assert move.left()["deadLetters"] == 0
    assert move.denials() == []


def letter(name, queue):
    info = {"exchange": "", "routing_key": queue, "priority": 0}
    message = {"body": "", "headers": {"id": name}, "properties": {"delivery_info": info, "priority": 0}}
    return json.dumps({"id": name, "task": "t", "time": "now", "reason": "r", "pool": "p", "pod": "p", "exchange": "",
                       "routing_key": queue, "message": message})


ADDS = """
from redbeat import RedBeatSchedulerEntry
RedBeatSchedulerEntry("{}", "moving_app.work", {}, args=["{}"], app=app).save()
print(json.dumps(True))"""


def beat(move, name, side, moving=None, **schedule):
    more = {"beat_scheduler": "redbeat.RedBeatScheduler", "beat_max_loop_interval": 1, "redbeat_lock_timeout": 5,
            "beat_schedule": schedule}
    pod = move.pod(name, side, moving=moving)
    started = celery({**pod, "STALK_CELERY": json.dumps({**json.loads(pod["STALK_CELERY"]), **more})}, "moving_app", "beat")
    move.stopping.append(started)
    return started


def test_entries_of_redbeat_come_along_with_their_times_and_those_deleted_since_stay_away(move):
    pytest.importorskip("redbeat")
    static = {"static": {"task": "moving_app.report", "schedule": 1, "args": ["static"]}}
    old = beat(move, "beat-old", "old", **static)
    until(lambda: move.old.admin.exists(f"{PREFIX}redbeat:static"))
    adds = "import json; from moving_app import *" + ADDS
    for name, schedule in (("soon", "1"), ("rare", "86400"), ("gone", "86400")):
        python(move.pod("adds", "old"), adds.format(name, schedule, name))
    until(lambda: move.old.admin.llen(f"{PREFIX}{BASE}") >= 2)
    assert old.stop() == 0
    keys = [f"{PREFIX}redbeat:{name}" for name in ("gone", "rare", "soon", "static")]
    before = {key: move.old.admin.hgetall(key) for key in keys}
    times = dict(move.old.admin.zrange(f"{PREFIX}redbeat::schedule", 0, -1, withscores=True))
    assert move.left()["redbeat"] == 4

    assert "redbeat: 4" in move.program("carry", moving="new")

    assert {key: move.new.admin.hgetall(key) for key in keys} == before
    assert dict(move.new.admin.zrange(f"{PREFIX}redbeat::schedule", 0, -1, withscores=True)) == times
    assert move.new.admin.smembers(f"{PREFIX}redbeat::statics") == {"static"}
    assert not move.new.admin.exists(f"{PREFIX}redbeat::lock")
    assert move.left()["redbeat"] == 0
    beat(move, "beat-new", "new", "new", **static)
    python(move.pod("drops", "new"), "import json; from moving_app import *\nfrom redbeat import RedBeatSchedulerEntry\n"
                                     "RedBeatSchedulerEntry.from_key(f'tenant:a:redbeat:gone', app=app).delete()\nprint(1)")
    move.moved()
    until(lambda: {"soon", "static"} <= set(move.noted("ends", "new")))
    assert "redbeat: 0" in move.program("carry")
    assert not move.new.admin.exists(keys[0])
    assert move.denials() == []


def test_an_entry_that_is_there_already_stays_as_it_is(move):
    move.old.admin.hset(f"{PREFIX}redbeat:x", mapping={"definition": "old", "meta": "old"})
    move.old.admin.zadd(f"{PREFIX}redbeat::schedule", {f"{PREFIX}redbeat:x": 1})
    move.new.admin.hset(f"{PREFIX}redbeat:x", mapping={"definition": "new", "meta": "new"})
    move.new.admin.zadd(f"{PREFIX}redbeat::schedule", {f"{PREFIX}redbeat:x": 2})

    move.program("carry")

    assert move.new.admin.hgetall(f"{PREFIX}redbeat:x") == {"definition": "new", "meta": "new"}
    assert move.new.admin.zscore(f"{PREFIX}redbeat::schedule", f"{PREFIX}redbeat:x") == 2


def test_carry_waits_for_both_sides(move):
    move.new.stop()
    pod = move.pod("waits", "old", moving="old")
    runs = Process(pod, sys.executable, f"{pod['PYTHONPATH'].split(':')[0]}/stalk_celery.py", "carry")

    runs.says("carry waits: ")
    move.new.start()
    move.users("new")

    assert runs.process.wait(30) == 0


def test_left_says_what_waits_by_priority_and_what_workers_hold(move):
    move.send("[work.delay('1'), work.apply_async(('2',), priority=9), report.delay('3')] and 1", "old")
    empty = {"messages": 3, "queues": {"celery": {"waiting": 2, "steps": {"0": 1, "9": 1}},
                                       "reports": {"waiting": 1, "steps": {"0": 1}}},
             "unacked": {"count": 0, "etas": 0, "latest": None}, "redbeat": 0, "deadLetters": 0, "unknown": None,
             "results": None, "clients": None}
    assert move.left() == empty
    move.draining()
    until(lambda: len(move.noted("ends")) == 3)
    move.send("work.apply_async(('4',), countdown=600).id", "old")
    until(lambda: move.old.admin.hlen(f"{PREFIX}unacked"))

    found = move.left()
    (line,) = move.program("left")

    due = time.time() + 600
    assert (found["messages"], found["unacked"]["count"], found["unacked"]["etas"]) == (1, 1, 1)
    assert abs(datetime.datetime.fromisoformat(found["unacked"]["latest"]).timestamp() - due) < 60
    assert line == f"1 messages left: unacked 1 (1 with an eta, the last one due {found['unacked']['latest']})"
    assert move.denials() == []


def test_a_foreign_redis_is_taken_over_while_its_app_runs(tmp_path, stopping):
    move = TakeOver(tmp_path, stopping)
    theirs = move.their_worker()
    send = "import json; from moving_app import *; print(json.dumps({}))"
    early = python(move.theirs("web"), send.format("[work.delay('early').id, fails.delay('broken').id]"))
    until(lambda: len(move.noted("ends")) == 2)
    os.killpg(theirs.process.pid, signal.SIGSTOP)
    ids, names = python(move.theirs("web"), send.format("mixed('one')"))
    os.killpg(theirs.process.pid, signal.SIGCONT)
    assert theirs.stop() == 0
    move.old.admin.zadd("dead-letters", {letter("dead", "celery"): 5})
    assert "results: 2" in [line.partition(" and")[0] for line in move.program("carry")]
    assert move.program("carry")[-1] == "results: 0"
    (dead,) = move.new.admin.zrange(f"{PREFIX}dead-letters", 0, -1)
    places = [json.loads(dead), json.loads(dead)["message"]["properties"]["delivery_info"]]
    assert [place["routing_key"] for place in places] == [BASE, BASE]
    move.moved()
    move.draining()
    more, others = move.send("mixed('two')", "new", moving="new")

    results = move.results(ids)

    assert results[4:6] == ["one-flaky", ["one-chain1", "one-chain2", "one-chain3"]]
    assert len(move.results(more)) == len(ids)
    assert move.results(early[:1]) == ["early"]
    move.drained()
    until(lambda: move.noted("ends") == collections.Counter([*names, *others, "early", "broken"]), 20)
    assert move.left()["clients"]
    assert move.left()["unknown"] == {}
    move.old.admin.lpush("forgotten", "{}")
    move.old.admin.lpush("celery\x06\x164", "{}")
    assert move.left()["unknown"] == {"forgotten": 1, "celery\x06\x164": 1}
    assert move.new.denials() == []
