"""What the processes of a pool and their parent say to each other."""
import time

import pytest
from celery import __version__
from harness import Server, environment, python, until, worker

KEPT = """
import json
from kept_app import add, fails, long
failed = [fails.delay(1_000_000), fails.delay(1_000_000)]
errors = [type(one.get(30, propagate=False)).__name__ for one in failed]
answers = [one.get(20) for one in [add.delay(n, n) for n in range(4)]]
limited = long.apply_async(soft_time_limit=1).get(20, propagate=False)
print(json.dumps([errors, answers, type(limited).__name__]))
"""


def place(tmp_path, stopping):
    server = Server(tmp_path / "redis")
    stopping.append(server)
    server.admin.execute_command("ACL", "SETUSER", "default", "on", "nopass", "~*", "&*", "+@all")
    pod = environment(tmp_path / "pod", {"broker_url": server.url(), "result_backend": server.url(1)})
    pool = worker(pod, "kept_app", "--prefetch-multiplier=1")
    stopping.append(pool)
    return server, pod, pool


GONE = """
import json
import stalk_celery
from celery import signals
signals.celeryd_init.send(sender="test", instance=None, conf=None)
from celery.concurrency import asynpool
from kombu.utils.compat import fileno
class Closed:
    def fileno(self):
        return self.socket.fileno()
    socket = None
asked, source = [], [None, 1, Closed()]
asynpool.iterate_file_descriptors_safely(list(source), source, lambda fd: asked.append(fileno(fd)))
print(json.dumps([asked, source]))
"""


def test_a_worker_passes_over_file_descriptors_that_are_gone(tmp_path):
    assert python(environment(tmp_path, {}), GONE) == [[1], [1]]


def test_a_worker_goes_on_where_long_answers_meet_their_soft_limit(tmp_path, stopping):
    _, pod, pool = place(tmp_path, stopping)

    told = python(pod, KEPT)

    assert told == [["ValueError"] * 2, [0, 2, 4, 6], "SoftTimeLimitExceeded"]
    assert pool.stop() == 0


def test_a_worker_goes_on_where_it_loses_its_connection_in_the_middle_of_long_answers(tmp_path, stopping):
    server, pod, pool = place(tmp_path, stopping)
    python(pod, "from kept_app import fails; [fails.delay(20_000_000) for _ in range(8)]")

    for _ in range(20):
        time.sleep(0.3)
        server.admin.client_kill_filter(_type="pubsub")

    until(lambda: server.admin.llen("celery") + server.admin.hlen("unacked") == 0, 60)
    assert pool.stop() == 0


@pytest.mark.skipif(__version__ < "5.6", reason="celery 5.5 forgets what runs where it loses its connection")
@pytest.mark.parametrize("limit", ["soft", "hard"])
def test_a_limit_holds_where_the_connection_is_lost_meanwhile(limit, tmp_path, stopping):
    server, pod, pool = place(tmp_path, stopping)
    option = {"soft": "soft_time_limit=3", "hard": "time_limit=3"}[limit]
    sent = python(pod, f"import json; from kept_app import long; print(json.dumps(long.apply_async({option}).id))")
    until(lambda: (tmp_path / "pod" / sent).exists())

    server.admin.client_kill_filter(_type="pubsub")

    pool.says("Connection to broker lost")
    pool.says(f"{limit.title()} time limit (3s) exceeded for kept_app.long[{sent}]")

    get = f"type(app.AsyncResult({sent!r}).get(20, propagate=False)).__name__"
    told = python(pod, f"import json; from kept_app import app; print(json.dumps({get}))")

    assert told == {"soft": "SoftTimeLimitExceeded", "hard": "TimeLimitExceeded"}[limit]
    assert pool.stop() == 0
