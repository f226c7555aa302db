"""What kombu loses where Redis goes, or is full, between two commands."""
import pytest
from harness import HERE, environment, python

CODE = """
import json, pathlib, sys
sys.path.insert(0, {here!r})
import kombu
import stalk_celery
from celery.utils.log import get_logger
from harness import Server
from kombu.transport.redis import Channel
from kombu.utils.eventio import poll
import stalk_unacked

server = Server(pathlib.Path({folder!r}))
server.admin.execute_command("ACL", "SETUSER", "default", "on", "nopass", "~*", "&*", "+@all")
queue = kombu.Queue("q", kombu.Exchange("q"), routing_key="q")
took = []

def consumer():
    connection = kombu.Connection(server.url())
    consumes = kombu.Consumer(connection, [queue], callbacks=[lambda body, message: took.append(message)])
    consumes.consume()
    return connection, consumes.channel.qos

def send():
    with kombu.Connection(server.url()) as connection:
        connection.Producer().publish({{}}, exchange=queue.exchange, routing_key="q", declare=[queue])

def state():
    return {{"waits": server.admin.llen("q"), "noted": server.admin.hlen("unacked"), "took": len(took)}}

def unheard():
    send()
    connection.drain_events(timeout=5)
    server.admin.execute_command("ACL", "SETUSER", "default", "-hdel")
    took[0].ack_log_error(get_logger("test"), (Exception,))
    server.admin.execute_command("ACL", "SETUSER", "default", "+hdel")

def again():
    found = state()
    connection, qos = consumer()
    stalk_unacked.catch_up(qos)
    return [found, state(), len(stalk_unacked.HELD) + len(stalk_unacked.DONE)]

connection, qos = consumer()
try:
    print(json.dumps(run()))
finally:
    server.stop()
"""

POPPED = """
def run():
    cycle = connection.transport.cycle
    cycle.on_poll_init(poll())
    cycle.on_poll_start()
    send()
    while server.admin.llen("q"):
        pass
    server.process.kill()
    server.process.wait()
    connection.collect()
    server.start()
    server.admin.execute_command("ACL", "SETUSER", "default", "on", "nopass", "~*", "&*", "+@all")
    return again()
"""

DONE = """
def run():
    unheard()
    return again()
"""

UNHEARD = """
def run():
    unheard()
    found = state()
    stalk_unacked.note(qos)
    return [found, state(), len(stalk_unacked.HELD) + len(stalk_unacked.DONE)]
"""

FULL = """
def run():
    send()
    server.admin.config_set("maxmemory", 1)
    connection.drain_events(timeout=5)
    qos.restore_visible()
    found = state()
    server.admin.config_set("maxmemory", 0)
    stalk_unacked.note(qos)
    noted = state()
    took[0].ack()
    return [found, noted, state(), len(stalk_unacked.HELD)]
"""

REJECTED = """
def run():
    send()
    server.admin.config_set("maxmemory", 1)
    connection.drain_events(timeout=5)
    server.admin.config_set("maxmemory", 0)
    took[0].requeue()
    return [state(), len(stalk_unacked.HELD)]
"""

CLOSED_TWICE = """
def run():
    send()
    connection.drain_events(timeout=5)
    cycle = connection.transport.cycle
    cycle.on_poll_init(poll())
    cycle.on_poll_start()
    server.stop()
    cycle.close = lambda: server.admin.ping()  # fails: whatever of the first attempt does
    connection.collect()  # as a worker does that has lost its connection
    connection.close()
    return "closed"
"""

ENDED_LATER = """
def run():
    for _ in range(2):
        send()
        connection.drain_events(timeout=5)
    took[0].channel._disconnect_pools()
    connection._do_close_transport()  # as a worker does that has lost its connection
    took[0].ack_log_error(get_logger("test"), connection.connection_errors)
    took[1].reject_log_error(get_logger("test"), connection.connection_errors, requeue=True)
    return again()
"""


def told(story, tmp_path):
    code = CODE.format(here=str(HERE), folder=str(tmp_path / "redis"))
    first, last = code.split("connection, qos = consumer()\ntry:")
    return python(environment(tmp_path / "pod", {}), f"{first}{story}\nconnection, qos = consumer()\ntry:{last}")


def state(waits, noted, took):
    return {"waits": waits, "noted": noted, "took": took}


@pytest.mark.parametrize(("story", "answer"), [
    (POPPED, [state(0, 0, 0), state(1, 0, 0), 0]),
    (DONE, [state(0, 1, 1), state(0, 0, 1), 0]),
    (UNHEARD, [state(0, 1, 1), state(0, 0, 1), 0]),
    (FULL, [state(0, 0, 1), state(0, 1, 1), state(0, 0, 1), 0]),
    (REJECTED, [state(1, 0, 1), 0]),
], ids=["popped when Redis goes", "done when Redis does not listen", "done, and said again on the same connection",
        "taken from a full Redis", "taken and given back"])
def test_a_message_between_two_commands_is_kept(story, answer, tmp_path):
    assert told(story, tmp_path) == answer


def test_what_a_task_says_that_ends_after_its_connection_is_no_error_and_is_heard_later(tmp_path):
    """An error would end the worker."""
    assert told(ENDED_LATER, tmp_path) == [state(0, 2, 2), state(0, 1, 2), 0]


def test_a_connection_that_broke_is_closed_without_an_error(tmp_path):
    """An error would end the worker."""
    assert told(CLOSED_TWICE, tmp_path) == "closed"
