"""What a worker counts for its metrics, in its main process: nothing of this runs where tasks run.

Labels are bounded, as a sender may write what it likes: tasks are those registered here, queues those consumed here, and
all else is `other`.
"""
import copy
import platform
import time

import celery
from billiard.einfo import ExceptionWithTraceback
from celery import bootsteps, exceptions, signals
from celery.worker import state
from stalk_health import Consuming, touched
from stalk_metrics import Family, Gauge, Histogram, harmless, say, serve
from stalk_sent import sent_at
from stalk_times import TASK, goes_to
from stalk_unacked import DONE, HELD, OWED
from stalk_versions import RUNTIME

OTHER = "other"
BUILT_IN = "celery."  # registered in every app: at 0 only once they have run
STALE = 30  # seconds: a worker looks every 5 whether it has its broker

RECEIVED = Family("stalk_tasks_received_total", "Tasks that this worker took from a queue", "task", "queue")
REDELIVERED = Family("stalk_tasks_redelivered_total", "Tasks that a worker held before, and that came back", "task", "queue")
ENDED = Family("stalk_tasks_total", "Tasks by how they ended", "task", "outcome")
WAITED = Histogram("stalk_task_wait_seconds", "From when a task was sent, or was due, until it began", "queue")
RAN = Histogram("stalk_task_runtime_seconds", "How long tasks ran that began and ended, however they ended", "task")
RECONNECTS = Family("stalk_worker_reconnects_total", "Connections to the broker that were made again")


class Queues:
    """Labels of the queues that this worker consumes, by what a message says of its way: names on the broker, by which the
    exporter of queues and the objectives of tenants know them, those of a group too."""

    consumer, known, count = None, {}, 0

    def look(self):
        queues = self.consumer.task_consumer.queues
        by_way = {(queue.exchange.name, queue.routing_key): queue.name for queue in queues if queue.exchange}
        self.known, self.count = {**by_way, **{("", queue.name): queue.name for queue in queues}}, len(queues)
        names = {queue.name for queue in queues}
        for name in names:
            WAITED.start(name)
        return names

    def label(self, way):
        if way not in self.known and self.consumer and len(self.consumer.task_consumer.queues) != self.count:
            self.look()
        return self.known.get(way, OTHER)


queues = Queues()


class Ways(dict):
    """Series of a task by the exchange and routing key of its messages: looked up once for each of these, not each time."""

    def __init__(self, task):
        super().__init__()
        self.task = task

    def __missing__(self, way):
        exchange, routing_key = way
        queue = queues.label((exchange or "", routing_key or ""))
        series = RECEIVED[self.task, queue], REDELIVERED[self.task, queue], WAITED[queue,]
        if queue != OTHER:  # senders may name any number of ways, and a queue may be consumed later
            self[way] = series
        return series


def received(info, ways):
    """The series of the wait, where the task begins."""
    try:
        taken, again, waited = ways[info.get("exchange"), info.get("routing_key")]
        taken.add()
        if info.get("redelivered"):
            again.add()
        return waited
    except Exception as error:
        say("received", error)


def began(request):
    try:
        if sent := sent_at(request.message.headers):
            since = max(sent, request.eta.timestamp()) if request.eta else sent
            waited = request.time_start - since
            request.waited.add(waited if waited > 0 else 0)
    except Exception as error:
        say("began", error)


def ended(request, task, outcome, runtime=None):
    """A message ends once for its worker, whatever Celery says of it later."""
    try:
        if request.ended:
            return
        request.ended = True
        ENDED[task, outcome].add()
        if request.time_start:
            RAN[task,].add(max(time.time() - request.time_start, 0) if runtime is None else runtime)
    except Exception as error:
        say("ended", error)


def create_request_cls(was):
    """A class for each task: Celery makes one, too, and calls these for every kind of pool. Each call is worth some ten
    thousandths of a task that does nothing, so that these are few, and shorter than with super() and `harmless`."""
    def create_request_cls(base, task, *args, **kwargs):
        base, name = was(base, task, *args, **kwargs), task.name
        ways = Ways(name)

        class Request(base):
            ended = failing = requeued = False
            event = ""

            def __init__(self, *args, **kwargs):
                base.__init__(self, *args, **kwargs)
                self.waited = received(self.delivery_info, ways)

            def on_accepted(self, pid, time_accepted):
                base.on_accepted(self, pid, time_accepted)
                began(self)

            def on_success(self, failed__retval__runtime, **kwargs):
                failed, _, runtime = failed__retval__runtime
                if not failed:
                    ended(self, name, "succeeded", runtime)
                return base.on_success(self, failed__retval__runtime, **kwargs)

            def on_failure(self, exc_info, *args, **kwargs):
                self.failing = True
                try:
                    return base.on_failure(self, exc_info, *args, **kwargs)
                finally:
                    ended(self, name, outcome(exc_info, self.requeued, self.event))

            def reject(self, requeue=False):
                self.requeued = requeue
                if not self.failing:
                    ended(self, name, "rejected")
                base.reject(self, requeue)

            def _announce_revoked(self, *args, **kwargs):
                ended(self, name, "revoked")
                base._announce_revoked(self, *args, **kwargs)

            def _announce_cancelled(self, *args, **kwargs):
                ended(self, name, "rejected")  # its connection is lost: the message comes back
                base._announce_cancelled(self, *args, **kwargs)

            def send_event(self, event, **fields):
                """Celery says these whether or not anybody listens, and before 5.7 not all of them."""
                if self.failing:
                    self.event = event
                elif event == "task-failed":  # a dead letter, see stalk_deliveries
                    ended(self, name, "failed")
                base.send_event(self, event, **fields)

        return Request

    return create_request_cls


def outcome(exc_info, requeued, event):
    """Of a task that raised, or whose process is gone: Celery 5.7 sends it again, or finds its result, where that is so."""
    error = exc_info.exception
    if isinstance(error, ExceptionWithTraceback):
        error = error.exc
    if isinstance(error, exceptions.Ignore):
        return "ignored"
    if requeued or isinstance(error, exceptions.Reject):
        return "rejected"
    return {"task-retried": "retried", "task-succeeded": "succeeded"}.get(event, "failed")


class Counting(bootsteps.StartStopStep):
    """Serves from the moment on at which a worker looks for its broker, and counts what it then takes."""

    requires = (Consuming,)

    def __init__(self, consumer, **kwargs):
        super().__init__(consumer, **kwargs)
        queues.consumer, self.started = consumer, False
        RECONNECTS.start()
        for task in consumer.app.tasks:
            for outcome in ("succeeded", "failed") if not task.startswith(BUILT_IN) else ():
                ENDED.start(task, outcome)
        decode_error = consumer.on_decode_error
        consumer.on_decode_error = lambda message, error: (unreadable(message), decode_error(message, error))[1]
        signals.task_unknown.connect(unknown, weak=False, dispatch_uid="stalk_counts")
        signals.task_rejected.connect(unreadable, weak=False, dispatch_uid="stalk_counts")
        serve(FAMILIES)

    def start(self, consumer):
        if self.started:
            RECONNECTS[()].add()
        else:
            begin(consumer)
        self.started = True


@harmless
def begin(consumer):
    """The pairs that are expected, at 0: tasks with the queue that gets them where the sender names none."""
    own = queues.look()
    router = consumer.app.amqp.Router(copy.copy(consumer.app.amqp.queues))  # which adds queues as it meets them
    for task in list(consumer.app.tasks.values()):
        if (queue := routed(router, task)) in own and not task.name.startswith(BUILT_IN):
            RECEIVED.start(task.name, queue)
            REDELIVERED.start(task.name, queue)


def routed(router, task):
    try:
        return goes_to(router, task)
    except Exception:  # a router of the app's own may need the arguments of a call
        return None


@harmless
def dropped(message, outcome):
    """No task here is what it asks for."""
    received(message.delivery_info or {}, Ways(OTHER))
    ENDED[OTHER, outcome].add()


def unknown(message, **_):
    dropped(message, "failed")


def unreadable(message, **_):
    dropped(message, "rejected")


def consuming():
    """Whether it was seen at work: a pool `solo` runs its task in the thread that would say so."""
    if "consuming" not in touched:
        return 0
    worker = queues.consumer.controller
    busy = TASK if worker.pool_cls.__module__.endswith(".solo") and state.active_requests else 0
    return int(time.monotonic() - touched["consuming"] < STALE + busy and bool(queues.consumer.task_consumer.queues))


def held():
    """Taken and not begun, those with an ETA too: Celery raises its prefetch by one for each of these."""
    qos = getattr(queues.consumer, "qos", None)
    later = max(qos.value - queues.consumer.initial_prefetch_count, 0) if qos and qos.value else 0
    return max(len(state.reserved_requests) - len(state.active_requests), 0) + later


def prefetch():
    qos = getattr(queues.consumer, "qos", None)
    return qos and qos.value


def owed():
    return len(HELD) + len(DONE) + len(OWED)


def info():
    kind = queues.consumer.controller.pool_cls.__module__.rpartition(".")[2]
    return {(RUNTIME, celery.__version__, platform.python_version(), kind): 1}


FAMILIES = (
    RECEIVED, REDELIVERED, ENDED, WAITED, RAN, RECONNECTS,
    Gauge("stalk_worker_consuming", "1 while the worker takes messages from its queues", consuming),
    Gauge("stalk_worker_tasks_active", "Tasks that run", lambda: len(state.active_requests)),
    Gauge("stalk_worker_tasks_reserved", "Tasks that the worker holds and has not begun", held),
    Gauge("stalk_worker_prefetch", "Messages that the worker may hold; 0: any number", prefetch),
    Gauge("stalk_worker_owed", "Messages of which Redis has not heard what became of them", owed),
    Gauge("stalk_worker_info", "1, with versions and the kind of pool", info, "runtime", "celery", "python", "concurrency"),
)
