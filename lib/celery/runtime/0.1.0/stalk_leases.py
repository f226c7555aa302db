"""A worker that lives keeps its messages, also beyond the visibility timeout.

The timeout is made of the contract's times. A message may outlive it all the same: an eta or a limit of the app's own, a
rate, a retry. A moment before another worker would take it, the worker that has it says that it is still there, as long
as the message waits, or runs where something ends it. A worker that is killed, or without its Redis, says nothing.
"""
import time

from celery.utils.log import get_logger
from stalk_full import full
from stalk_times import TASK, overran

LEAST, MOST, SHARE = 15, 300, 4  # seconds, at least three looks; how much later than the timeout a lost message comes back
AT_ONCE = 1000  # a command of some 50 kB

since = {}  # when each message was seen first, by its tag
unfit = []  # what a kombu or Celery of the future has no more


def renew(qos):
    """At each beat; a worker that cannot works on, as without this."""
    if unfit:
        return
    try:
        keep(qos)
    except AttributeError as error:
        unfit.append(error)
        get_logger(__name__).warning("messages are not kept beyond the visibility timeout: %s; see docs/runtime.md", error)


def keep(qos):
    """All that would be overdue before long."""
    now, timeout = time.time(), qos.visibility_timeout
    lease = max(LEAST, min(MOST, timeout / SHARE))
    tags = hold(qos, now)
    due = [tag for tag in tags if now - since[tag] > timeout - lease]
    for start in range(0, len(due), AT_ONCE):
        score = now - timeout + lease
        try:
            with qos.channel.conn_or_acquire() as client:
                client.zadd(qos.unacked_index_key, dict.fromkeys(due[start:start + AT_ONCE], score), xx=True)
        except Exception as error:
            if not full(error):
                raise
            return


def hold(qos, now):
    """Tags of what this worker has, less what runs for longer than its pool's tasks take: nothing may ever end that."""
    from celery.worker.state import active_requests  # half of Celery, which no producer needs

    known = tuple(active_requests.data)  # at once: threads add to it
    running = {request.message.delivery_tag: request for ref in known if (request := ref())}
    lost = {tag for tag, request in running.items() if request.time_start and now - request.time_start > TASK}
    for tag in lost:
        overran(running[tag].name)
    tags = (set(qos._delivered) - qos._dirty | running.keys()) - lost
    for gone in since.keys() - tags:
        del since[gone]
    for tag in tags:
        since.setdefault(tag, now)
    return tags
