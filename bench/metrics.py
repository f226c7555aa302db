"""CPU time of a task with metrics and without, in one run, one after the other; started by metrics.ts."""
import os
import pathlib
import statistics
import sys
import tempfile
import threading
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "test" / "live" / "loader"))
from harness import Server, environment, free_port, python, until, worker

TASKS, ROUNDS, POOLS = 2000, 5, ("prefork", "threads")
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
    """Each second: 15 to 30 times as often as a Prometheus."""
    while not ended.wait(1):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            answer.read()


def measured(server, folder, kind, watched):
    """CPU seconds of the sender and of the worker, from its start of work to its end."""
    server.admin.flushall()
    settings = {"broker_url": server.url(), "task_ignore_result": True, "worker_prefetch_multiplier": 4}
    port, ended = free_port(), threading.Event()
    env = environment(folder, settings, **({"STALK_METRICS": str(port), "STALK_SENT": "1"} if watched else {}))
    pool = worker(env, "plain_app", f"--pool={kind}", "-Q", "celery")
    if watched:
        threading.Thread(target=scrapes, args=(port, ended), daemon=True).start()
    time.sleep(1)
    began = cpu(pool.process.pid)
    sender = python(env, SEND, 600)
    until(lambda: not server.admin.llen("celery") and not server.admin.hlen("unacked"), 600, 0.2)
    took = cpu(pool.process.pid) - began
    ended.set()
    pool.stop()
    return sender, took


def main():
    folder = pathlib.Path(tempfile.mkdtemp())
    server = Server(folder / "redis")
    server.admin.execute_command("ACL", "SETUSER", "default", "on", "nopass", "~*", "&*", "+@all")
    try:
        for kind in POOLS:
            ratios = []
            for number in range(ROUNDS):
                pair = {watched: measured(server, folder / str(watched), kind, watched)
                        for watched in ((False, True) if number % 2 else (True, False))}
                ratios.append([on / off for on, off in zip(pair[True], pair[False])])
            for who, values in zip(("sender", "worker"), zip(*ratios)):
                each = " ".join(f"{value:.3f}" for value in sorted(values))
                print(f"{kind:<8} {who}  {statistics.median(values):.3f}  (aim: at most 1.03; rounds: {each})", flush=True)
    finally:
        server.stop()


main()
