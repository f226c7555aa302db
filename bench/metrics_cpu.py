"""CPU time of a task with metrics and without, as a ratio; started by metrics.ts.

Three workers take the same number of tasks at the same time, so that what else runs on the machine weighs on all: without
metrics, without them once more, which shows the noise, and with them.
"""
import os
import pathlib
import statistics
import sys
import tempfile
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import redis

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "test" / "live" / "loader"))
from harness import Server, environment, free_port, python, until, worker

TASKS, ROUNDS, PATIENCE = 1000, 9, 600
SEND = f"""
import json, time, plain_app
plain_app.add.delay(1, 1)
began = time.process_time()
for _ in range({TASKS - 1}):
    plain_app.add.delay(1, 1)
print(json.dumps(time.process_time() - began))
"""


def cpu(pid):
    """Seconds of all threads of a process, and of its children, those too that have ended."""
    proc = pathlib.Path(f"/proc/{pid}")
    threads = sum(int((thread / "schedstat").read_text().split()[0]) for thread in (proc / "task").iterdir())
    ended = map(int, (proc / "stat").read_text().rpartition(")")[2].split()[13:15])
    children = (proc / "task" / str(pid) / "children").read_text().split()
    return threads / 1e9 + sum(ended) / os.sysconf("SC_CLK_TCK") + sum(map(cpu, children))


class Half:
    """A worker and its sender, with a database of their own."""

    def __init__(self, server, folder, kind, number, watched):
        settings = {"broker_url": server.url(number), "task_ignore_result": True, "worker_prefetch_multiplier": 4}
        port, self.ended = free_port(), threading.Event()
        more = {"STALK_METRICS": str(port), "STALK_SENT": "1"} if watched else {}
        self.queue = redis.Redis(port=server.port, username="admin", password="admin", db=number)
        self.env = environment(folder / str(number), settings, **more)
        self.pool = worker(self.env, "plain_app", f"--pool={kind}", "--queues=celery")
        if watched:
            threading.Thread(target=self.scrape, args=(f"http://127.0.0.1:{port}/metrics",), daemon=True).start()

    def scrape(self, url):
        """Three to six times as often as Prometheus does."""
        while not self.ended.wait(5):
            urllib.request.urlopen(url, timeout=PATIENCE).read()

    def work(self):
        """CPU time of the sender, and of the worker for what was sent."""
        began = cpu(self.pool.process.pid)
        sender = python(self.env, SEND, PATIENCE)
        until(lambda: not self.queue.llen("celery") and not self.queue.hlen("unacked"), PATIENCE, 0.1)
        return sender, cpu(self.pool.process.pid) - began

    def stop(self):
        self.ended.set()
        self.pool.stop()


def rounds(server, folder, kind):
    """Pairs of sender and worker: without metrics, without them once more, and with them."""
    halves = [Half(server, folder, kind, number, watched) for number, watched in enumerate((False, False, True))]
    with ThreadPoolExecutor(len(halves)) as together:
        list(together.map(Half.work, halves))  # the first tasks of a process cost more
        found = [list(together.map(Half.work, halves)) for _ in range(ROUNDS)]
    for half in halves:
        half.stop()
    return found


def median(ratios):
    low, *_, high = sorted(ratios)
    return f"{statistics.median(ratios):.3f} ({low:.3f} to {high:.3f})"


def main():
    if not pathlib.Path("/proc/self/schedstat").exists():
        sys.exit("the CPU time of metrics is NOT measured: the kernel has no /proc/*/schedstat")
    server = Server(pathlib.Path(tempfile.mkdtemp()) / "redis")
    server.admin.execute_command("ACL", "SETUSER", "default", "on", "nopass", "~*", "&*", "+@all")
    try:
        for kind in ("prefork", "threads"):
            found = rounds(server, server.folder / kind, kind)
            for who, name in enumerate(("sender", "worker")):
                off, same, on = ([half[who] for half in halves] for halves in zip(*found))
                print(f"{kind:<8} {name}  CPU time {median([a / b for a, b in zip(on, off)])}, two without metrics "
                      f"{median([a / b for a, b in zip(same, off)])}; {statistics.median(off) / TASKS * 1e6:.0f} µs a task "
                      "without; aim: at most 1.03", flush=True)
    finally:
        server.stop()


main()
