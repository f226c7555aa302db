"""An app whose worker tells what it runs, and is kept from its pool once, as by a Redis that is away."""
import os
import pathlib
import time

from celery import Celery, bootsteps
from celery.worker import state

KEPT = pathlib.Path(os.environ["STALK_RUN"], "kept")
app = Celery("kept_app")


class Keep(bootsteps.StartStopStep):
    requires = ("celery.worker.consumer.tasks:Tasks",)

    def start(self, consumer):
        consumer.timer.call_repeatedly(0.1, self.keep)

    def keep(self):
        for request in state.active_requests:
            KEPT.with_name(request.id).touch()
        if len(state.active_requests) == 2 and not KEPT.exists():
            KEPT.touch()
            time.sleep(3)


app.steps["consumer"].add(Keep)


@app.task(soft_time_limit=1)
def fails(size):
    while not KEPT.exists():
        time.sleep(0.05)
    raise ValueError("x" * size)


@app.task
def add(x, y):
    return x + y


@app.task
def long():
    time.sleep(20)
