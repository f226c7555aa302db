"""Instructions of a task with metrics and without, counted by valgrind; started by metrics.ts.

They differ by less than 0.1 % from run to run, where CPU time differs by some percent, and show what a change of a line
does. They leave out the kernel, whose calls a task are as many with metrics, and what memory and locks make a CPU wait.
"""
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import redis

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "test" / "live" / "loader"))
from harness import Server, environment, free_port, until

FEW, MANY = 100, 500  # tasks: the difference leaves out how a process starts and ends
PATIENCE = 600  # seconds: a process is fifty times as slow under valgrind
SEND = "import plain_app\nfor _ in range({}): plain_app.add.delay(1, 1)"


def counted(folder, *command):
    return ["valgrind", "--tool=cachegrind", "--cache-sim=no", f"--cachegrind-out-file={folder}/counts.%p", sys.executable,
            *command]


def instructions(folder):
    """Of a process and those that it forked."""
    return sum(int(re.search(r"^summary:\s*(\d+)", file.read_text(), re.M)[1]) for file in folder.glob("counts.*"))


def run(server, kind, watched, tasks):
    """Instructions of a sender, and of a worker for what it sent."""
    folders = [pathlib.Path(tempfile.mkdtemp(dir=server.folder)) for _ in range(2)]
    settings = {"broker_url": server.url(), "task_ignore_result": True, "worker_prefetch_multiplier": 4}
    more = {"STALK_METRICS": str(free_port()), "STALK_SENT": "1"} if watched else {}
    env = environment(folders[0], settings, **more, PYTHONHASHSEED="0")
    queue = redis.Redis(port=server.port, username="admin", password="admin")
    subprocess.run(counted(folders[0], "-c", SEND.format(tasks)), env=env, check=True, timeout=PATIENCE, capture_output=True)

    log = folders[1] / "log"
    with log.open("w") as out:
        worker = subprocess.Popen(
            counted(folders[1], "-m", "celery", "-A", "plain_app", "worker", f"--pool={kind}", "--concurrency=1",
                    "--queues=celery", "--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=INFO"),
            env=env, stdout=out, stderr=subprocess.STDOUT)
    until(lambda: " ready." in log.read_text() and not queue.llen("celery") and not queue.hlen("unacked"), PATIENCE, 0.2)
    worker.send_signal(signal.SIGTERM)
    worker.wait(PATIENCE)
    time.sleep(1)  # a process of the pool writes its counts as it ends
    return [instructions(folder) for folder in folders]


def each(server, kind, watched):
    few, many = (run(server, kind, watched, tasks) for tasks in (FEW, MANY))
    return [(more - less) / (MANY - FEW) for less, more in zip(few, many)]


def main():
    if not shutil.which("valgrind"):
        sys.exit("the instructions of metrics are NOT counted: valgrind is not on PATH")
    server = Server(pathlib.Path(tempfile.mkdtemp()) / "redis")
    server.admin.execute_command("ACL", "SETUSER", "default", "on", "nopass", "~*", "&*", "+@all")
    try:
        for kind in ("prefork", "threads"):
            off, on = (each(server, kind, watched) for watched in (False, True))
            for who, one, other in zip(("sender", "worker"), on, off):
                print(f"{kind:<8} {who}  instructions {one / other:.3f}; {other / 1e6:.2f} million a task without",
                      flush=True)
    finally:
        server.stop()


main()
