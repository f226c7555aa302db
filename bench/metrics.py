"""CPU time of a task with metrics and without, side by side; started by metrics.ts."""
import os
import pathlib
import statistics
import sys
import tempfile
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import redis

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "test" / "live" / "loader"))
from harness import Server, environment, free_port, python, until, worker

TASKS, ROUNDS, POOLS = 1000, 7, ("prefork", "threads")
TICKS = os.sysconf("SC_CLK_TCK")
SEND = f"""
import json, time, plain_app
plain_app.add.delay(1, 1)
began = time.process_time()
for _ in range({TASKS}):
    plain_app.add.delay(1, 1)
print(json.dumps(time.process_time() - began))
"""


def cpu(pid):
    """Of a process and its children, dead ones too."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sum(map(int, fields[11:15])) / TICKS + sum(map(cpu, children))


def scrapes(port, ended):
    """Three to six times as often as a Prometheus."""
    while not ended.wait(5):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            answer.read()


class Half:
    """A worker with its sender, with metrics or without, and a database of its own."""

    def __init__(self, server, folder, kind, watched):
        settings = {"broker_url": server.url(int(watched)), "task_ignore_result": True, "worker_prefetch_multiplier": 4}
        self.queue = redis.Redis(port=server.port, username="admin", password="admin", db=int(watched))
        port, self.ended = free_port(), threading.Event()
        self.env = environment(folder / str(watched), settings,
                               **({"STALK_METRICS": str(port), "STALK_SENT": "1"} if watched else {}))
        self.pool = worker(self.env, "plain_app", f"--pool={kind}", "-Q", "celery")
        if watched:
            threading.Thread(target=scrapes, args=(port, self.ended), daemon=True).start()

    def works(self):
        """CPU seconds of the sender, and of the worker for what was sent."""
        began = cpu(self.pool.process.pid)
        sender = python(self.env, SEND, 600)
        until(lambda: not self.queue.llen("celery") and not self.queue.hlen("unacked"), 600, 0.1)
        return sender, cpu(self.pool.process.pid) - began

    def stop(self):
        self.ended.set()
        self.pool.stop()


def measure(server, folder, kind):
    """Ratios of each round: both halves work at the same time, so that what else runs here weighs on both."""
    halves = [Half(server, folder, kind, watched) for watched in (True, False)]
    time.sleep(1)
    with ThreadPoolExecutor(2) as both:
        for _ in range(ROUNDS):
            on, off = both.map(Half.works, halves)
            yield [one / other for one, other in zip(on, off)]
    for half in halves:
        half.stop()


def main():
    folder = pathlib.Path(tempfile.mkdtemp())
    server = Server(folder / "redis")
    server.admin.execute_command("ACL", "SETUSER", "default", "on", "nopass", "~*", "&*", "+@all")
    try:
        for kind in POOLS:
            for who, ratios in zip(("sender", "worker"), zip(*measure(server, folder / kind, kind))):
                each = " ".join(f"{ratio:.3f}" for ratio in sorted(ratios))
                print(f"{kind:<8} {who}  {statistics.median(ratios):.3f}  (aim: at most 1.03; rounds: {each})", flush=True)
    finally:
        server.stop()


main()
