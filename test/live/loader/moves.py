"""Two Redis servers, a tenant on the old one, and its pods while it moves to the new one."""
import collections
import hashlib
import json
import subprocess
import sys

from harness import HERE, WEB, WORKER, Server, environment, python, until, worker
from isolation import prefix_rules, prefix_settings
from sealed import Guarded, Sealed

PREFIX, BASE = "tenant:a:", "tenant-a"
REDBEAT = " +hset +hget +hsetnx +pttl +zrank"
SEND = "import json; from moving_app import *; print(json.dumps({}))"


def rendered(server, name, password, rules, prefix=PREFIX):
    """A user of the tenant, as its role is rendered."""
    server.user(name, password, f"{prefix_rules(prefix)} {rules}")


class Move:
    """From a shared broker to another one; each side has passwords of its own."""

    visible = 8  # seconds
    to = Server

    def __init__(self, folder, stopping, **more):
        self.folder, self.stopping, self.more = folder, stopping, more
        self.old, self.new = Server(folder / "old"), self.to(folder / "new")
        stopping += [self.old, self.new]
        self.users("old")
        self.users("new")
        self.runs = folder / "runs"
        self.runs.touch()

    def users(self, side):
        server = getattr(self, side)
        rendered(server, "a", f"worker-{side}", WORKER + REDBEAT)
        rendered(server, "a-web", f"web-{side}", WEB)

    def settings(self, side):
        settings = prefix_settings(getattr(self, side).url(), PREFIX)
        settings["broker_transport_options"].update(visibility_timeout=self.visible, unacked_restore_interval=1)
        return {**settings, "worker_send_task_events": False, "task_send_sent_event": False, "result_expires": 3600,
                "redbeat_key_prefix": f"{PREFIX}redbeat:", "task_publish_retry_policy": {"max_retries": 5}, **self.more}

    def base(self, side):
        return BASE

    def login(self, side, role):
        return {"worker": "a", "web": "a-web"}[role], f"{role}-{side}"

    def pod(self, name, side, role="worker", moving=None):
        """`moving`: its side, while the broker moves."""
        folder = self.folder / name
        user, password = self.login(side, role)
        base = self.base(side)
        extra = {"MOVING_RUNS": str(self.runs), "MOVING_SIDE": side, **({"STALK_QUEUE": base} if base else {})}
        if moving:
            folder.mkdir(exist_ok=True)
            other = "old" if side == "new" else "new"
            theirs, secret = self.login(other, role)
            (folder / "other").write_text(secret)
            says = {"side": moving, "settings": self.settings(other), "queues": ["celery", "reports"], "user": theirs,
                    "password_file": str(folder / "other"), "lists": isinstance(self, TakeOver)}
            if self.base(other):
                says["queue"] = self.base(other)
            extra["STALK_MOVING"] = json.dumps(says)
        return environment(folder, self.settings(side), user=user, password=password, **extra)

    def worker(self, name, side, moving=None, *arguments):
        started = worker(self.pod(name, side, moving=moving), "moving_app", "-Q", "celery,reports", *arguments, pool=name)
        self.stopping.append(started)
        return started

    def draining(self, *arguments, name="draining"):
        return self.worker(name, "old", "old", *arguments)

    def moved(self, *arguments, name="moved"):
        return self.worker(name, "new", "new", *arguments)

    def send(self, what, side, role="web", moving=None):
        return python(self.pod(f"sends-{side}-{moving}", side, role, moving), SEND.format(what))

    def caller(self, code, seconds=60):
        """Of the app's web, that has moved."""
        return python(self.pod("caller", "new", "web", "new"), f"import json; from moving_app import *\n{code}", seconds)

    def results(self, ids, seconds=40):
        """In their order; None where nothing was heard within that time."""
        return self.caller(f"""
from celery.exceptions import TimeoutError
end = time.monotonic() + {seconds}
def value(id):
    try:
        return app.AsyncResult(id).get(max(1, end - time.monotonic()))
    except TimeoutError:
        return None
print(json.dumps([value(id) for id in {ids!r}]))""", seconds + 60)

    def program(self, *arguments, moving="old"):
        """What an init container or the CLI runs in a pod."""
        pod = self.pod(f"program-{moving}", moving, moving=moving)
        command = [sys.executable, f"{pod['PYTHONPATH'].split(':')[0]}/stalk_celery.py", *arguments]
        done = subprocess.run(command, env=pod, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    def left(self):
        (line,) = self.program("left", "--json")
        return json.loads(line)

    def drained(self, seconds=60):
        until(lambda: self.left()["messages"] == 0, seconds, every=0.5)

    def noted(self, what, side=None):
        """How often each name, of one side or of both."""
        lines = [line.split() for line in self.runs.read_text().splitlines()]
        return collections.Counter(name for verb, name, where in lines if verb == what and side in (None, where))

    def denials(self):
        return self.old.denials() + self.new.denials()


class TakeOver(Move):
    """From a Redis of somebody else: one password, no prefix, Celery's own names, and no loader until now."""

    def __init__(self, folder, stopping, **more):
        super().__init__(folder, stopping, **more)
        self.old.admin.execute_command("ACL", "SETUSER", "default", "on", ">theirs", "~*", "&*", "+@all")

    def settings(self, side):
        if side == "new":
            return super().settings(side)
        url = self.old.url()
        options = {"visibility_timeout": self.visible, "fanout_prefix": "/0."}
        return {"broker_url": url, "result_backend": url, "task_acks_late": True, "task_reject_on_worker_lost": True,
                "broker_transport_options": options}

    def base(self, side):
        return BASE if side == "new" else None

    def login(self, side, role):
        return ("default", "theirs") if side == "old" else super().login(side, role)

    def theirs(self, name):
        """A pod of the app before Stalk: Celery reads its own variables."""
        pod = environment(self.folder / name, {}, MOVING_RUNS=str(self.runs), MOVING_SIDE="theirs")
        url = self.old.url().replace("://", "://:theirs@")
        pod = {key: value for key, value in pod.items() if not key.startswith(("STALK_", "CELERY_"))}
        return {**pod, "PYTHONPATH": str(HERE / "apps"), "CELERY_BROKER_URL": url, "CELERY_RESULT_BACKEND": url,
                "STALK_RUN": str(self.folder / name)}

    def their_worker(self):
        started = worker(self.theirs("theirs"), "moving_app", "-Q", "celery,reports", pool="theirs")
        self.stopping.append(started)
        return started


class SealedMove(Move):
    """To a Redis with certificates."""

    to = Sealed

    def settings(self, side):
        return getattr(self, side).leads(super().settings(side)) if side == "new" else super().settings(side)


class GuardedMove(SealedMove):
    """To one with certificates and sentinels; a sentinel knows workers and web by one user here."""

    to = Guarded

    def users(self, side):
        super().users(side)
        if side == "new" and not self.new.sentinel:
            self.new.watched(*("a", hashlib.sha256(b"worker-new").hexdigest()))

    def login(self, side, role):
        return super().login(side, "worker" if side == "new" else role)


STEPS = {"priority_steps": [0, 5], "sep": ":"}  # of the app that was deployed by hand


class ByHand(TakeOver):
    """From a Redis that asks nobody for a password, with results in another database and steps of the app's own."""

    def __init__(self, folder, stopping, **more):
        super().__init__(folder, stopping, **more)
        self.old.admin.execute_command("ACL", "SETUSER", "default", "on", "nopass", "~*", "&*", "+@all")

    def settings(self, side):
        settings = super().settings(side)
        if side == "old":
            settings["result_backend"] = self.old.url(1)
            settings["broker_transport_options"] |= STEPS
        return settings

    def login(self, side, role):
        return ("default", "any-text") if side == "old" else super().login(side, role)

    def theirs(self, name):
        return {**super().theirs(name), "CELERY_BROKER_URL": self.old.url(), "CELERY_RESULT_BACKEND": self.old.url(1),
                "MOVING_OPTIONS": json.dumps(STEPS)}
