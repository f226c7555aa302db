"""Tasks that end their process, or their whole pod, and such as live beside them."""
import os
import signal
import time

from celery import Celery, chord, group
from celery.exceptions import Reject

app = Celery("poison_app")


@app.task(bind=True)
def poison(self, whom="process"):
    begun(self)
    os.kill(os.getppid() if whom == "parent" else os.getpid(), signal.SIGKILL)


@app.task(bind=True)
def slow(self, seconds=3):
    begun(self)
    time.sleep(seconds)
    return "done"


@app.task(bind=True)
def not_now(self, times):
    if begun(self) < times:
        raise Reject(requeue=True)
    return "done"


@app.task
def add(x, y):
    return x + y


@app.task
def total(numbers):
    return sum(numbers)


def poisoned_chord():
    return chord([add.s(1, 1), poison.s()], total.s())()


@app.task
def nested():
    """Sends, as tasks do."""
    add.delay(1, 1)
    time.sleep(0.2)


@app.task
def fails():
    raise ValueError


def abandoned():
    """What a program sends and never asks for."""
    chord([add.s(1, 1), add.s(2, 2)], total.s())()
    chord([add.s(1, 1), fails.s()], total.s())()
    group(add.s(n, n) for n in range(3)).apply_async().save()
    add.apply_async((1, 1), countdown=1)
    add.apply_async((1, 1), countdown=1).revoke()
    add.apply_async((1, 1), expires=-1)
    return add.delay(1, 1)


def begun(task):
    """How often, in a file that outlives the process."""
    with open(task.request.id, "a") as file:
        file.write("x")
    return os.path.getsize(task.request.id)
