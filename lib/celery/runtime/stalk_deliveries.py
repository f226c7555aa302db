"""A task that kills its process comes back and kills the next one. STALK_DELIVERY_LIMIT ends that: it is a dead letter.

Before a task begins that has come back, its worker writes into its message, in `unacked`, how often that was so: only
what is written there outlives a pod. What a worker that lives gives back (it leaves, or has lost its connection) is
not counted, and neither is a message that never began.
"""
import contextlib
import datetime
import os
import socket

from celery.exceptions import WorkerLostError
from celery.utils.log import get_logger
from celery.worker.state import task_ready
from stalk_letters import BEGUN, Letters
from stalk_logs import lost
from stalk_unacked import settle

LIMIT = int(os.environ.get("STALK_DELIVERY_LIMIT", 0))
log = get_logger(__name__)


def process_task(was):
    """In the worker, for every kind of pool: a task that is due goes to the pool."""
    def process_task(worker, request):
        if not LIMIT or not request.task.acks_late or begins(request):
            was(worker, request)
            return
        task_ready(request)
        with contextlib.suppress(AttributeError):  # as Celery does with a revoked one: not every pool counts its slots
            worker._quick_release()

    return process_task


def begins(request):
    """Whether it may; what goes wrong here keeps no task from its work."""
    message = request.message
    if not (message.delivery_info or {}).get("redelivered"):
        return True
    begun = message._raw.get(BEGUN, 0)
    if begun >= LIMIT:
        return give_up(request, begun)
    if begun:
        log.warning("%s came back and begins again, for the %s. of %s times", request.humaninfo(), begun + 1, LIMIT)
    message._raw[BEGUN] = begun + 1
    message.counted = True
    with contextlib.suppress(Exception):
        message.channel.qos.append(message, message.delivery_tag)
    return True


def give_up(request, begun):
    """Its failure first: a worker that dies between the two finds the message once more, and does both again."""
    message, letters = request.message, Letters(request.message.channel)
    reason = f"begun again {begun} times, and its process or its pod died each time"
    error = WorkerLostError(f"{reason}; the message is in {letters.key}")
    try:
        request.task.backend.mark_as_failure(
            request.id, error, request=request._context, store_result=request.store_errors)
        letters.put(letter(request, reason), message.delivery_tag)
        log.critical("%s is a dead letter: %s. Look at it, send it again or drop it: python3 /opt/stalk/stalk_celery.py "
                     "dead-letters", request.humaninfo(), error)
        request.send_event("task-failed", exception=repr(error), traceback="")
        settle(message.delivery_tag)
    except Exception as failed:
        log.error("%s stays in unacked, as it cannot be a dead letter yet: %s", request.humaninfo(), failed)
    message.channel.qos._quick_ack(message.delivery_tag)  # no more in the hands of this worker
    request.acknowledged = True
    return False


def letter(request, reason):
    message = request.message
    return {
        "id": request.id,
        "task": request.name,
        "time": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "reason": reason,
        "pool": request.hostname.partition("@")[0],
        "pod": socket.gethostname(),
        "exchange": message.delivery_info["exchange"],
        "routing_key": message.delivery_info["routing_key"],
        "message": message._raw,
    }


def on_failure(was):
    def on_failure(request, exc_info, send_failed_event=True, return_ok=False):
        """`return_ok`: the task has raised. Otherwise the pool speaks for a process that is gone, unless we ended it."""
        if not return_ok and not request._already_cancelled:
            request.message.counted = False
        error = getattr(exc_info.exception, "exc", exc_info.exception)  # billiard puts it in another
        comes_back = isinstance(error, WorkerLostError) and request.task.acks_late and request.task.reject_on_worker_lost
        spoken_for = lost.set((request, None if comes_back else "FAILURE"))
        try:
            return was(request, exc_info, send_failed_event, return_ok)
        finally:
            lost.reset(spoken_for)

    return on_failure


def do_restore_message(was):
    def do_restore_message(channel, payload, *args, **kwargs):
        """Given back by the worker that counted it, whose process lives: not counted."""
        held = channel.qos._delivered.get(payload["properties"]["delivery_tag"])
        if getattr(held, "counted", False) and BEGUN in payload:
            payload[BEGUN] -= 1
        return was(channel, payload, *args, **kwargs)

    return do_restore_message
