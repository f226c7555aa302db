"""A Redis that goes without a word, as with a node that dies: its address swallows what is sent there."""
import json
import os
import shutil
import socket
import subprocess
import sys

import pytest
from harness import HERE, environment, python
from isolation import FLEET

HOUSE = ["unshare", "--net", "sh", "-c"]  # addresses and rules that go with the last process in it
RULES = "ip link set lo up && iptables -A INPUT -d 127.0.9.9 -j DROP && iptables -t nat -L"
swallows = pytest.mark.skipif(
    os.getuid() != 0 or not shutil.which("unshare") or subprocess.run([*HOUSE, RULES], capture_output=True).returncode,
    reason="NOT proven here: only root with iptables and unshare can have an address that swallows")
RETRY = {"max_retries": 20, "interval_start": 0.1, "interval_step": 0.3, "interval_max": 1.5}  # as rendered

STORY = """
import json, os, pathlib, subprocess, sys, tempfile, threading, time
sys.path[:0] = [{here!r}]
from harness import celery, environment, until, worker

FOLDER, SENTINEL = pathlib.Path(tempfile.mkdtemp()), {sentinel!r}
OLD, NEW, SERVICE, PORT = "127.0.9.1", "127.0.9.2", "127.0.9.9", "6379"
JOURNAL = FOLDER / "journal"
(FOLDER / "naps.py").write_text(f'''
import time
from celery import Celery
app = Celery("naps")
@app.task
def nap(number, seconds):
    time.sleep(seconds)
    with open({{str(JOURNAL)!r}}, "a") as journal:
        journal.write(f"{{{{number}}}}\\\\n")
    return number
''')

def rule(*words):
    subprocess.run(["iptables", *words], check=True)

def redis(name, *options):
    return subprocess.Popen(["redis-server", "--bind", name, "--port", PORT, "--save", "", "--dir", str(FOLDER),
                             "--protected-mode", "no", *options], stdout=subprocess.DEVNULL)

def ask(name, *command):
    return subprocess.run(["redis-cli", "-h", name, "-p", PORT, *command], capture_output=True, text=True).stdout

def lead(way, to):
    rule("-t", "nat", way, "OUTPUT", "-d", SERVICE, "-j", "DNAT", "--to-destination", to)

subprocess.run("ip link set lo up", shell=True, check=True)
processes = [redis(OLD)]
until(lambda: "PONG" in ask(OLD, "ping"))
processes.append(redis(NEW, "--replicaof", OLD, PORT, "--replica-announce-ip", NEW))
until(lambda: "link_status:up" in ask(NEW, "info", "replication"))
if SENTINEL:
    conf = FOLDER / "sentinel.conf"
    conf.write_text(f"port 26379\\nbind 127.0.9.3\\nprotected-mode no\\nsentinel announce-ip 127.0.9.3\\n"
                    f"sentinel monitor primary {{OLD}} {{PORT}} 1\\nsentinel down-after-milliseconds primary 5000\\n")
    processes.append(subprocess.Popen(["redis-server", conf, "--sentinel"], stdout=subprocess.DEVNULL))
    until(lambda: "slaves=1" in subprocess.run(["redis-cli", "-h", "127.0.9.3", "-p", "26379", "info", "sentinel"],
                                               capture_output=True, text=True).stdout)
else:
    lead("-A", OLD)

os.environ.update(environment(FOLDER, json.loads(os.environ["SETTINGS"]), app_dir=FOLDER))
sys.path[:0] = os.environ["PYTHONPATH"].split(":")
import naps

def done():
    return JOURNAL.read_text().split() if JOURNAL.exists() else []

def timed(began, what):
    def call():
        what()
        took[what.__name__] = round(time.monotonic() - began, 1)
    thread = threading.Thread(target=call, daemon=True)
    thread.start()
    return thread

def sent():
    naps.nap.delay("sent", 0)

def answered():
    assert answer.get(timeout=110) == "late"

def worked():
    until(lambda: "sent" in done(), 120)

def ticked():
    until(lambda: int(ask(NEW, "llen", "ticks") or 0) > before + 3, 120)

try:
    env = dict(os.environ)
    processes.append(worker(env, "naps").process)
    processes.append(celery(env, "naps", "beat").process)
    assert naps.nap.delay("first", 0).get(timeout=20) == "first"
    until(lambda: int(ask(NEW, "llen", "ticks") or 0) > 1)
    for number in range(2):
        naps.nap.delay(number, 8)
    answer = naps.nap.delay("late", 0)
    until(lambda: ask(NEW, "hlen", "unacked") == "3\\n")
    before, took = int(ask(NEW, "llen", "ticks")), {{}}

    for way in ("-d", "-s"):
        rule("-A", "INPUT", way, OLD, "-j", "DROP")
    began = time.monotonic()
    waits = [timed(began, what) for what in (sent, worked, answered, ticked)]
    if not SENTINEL:
        time.sleep(5)
        ask(NEW, "replicaof", "no", "one")
        lead("-I", NEW)
    for thread in waits:
        thread.join(120)
    until(lambda: ask(NEW, "hlen", "unacked") == "0\\n", 60)
    print(json.dumps([took, sorted(done()), (FOLDER / "worker-w.log").read_text()[-3000:]]))
finally:
    for process in processes:
        process.kill()
"""


def story(tmp_path, sentinel):
    """Seconds after the loss of Redis until each works again, and what was done."""
    url, options = ("sentinel://127.0.9.3:26379/0", {"master_name": "primary"}) if sentinel else \
        ("redis://127.0.9.9:6379/0", {})
    if sentinel:
        options["sentinel_kwargs"] = {"socket_timeout": 1, "socket_connect_timeout": 1}
    timeout = 4 if sentinel else 30
    broker = {"fanout_prefix": "/0.", "socket_keepalive": True, "socket_connect_timeout": 5, "socket_timeout": timeout,
              "health_check_interval": 25, "retry_on_timeout": True, "unacked_restore_interval": 1, **options}
    settings = {**FLEET, "worker_send_task_events": False, "broker_url": url, "result_backend": url,
                "broker_transport_options": broker, "result_backend_transport_options": options,
                "broker_connection_timeout": 5, "broker_connection_max_retries": 1_000_000,
                "redis_socket_keepalive": True, "redis_socket_connect_timeout": 5, "redis_socket_timeout": timeout,
                "redis_backend_health_check_interval": 25, "redis_retry_on_timeout": True,
                "task_publish_retry_policy": RETRY,
                "beat_schedule": {"tick": {"task": "naps.nap", "schedule": 1.0, "args": ["tick", 0],
                                           "options": {"queue": "ticks"}}}}
    script = tmp_path / "story.py"
    script.write_text(STORY.format(here=str(HERE), sentinel=sentinel))
    ran = subprocess.run([*HOUSE, f"exec {sys.executable} {script}"], capture_output=True, text=True, timeout=400,
                         env={**os.environ, "SETTINGS": json.dumps(settings)})
    assert ran.returncode == 0, ran.stderr[-3000:]
    took, done, log = json.loads(ran.stdout.splitlines()[-1])
    assert took.keys() == {"sent", "worked", "answered", "ticked"}, log
    return took, done


@swallows
@pytest.mark.parametrize(("sentinel", "within"), [(True, 30), (False, 90)], ids=["sentinels", "plain"])
def test_who_loses_its_redis_without_a_word_works_again_with_the_next_one(sentinel, within, tmp_path):
    took, done = story(tmp_path, sentinel)

    assert {what: seconds for what, seconds in took.items() if seconds > within} == {}
    assert {"0", "1", "first", "late", "sent"} <= set(done)


def test_a_send_to_an_address_that_swallows_is_refused_in_time(tmp_path):
    with socket.socket() as silent, socket.socket() as first:
        silent.bind(("127.0.0.1", 0))
        silent.listen(0)
        first.connect(silent.getsockname())  # the kernel drops whatever comes now
        settings = {"broker_url": f"redis://127.0.0.1:{silent.getsockname()[1]}/0", "task_publish_retry_policy": RETRY,
                    "broker_transport_options": {"socket_connect_timeout": 1, "retry_on_timeout": True}}
        code = "import json, time, plain_app, stalk_sends\nstalk_sends.LONGEST = 4\nbegan = time.monotonic()\n" \
               "try: plain_app.add.apply_async((1, 1), ignore_result=True)\n" \
               "except plain_app.add.OperationalError: print(json.dumps(time.monotonic() - began))"
        took = python(environment(tmp_path, settings), code, 60)

    assert took < 12
