"""Tasks that wait and tasks that run, for the exporter of queues."""
import os
import time

from celery import Celery

app = Celery("counted")


@app.task
def hold(until):
    """Runs as long as that file is there."""
    while os.path.exists(until):
        time.sleep(0.05)


@app.task
def count():
    pass


def send():
    """One of each of three priorities, and one of a queue of its own."""
    for priority in (0, 4, 9):
        count.apply_async(priority=priority)
    count.apply_async(queue="reports")
