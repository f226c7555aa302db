"""Tasks that write down when they begin and when they end, and some that bring trouble with them."""
import json
import os
import pathlib
import signal
import time

from celery import Celery
from celery.exceptions import SoftTimeLimitExceeded

RUN = pathlib.Path(os.environ["STALK_RUN"])

app = Celery("jobs")


def note(request, what):
    """One short line in one write, so that processes do not mix theirs."""
    line = {"id": request.id, "task": request.task, "what": what, "at": time.time(), "pid": os.getpid()}
    with open(RUN / "journal", "a", buffering=1) as file:
        file.write(json.dumps(line) + "\n")


def worked(request, seconds, answer=None):
    note(request, "begin")
    time.sleep(seconds)
    note(request, "end")
    return answer


@app.task(bind=True)
def work(self, seconds=0, payload=""):
    return worked(self.request, seconds)


@app.task(bind=True)
def dies(self, seconds=0):
    """Its process is killed at the first try, as the kernel does to one that takes too much memory."""
    if not self.request.delivery_info["redelivered"]:
        note(self.request, "begin")
        os.kill(os.getpid(), signal.SIGKILL)
    return worked(self.request, seconds)


@app.task(bind=True, max_retries=3)
def flaky(self, seconds=0):
    """Ends at its second retry."""
    if self.request.retries < 2:
        time.sleep(seconds)
        raise self.retry(countdown=1)
    return worked(self.request, seconds)


@app.task(bind=True)
def part(self, seconds, number):
    return worked(self.request, seconds, number)


@app.task(bind=True)
def total(self, numbers):
    return worked(self.request, 0, sum(numbers))


@app.task(bind=True)
def beaten(self):
    return worked(self.request, 0)


@app.task(bind=True)
def stuck(self, seconds=0):
    """Takes no notice of its soft limit."""
    note(self.request, "begin")
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            time.sleep(0.1)
        except SoftTimeLimitExceeded:
            continue
    note(self.request, "end")
