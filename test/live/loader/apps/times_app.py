"""An app whose tasks take what the contract does not know: limits, rates and delays of their own."""
import os
import pathlib
import time

from celery import Celery

app = Celery("times_app", set_as_current=True)
app.conf.task_routes = {"times_app.elsewhere": {"queue": "elsewhere"}}


def begins(name):
    with (pathlib.Path(os.environ["STALK_RUN"]) / "begun").open("a") as file:
        file.write(f"{name}\n")


@app.task
def plain(name="plain", seconds=0):
    begins(name)
    time.sleep(seconds)


@app.task(time_limit=100)
def slow(name="slow", seconds=0):
    begins(name)
    time.sleep(seconds)


@app.task(soft_time_limit=90)
def warned():
    pass


@app.task(rate_limit="12/m")
def rated(name):
    begins(name)


@app.task(autoretry_for=(ValueError,), retry_backoff=60, retry_backoff_max=90, max_retries=3)
def retried():
    pass


@app.task(time_limit=100, queue="elsewhere")
def named():
    pass


@app.task(time_limit=100)
def elsewhere():
    pass


@app.task(bind=True, max_retries=2)
def asks_again(self):
    raise self.retry(countdown=7)
