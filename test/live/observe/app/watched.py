"""Tasks that go well, badly, slowly, or not to their end, for alerts."""
import os
import time

from celery import Celery

app = Celery("watched")
app.conf.task_ignore_result = True
app.conf.beat_schedule = {"often": {"task": "watched.good", "schedule": 2.0}}


@app.task
def good(seconds=0):
    time.sleep(seconds)


@app.task
def bad():
    raise ValueError("as asked")


@app.task
def hold(until):
    """Runs as long as that file is there."""
    while os.path.exists(until):
        time.sleep(0.05)


def flow():
    """Ten good tasks a second, until it is ended."""
    while True:
        good.delay()
        time.sleep(0.1)
