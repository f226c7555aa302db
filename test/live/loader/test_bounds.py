"""What apps leave behind, killed or not, has an end: on a Redis that evicts nothing, what only grows ends it."""
import re
import signal

import pytest
from harness import celery, python, until
from place import PREFIX, Place

ASKER = """
import os, signal
from kombu.pidbox import Mailbox
from poison_app import app
Mailbox._collect = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
app.control.ping(timeout=1)
"""
LISTENER = """
import os, signal
from poison_app import app
with app.connection() as connection:
    receiver = app.events.Receiver(connection, handlers={})
    next(receiver.consumer_context().gen)
    os.kill(os.getpid(), signal.SIGKILL)
"""
# By the names that docs/operating.md gives them: whether a key of the kind has an expiry. The rest has a size that does
# not follow from how much was sent.
EXPIRES = {
    r"celery-task-meta-.*": True,
    r"celery-taskset-meta-.*": True,
    r"chord-unlock-.*": True,
    r"[-0-9a-f]+\.reply\.celery\.pidbox": True,
    r"unacked_mutex": True,
    r"unacked(_index)?": False,
    r"_kombu\.binding(_permanent)?\.[^.]+": False,
    r"dead-letters": False,
    r"celery(\x06\x16\d)?": False,
}


def keys(server):
    """Size and life of each key, by its name without the prefix."""
    sized = {"string": "strlen", "list": "llen", "set": "scard", "zset": "zcard", "hash": "hlen"}
    admin = server.admin
    return {key[len(PREFIX):]: (getattr(admin, sized[admin.type(key)])(key), admin.ttl(key) != -1)
            for key in admin.scan_iter(count=1000) if admin.exists(key)}


def lasting(server):
    return {name: size for name, (size, expires) in keys(server).items() if not expires}


def killed(pod, code):
    with pytest.raises(AssertionError):
        python(pod, code)


def day(place, name):
    """All that an app does to a broker, with each kind of process killed once."""
    pool = place.worker("-E", pool=name)
    killed(place.pod, ASKER)
    killed(place.pod, LISTENER)
    killed(place.pod, ASKER)
    last = place.send("abandoned()")
    until(lambda: place.server.admin.exists(f"{PREFIX}celery-task-meta-{last}"))
    until(lambda: place.server.admin.hlen(f"{PREFIX}unacked") == 0)
    pool.process.send_signal(signal.SIGKILL)
    pool.process.wait(10)


def test_what_a_day_leaves_behind_has_an_expiry_or_is_no_more_than_after_the_first(tmp_path, stopping):
    place = Place(tmp_path, stopping, result_expires=3600, visible=2)
    day(place, "monday")
    first = lasting(place.server)

    for name in ("tuesday", "wednesday"):
        day(place, name)

    found = keys(place.server)
    assert lasting(place.server) == first
    for name, (_, expires) in found.items():
        (wanted,) = {life for kind, life in EXPIRES.items() if re.fullmatch(kind, name)} or {f"a kind for {name}"}
        assert expires == wanted, name
    assert any("reply" in name for name in found), "no answer to a killed asker"
    assert place.server.denials() == []


def test_answers_reach_who_asks_and_events_who_listens(tmp_path, stopping):
    place = Place(tmp_path, stopping)
    place.worker("-E")
    listener = celery({**place.pod, "PYTHONUNBUFFERED": "1"}, "poison_app", "events", "--dump")
    stopping.append(listener)
    listener.says("heartbeat")

    answers = python(place.pod, """
import json
from poison_app import app
print(json.dumps([len(app.control.ping(timeout=2)), len(app.control.inspect(timeout=2).stats())]))""")
    sent = place.send("add.delay(1, 1)")

    assert answers == [1, 1]
    listener.says(sent)
