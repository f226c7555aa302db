"""A redis-server with ACL users and Celery processes set up as the pods are."""
import contextlib
import hashlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
from importlib.metadata import version

import redis

HERE = pathlib.Path(__file__).parent
RUNTIME = HERE.parents[2] / "lib" / "celery" / "runtime"
WORKER = (
    "-@all +ping +select +multi +exec +discard +watch +unwatch +lpush +rpush +rpop +brpop +llen +del +hset +hget +hdel"
    " +hlen +zadd +zrem +zrevrangebyscore +zcount +zrange +sadd +srem +smembers +set +setex +get +mget +expire +pexpire"
    " +incrby +publish +subscribe +unsubscribe +psubscribe +punsubscribe +evalsha +script|load +time +zrangebyscore"
    " +script|exists +exists +sismember +lrange"
)
WEB = "-@all +ping +llen +lpush +multi +exec +sadd +get +mget +set +setex +smembers +del +publish +subscribe +unsubscribe"

# s; where a connection was lost, a process of billiard before 4.3 waits half a minute for answers that were heard
STOPS = 30 if version("billiard") >= "4.3" else 75


def until(check, seconds=20, every=0.05):
    """The first truthy answer; fails with the last one."""
    end, answer = time.monotonic() + seconds, None
    while time.monotonic() < end:
        if answer := check():
            return answer
        time.sleep(every)
    raise AssertionError(f"not within {seconds} s, last answer: {answer!r}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """redis-server on 127.0.0.1 with `default` off and an admin for the tests."""

    def __init__(self, folder, port=None):
        self.folder, self.port, self.process = folder, port or free_port(), None
        folder.mkdir(parents=True, exist_ok=True)
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            ["redis-server", *self.ways(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir",
             str(self.folder), "--user", "admin", "on", ">admin", "~*", "&*", "+@all",
             "--user", "default", "off", "nopass"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.admin = self.client()
        until(self.answers)

    def ways(self):
        return ["--port", str(self.port)]

    def client(self):
        return redis.Redis(port=self.port, username="admin", password="admin", decode_responses=True)

    def answers(self):
        assert self.process.poll() is None, f"redis-server has ended: port {self.port} is in use"
        with contextlib.suppress(redis.RedisError):
            return self.admin.ping()

    def stop(self):
        self.admin.close()
        self.process.terminate()
        self.process.wait(10)

    def user(self, name, password, rules):
        digest = hashlib.sha256(password.encode()).hexdigest()
        self.admin.execute_command("ACL", "SETUSER", name, "reset", "on", f"#{digest}", *rules.split(" "))

    def denials(self):
        """What ACLs refused, without the wrong passwords."""
        log = self.admin.execute_command("ACL", "LOG")
        return sorted({(e["username"], e["reason"], e["object"], e["context"]) for e in log if e["reason"] != "auth"})

    def url(self, db=0):
        return f"redis://127.0.0.1:{self.port}/{db}"


def environment(folder, settings, app_dir=HERE / "apps", user=None, password=None, **extra):
    """Environment of a pod; the password is in a file that the test may change."""
    folder.mkdir(parents=True, exist_ok=True)
    env = {k: v for k, v in os.environ.items() if not k.startswith(("CELERY_", "STALK_", "DJANGO_"))}
    env |= {"PYTHONPATH": f"{RUNTIME}:{app_dir}", "CELERY_LOADER": "stalk_celery:Loader", "STALK_RUN": str(folder),
            "STALK_CELERY": json.dumps(settings), "PYTHONDONTWRITEBYTECODE": "1"}
    if user:
        file = folder / "password"
        file.write_text(password + "\n")
        env |= {"STALK_USER": user, "STALK_PASSWORD_FILE": str(file)}
    return env | extra


class Process:
    """A child whose output lies in a file, ended with SIGTERM as the kubelet would."""

    def __init__(self, env, *command, name="process"):
        self.log = pathlib.Path(env["STALK_RUN"]) / f"{name}.log"
        with self.log.open("w") as out:
            self.process = subprocess.Popen(command, env=env, stdout=out, stderr=subprocess.STDOUT, cwd=env["STALK_RUN"],
                                            start_new_session=True)

    @property
    def output(self):
        return self.log.read_text()

    def says(self, text, seconds=20):
        until(lambda: text in self.output or (self.process.poll() is not None and self.fail()), seconds)

    def fail(self):
        raise AssertionError(f"ended with {self.process.returncode}:\n{self.output[-3000:]}")

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOPS)


def celery(env, app, *arguments, name=None):
    return Process(env, sys.executable, "-m", "celery", "-A", app, *arguments, name=name or arguments[0])


def worker(env, app, *arguments, pool="w"):
    child = celery(env, app, "worker", "--without-gossip", "--without-mingle", "--concurrency=2", "--loglevel=INFO",
                   f"--hostname={pool}@%h", *arguments, name=f"worker-{pool}")
    child.says(" ready.")
    return child


def python(env, code, seconds=60):
    """Runs code in a process of its own (a producer) and gives back the JSON it prints last."""
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=seconds)
    if done.returncode:
        raise AssertionError(done.stderr[-3000:])
    return json.loads(done.stdout.strip().splitlines()[-1]) if done.stdout.strip() else None
