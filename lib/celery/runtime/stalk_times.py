"""Times of the app's own that the contract does not know: said once for each task, with the prop that would know them.

The visibility timeout and the grace period are made of the contract's times. What the app gives to single tasks (limits,
delays, rates) is seen at three places: when a worker starts, when a message is sent, and when it is received. Each line
begins with `stalk-times:` in the log, and lies in the file `times` of STALK_RUN, which `stalk verify` reads.
  STALK_LONGEST_DELAY  seconds, of the tenant
  STALK_LONGEST_TASK   seconds, of a pool that ends no task
"""
import contextlib
import copy
import math
import os
import pathlib
import time

from celery import signals
from celery.utils.log import get_logger
from celery.utils.time import rate
from stalk_due import due_at
from stalk_settings import SETTINGS

MARK = "stalk-times:"
DELAY = float(os.environ.get("STALK_LONGEST_DELAY") or math.inf)
TASK = float(os.environ.get("STALK_LONGEST_TASK") or math.inf)
MOST = 24 * 3600  # what longestDelay and timeLimit may be
GRACE = 30  # seconds that a pod has beyond its longest task
LATE = 1  # seconds that a countdown takes to become an eta
NOTES = pathlib.Path(os.environ.get("STALK_RUN", "/run/stalk")) / "times"
ROOM = 64 * 1024  # of the 1 MiB of the folder: servers start processes again and again, and each says it once
QUIET = "stalk.", "celery."

said = set()
here = []  # the pool, in a worker


def say(kind, task, path, words, fix):
    if (kind, task) in said or task.startswith(QUIET):
        return
    said.add((kind, task))
    line = f"{path} must {words}; {fix}"
    get_logger(__name__).warning("%s %s", MARK, line)
    with contextlib.suppress(OSError):
        if not NOTES.exists() or NOTES.stat().st_size < ROOM:
            with NOTES.open("a") as notes:
                notes.write(f"{line}\n")


def text(seconds):
    """As the contract writes it, rounded up."""
    whole = int(-(-seconds // 1))
    for unit, size in (("h", 3600), ("m", 60)):
        if whole and whole % size == 0:
            return f"'{whole // size}{unit}'"
    return f"'{whole}s'"


class Pool:
    """What this worker was started with."""

    def __init__(self, worker):
        self.name = worker.hostname.partition("@")[0]
        self.hard = worker.time_limit if worker.pool_cls.__module__.endswith(".prefork") else None
        self.longest, self.prop = (self.hard, "timeLimit") if self.hard else (TASK, "longestTask")
        self.ahead = worker.prefetch_multiplier
        self.messages = worker.concurrency * self.ahead
        self.visibility = (SETTINGS.get("broker_transport_options") or {}).get("visibility_timeout", math.inf)

    def limit(self, task, hard, soft=None):
        if self.hard and not hard and soft and soft >= self.hard:
            say("limit", task, f"workers.{self.name}.timeLimit",
                f"be above {text(soft)} for task {task}, whose own soft_time_limit is {soft:g} s, got {text(self.hard)}: it "
                "is killed there, and never warned", "raise timeLimit, or lower it in the app")
        if not hard or hard <= self.longest:
            return
        ends = "" if self.hard else ", which this pool does not enforce"
        fix = f"raise {self.prop}, or lower it in the app" if hard <= MOST else "split the task into shorter ones"
        say("limit", task, f"workers.{self.name}.{self.prop}",
            f"be at least {text(hard)} for task {task}, whose own time_limit is {hard:g} s{ends}, got {text(self.longest)}: "
            f"a rollout kills its pod after {self.longest + GRACE:g} s, and the task begins again",
            f"{fix}, or route it to a pool of long tasks")

    def limited(self, task, limit):
        """The wait for a rate that is not in the contract."""
        every = rate(limit)
        if not every:
            return
        wait = self.messages / every
        needs = DELAY + wait + (self.ahead + 1) * self.longest + GRACE
        if needs > self.visibility and needs < math.inf:
            say("rate", task, "celery.task_annotations",
                f"hold {{ '{task}': {{ rate_limit: {limit!r} }} }} as the app does, got nothing: {self.messages} messages "
                f"wait up to {wait:g} s for it in a worker, which the visibility timeout of {self.visibility:g} s does not "
                "count, and a worker that loses its Redis lets them begin again",
                "write it there, or raise the rate, or lower concurrency and prefetch")

    def delayed(self, task):
        """A retry that is certain to be asked for, as Celery makes it by itself."""
        if getattr(task, "autoretry_for", None):
            wait, retries = task.default_retry_delay, task.max_retries
            if backoff := int(getattr(task, "retry_backoff", False)):
                wait = min(getattr(task, "retry_backoff_max", 600),
                           math.inf if retries is None else backoff * 2 ** max(retries - 1, 0))
            if retries != 0:
                delay(task.name, wait, "is retried after")


def overran(task):
    if here:
        say("ran", task, f"workers.{here[0].name}.longestTask",
            f"be at least as long as task {task} takes, got {text(TASK)}, for which it has run: another worker begins it "
            "now, while it runs", "raise it")


def delay(task, seconds, what):
    if seconds <= DELAY + LATE:
        return
    if seconds > MOST:
        path, fix = f"the delay of task {task}", f"send it from beat: no longestDelay is above {text(MOST)}"
        words = f"be at most {text(MOST)}, got {text(seconds)}"
    else:
        path, fix = "longestDelay", "raise it, or send the task from beat"
        words = f"be at least {text(seconds)} for task {task}, which {what} {seconds:.0f} s, got {text(DELAY)}"
    say("delay", task, path, f"{words}: a worker that holds it and loses its Redis lets it begin a second time", fix)


def waits(task, eta, what):
    if (at := due_at(eta)) is not None:
        delay(task, at - time.time(), what)


def goes_to(router, task):
    """The queue that gets it where the caller names none."""
    own = {name: value for name in ("queue", "exchange", "routing_key") if (value := getattr(task, name, None))}
    queue = router.route(own, task.name, (), {}, task).get("queue")
    return getattr(queue, "name", queue)


@signals.worker_ready.connect(weak=False, dispatch_uid="stalk_times")
def tasks(sender, **_):
    here[:] = [Pool(sender.controller)]
    amqp, own = sender.app.amqp, {queue.name for queue in sender.task_consumer.queues}
    router = amqp.Router(copy.copy(amqp.queues))  # which adds queues as it meets them, and this worker would take from them
    for task in list(sender.app.tasks.values()):
        try:
            if goes_to(router, task) in own:
                here[0].limit(task.name, task.time_limit, task.soft_time_limit)
                here[0].limited(task.name, task.rate_limit)
                here[0].delayed(task)
        except Exception as error:  # a router of the app's own may need the arguments of a call
            get_logger(__name__).debug("task %s: %r", task.name, error)


@signals.task_received.connect(weak=False, dispatch_uid="stalk_times")
def received(sender, request, **_):
    if here:
        here[0].limit(request.name, *request.time_limits)
    if request.eta:
        waits(request.name, request.eta, "waits for its eta for")


@signals.before_task_publish.connect(weak=False, dispatch_uid="stalk_times")
def sent(sender, headers=None, body=None, **_):
    if eta := (headers or {}).get("eta") or (isinstance(body, dict) and body.get("eta")):
        waits(sender, eta, "is sent with an eta in")


@signals.worker_process_init.connect(weak=False, dispatch_uid="stalk_times")
def of_a_pool(**_):
    """Many processes send what their workers receive, and these say it once."""
    signals.before_task_publish.disconnect(dispatch_uid="stalk_times", sender=None)


@signals.celeryd_init.connect(weak=False, dispatch_uid="stalk_times")
def revokes(**_):
    """A revoke is remembered as long as the delay that it ends; Celery forgets it after three hours."""
    from celery.worker.state import revoked

    if "CELERY_WORKER_REVOKE_EXPIRES" not in os.environ and not math.isinf(DELAY):
        revoked.expires = max(revoked.expires, DELAY)
