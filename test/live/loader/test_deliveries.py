"""Tasks that kill their process or their pod: they end as dead letters, and nothing else does."""
import json
import signal
import time

import kombu
import pytest
from harness import WEB, environment, python, until
from place import LETTERS, LIMIT, PREFIX, Place, verify

FAILED = """
import json
from poison_app import app
try:
    app.AsyncResult("{}").get(20)
except Exception as error:
    print(json.dumps([type(error).__name__, str(error)]))
"""


@pytest.mark.parametrize("send", ["poison.delay()", "poison.apply_async(priority=9)", "poison.apply_async(countdown=1)"],
                         ids=["plain", "with a priority", "with a countdown"])
def test_a_task_that_kills_its_process_begins_no_more_than_its_limit_and_is_a_dead_letter(send, tmp_path, stopping):
    place = Place(tmp_path, stopping)
    pool = place.worker()

    sent = place.send(send)
    error, why = python(place.pod, FAILED.format(sent))
    (letter,) = until(place.letters)

    assert (error, LETTERS in why) == ("WorkerLostError", True)
    assert place.begun(sent) == 1 + LIMIT
    assert (letter["id"], letter["task"], letter["pool"]) == (sent, "poison_app.poison", "w")
    assert letter["message"]["headers"]["id"] == sent
    assert place.server.admin.hlen(f"{PREFIX}unacked") == place.server.admin.zcard(f"{PREFIX}unacked_index") == 0
    pool.says(f"poison_app.poison[{sent}] is a dead letter")
    assert pool.process.poll() is None
    assert place.server.denials() == []


def test_who_waits_for_a_chord_with_such_a_task_hears_of_it(tmp_path, stopping):
    place = Place(tmp_path, stopping)
    place.worker()

    body = place.send("poisoned_chord()")

    assert python(place.pod, FAILED.format(body))[0] == "ChordError"


@pytest.mark.skipif(kombu.VERSION < (5, 7), reason="an older kombu looks for overdue messages every 100 s")
@pytest.mark.parametrize(("pool", "whom"), [("prefork", "parent"), ("solo", "process"), ("threads", "process")])
def test_a_task_that_kills_its_pod_is_a_dead_letter_too(pool, whom, tmp_path, stopping):
    place = Place(tmp_path, stopping, visible=1)
    sent = place.send(f"poison.delay('{whom}')")
    kind = f"--pool={pool}"

    for life in range(1 + LIMIT):
        pool = place.worker(kind, pool=f"w{life}")
        until(lambda life=life: place.begun(sent) > life, 40)
        pool.process.wait(10)
    place.worker(kind, pool="last")

    (letter,) = until(place.letters, 40)
    assert (letter["id"], place.begun(sent), letter["pool"]) == (sent, 1 + LIMIT, "last")


def test_what_a_worker_that_lives_gives_back_is_no_dead_letter(tmp_path, stopping):
    place = Place(tmp_path, stopping)

    rejected = place.send(f"not_now.delay({LIMIT + 4})")
    slow = place.send("slow.delay(12)")
    for life in range(LIMIT + 3):
        pool = place.worker(pool=f"w{life}")
        until(lambda life=life: place.begun(slow) > life, 60)
        time.sleep(1)  # Celery gives back from within its signal handler, which hangs where it meets a command to Redis
        pool.process.send_signal(signal.SIGQUIT)
        pool.process.wait(30)
    place.worker(pool="last")

    until(lambda: python(place.pod, f"""
import json
from poison_app import app
print(json.dumps([app.AsyncResult(one).state == "SUCCESS" for one in {[rejected, slow]!r}]))""") == [True, True], 40)
    assert place.letters() == []


def test_an_operator_looks_at_a_dead_letter_sends_it_again_and_drops_it(tmp_path, stopping):
    place = Place(tmp_path, stopping)
    place.worker()
    sent, other = place.send("poison.delay()"), place.send("poison.delay()")
    until(lambda: len(place.letters()) == 2, 40)

    listed, shown, dropped = place.operator(), place.operator("show", sent), place.operator("drop", other)
    again = place.operator("send", sent)
    until(lambda: place.begun(sent) >= 2 * (1 + LIMIT), 40)

    assert all(text in listed for text in (sent, other, f"{LETTERS}: 2"))
    assert ['"routing_key"' in shown, "dropped" in dropped, "sent again to celery" in again] == [True] * 3
    assert [letter["id"] for letter in until(place.letters)] == [sent]
    assert place.begun(other) in (1 + LIMIT, 2 + LIMIT)  # where two die at once, the pool itself may begin one again
    place.operator("drop", "all")
    assert place.letters() == []


@pytest.mark.parametrize(("who", "letter"), [("a", "a"), ("a-web", "w")], ids=["from a worker", "from a web pod"])
def test_verify_finds_dead_letters(who, letter, tmp_path, stopping):
    place = Place(tmp_path, stopping)
    place.server.user("a-web", "w" * 32, f"~{PREFIX}* resetchannels {WEB} +zrangebyscore +select")
    pool = place.worker()
    sent = place.send("poison.delay()")
    pool.says("is a dead letter")
    pod = environment(tmp_path / "asker", json.loads(place.pod["STALK_CELERY"]), user=who, password=letter * 32)

    found = verify(pod, "poison_app", letters=None)["letters"]

    assert (found["count"], found["dropped"]) == (1, 0)
    assert found["oldest"][0].startswith(f"{sent}  poison_app.poison  ")


def test_dead_letters_have_a_bound_and_those_beyond_it_are_counted_and_in_the_log(tmp_path, stopping):
    place = Place(tmp_path, stopping)
    pool = place.worker()
    place.server.admin.zadd(LETTERS, {json.dumps({"id": "x", "task": "x", "time": "x", "reason": "x" * 4_200_000}): 1})

    sent = place.send("poison.delay()")
    pool.says("is full; dropped: ", 40)

    assert f'"id": "{sent}"' in pool.output
    assert [letter["id"] for letter in place.letters()] == ["x"]
    assert "and 1 that had no room" in place.operator()
    assert place.server.admin.hlen(f"{PREFIX}unacked") == 0
