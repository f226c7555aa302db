"""Tasks with an ETA wait in a worker's memory, 10 KiB and more each: STALK_ETA_LIMIT bounds how many.

Celery's own bound (`worker_eta_task_limit`) stops the worker at that number: what lies behind waits for hours, and
afterwards it takes one task at a time. Here a message beyond the bound stays where it is noted, in `unacked`, and only
the time changes at which it comes back: when it is due. Whoever looks for overdue messages then gives it back.
"""
import os
import time

from celery.utils.log import get_logger
from stalk_due import due_at
from stalk_unacked import HELD

LIMIT = int(os.environ.get("STALK_ETA_LIMIT", 0))


def default(was):
    """Celery's strategy: what a worker does with each message of a task."""
    def default(task, app, consumer, *args, **kwargs):
        handle, bound = was(task, app, consumer, *args, **kwargs), Bound(consumer)

        def on_message(message, *args, **kwargs):
            if not (LIMIT and message.headers.get("eta") and bound.leaves(message)):
                handle(message, *args, **kwargs)

        return on_message

    return default


class Bound:
    said = False

    def __init__(self, consumer):
        self.consumer = consumer

    def leaves(self, message):
        """Whether it stays in Redis until it is due."""
        consumer, qos, tag = self.consumer, message.channel.qos, message.delivery_tag
        due = due_at(message.headers["eta"])
        if due is None or consumer.qos.value - consumer.initial_prefetch_count < LIMIT or due <= time.time() or tag in HELD:
            return False
        with message.channel.conn_or_acquire() as client:
            client.zadd(qos.unacked_index_key, {tag: due - qos.visibility_timeout})
        qos._quick_ack(tag)  # no more in the hands of this worker
        if not Bound.said:
            Bound.said = True
            get_logger(__name__).warning("this worker holds %s tasks with an ETA, as many as its memory is meant for: more "
                                         "stay in Redis, and may begin some seconds late", LIMIT)
        return True
