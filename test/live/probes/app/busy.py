"""Tasks that keep a worker from its work in different ways; each writes down that it has begun."""
import ctypes
import os
import pathlib
import time

from celery import Celery, current_task

RUN = pathlib.Path(os.environ["STALK_RUN"])

app = Celery("busy")


def begins():
    with (RUN / "begun").open("a") as file:
        file.write(f"{current_task.name}\n")


@app.task
def waits(file):
    """As one that waits for a database: others may run."""
    begins()
    while not (RUN / file).exists():
        time.sleep(0.2)


@app.task
def computes(file):
    """Never gives way, but for what the interpreter itself takes."""
    begins()
    while not (RUN / file).exists():
        sum(range(10**6))


@app.task
def holds(file):
    """As C code that keeps the interpreter's lock: no other thread runs."""
    begins()
    ctypes.PyDLL(None).system(f"until test -e {RUN / file}; do sleep 0.2; done".encode())
