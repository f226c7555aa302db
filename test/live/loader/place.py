"""A Redis with a tenant that has a prefix, and pods of the tenant with `poison_app`."""
import json
import subprocess
import sys

from harness import HERE, WORKER, Process, Server, environment, python, worker

LIMIT = 3
PREFIX = "tenant:a:"
LETTERS = f"{PREFIX}dead-letters"
SEND = "import json; from poison_app import *; print(json.dumps({}.id))"


def verify(pod, module, **ask):
    """The answers that `stalk verify` gets in a pod."""
    request = json.dumps({"module": module, "ask": ask})
    program = HERE.parents[2] / "lib" / "verify" / "runtime" / "app.py"
    command = [sys.executable, program, str(len(request))]
    done = subprocess.run(command, input=request, env=pod, capture_output=True, text=True)
    return json.loads(done.stdout.rpartition("@@stalk ")[2])


class Place:
    """A Redis with a tenant's user, and pods of the tenant; `visible` is the visibility timeout."""

    def __init__(self, folder, stopping, visible=3600, **more):
        self.folder, self.stopping, self.server = folder, stopping, Server(folder / "redis")
        stopping.append(self.server)
        channels = f"resetchannels &{PREFIX}* &{PREFIX}/0.celery.pidbox &{PREFIX}/0.celeryev/*"
        self.server.user("a", "a" * 32, f"~{PREFIX}* {channels} {WORKER}")
        options = {"global_keyprefix": PREFIX, "fanout_prefix": "/0.", "visibility_timeout": visible,
                   "unacked_restore_interval": 1}
        settings = {"broker_url": self.server.url(), "result_backend": self.server.url(), "task_acks_late": True,
                    "result_backend_transport_options": {"global_keyprefix": PREFIX},
                    "broker_transport_options": options, "task_reject_on_worker_lost": True}
        self.pod = environment(
            folder / "pod", {**settings, **more}, user="a", password="a" * 32, STALK_DELIVERY_LIMIT=str(LIMIT))

    def worker(self, *arguments, pool="w"):
        started = worker(self.pod, "poison_app", "--prefetch-multiplier=1", *arguments, pool=pool)
        self.stopping.append(started)
        return started

    def send(self, what):
        return python(self.pod, SEND.format(what))

    def begun(self, sent):
        file = self.folder / "pod" / sent
        return file.stat().st_size if file.exists() else 0

    def letters(self):
        return [json.loads(text) for text in self.server.admin.zrange(LETTERS, 0, -1)]

    def operator(self, *arguments):
        code = [sys.executable, f"{self.pod['PYTHONPATH'].split(':')[0]}/stalk_celery.py", "dead-letters", *arguments]
        done = Process(self.pod, *code, name="operator")
        assert done.process.wait(30) == 0, done.output
        return done.output
