"""When a message was sent: STALK_SENT puts `stalk_sent` into its headers, in seconds since 1970.

The `queues` exporter finds it in the message as it lies in Redis, and a worker tells from it how long a task waited. A
retry carries the header of the message before, so that it is written again each time.
"""
import math
import os
import time

from celery import signals

SENT = "stalk_sent"
NUMBERS = (int, float)  # not bool


def stamp(headers=None, **_):
    if headers is not None:
        headers[SENT] = int(time.time() * 1000) / 1000  # a third of the time of round()


def sent_at(headers):
    """Nothing where it was sent without the loader, or where the sender has made it up."""
    sent = headers.get(SENT)
    return sent if type(sent) in NUMBERS and 0 < sent < math.inf else None


if os.environ.get("STALK_SENT"):
    signals.before_task_publish.connect(stamp, weak=False, dispatch_uid="stalk_sent")
