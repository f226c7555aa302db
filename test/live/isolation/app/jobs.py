"""An app that uses all of Celery that touches the broker; its workers write down whose tasks they run."""
import json
import os
import pathlib
import time

from celery import Celery, chord, current_task
from celery.exceptions import Reject
from kombu import Exchange, Queue

TENANT = os.environ["TENANT"]
JOURNAL = pathlib.Path(os.environ["STALK_RUN"], "journal")

app = Celery("jobs")
app.conf.task_routes = {"jobs.report": {"queue": "reports"}}
app.conf.task_queues = [Queue("celery"), Queue("clips", Exchange("media"), routing_key="clip"), Queue("brief", expires=600)]


def ran(sender, *answer):
    """Writes down who sent the task that runs now; the answer begins with who ran it and from which queue."""
    queue = current_task.request.delivery_info["routing_key"]
    with JOURNAL.open("a") as file:
        file.write(json.dumps({"by": TENANT, "from": sender, "queue": queue, "task": current_task.name}) + "\n")
    return [TENANT, queue, *answer]


@app.task
def add(sender, x=0, y=0):
    return ran(sender, x + y)


@app.task
def report(sender):
    return ran(sender)


@app.task
def total(answers, sender):
    return ran(sender, [answer[2] for answer in answers])


@app.task(bind=True, max_retries=3)
def flaky(self, sender):
    if self.request.retries < 2:
        raise self.retry(countdown=0.1)
    return ran(sender, self.request.retries)


@app.task(bind=True)
def picky(self, sender):
    """Goes back to its queue once, as the task of a lost process does."""
    if not self.request.delivery_info["redelivered"]:
        raise Reject("later", requeue=True)
    return ran(sender)


@app.task
def fans_out(sender):
    """A chord and a task for another queue, sent from within a worker."""
    return [chord([add.s(sender, i) for i in range(3)], total.s(sender))().id, report.delay(sender).id]


@app.task
def beaten(sender):
    ran(sender)


@app.task(bind=True)
def slow(self, sender):
    """Outlives its worker, which is killed; given back, it is quick."""
    ran(sender)
    if not self.request.delivery_info["redelivered"]:
        time.sleep(60)
