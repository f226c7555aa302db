"""Tasks that end in every way that there is."""
import os
import pathlib
import signal
import time

import stalk_metrics
from celery import Celery, shared_task
from celery.exceptions import Ignore, Reject
from kombu import Exchange, Queue

stalk_metrics.PATIENCE, stalk_metrics.AGAIN = 1, 1  # tests do not wait
if "MISCOUNT" in os.environ:
    def miscounts():
        raise RuntimeError("miscounts")

    import stalk_counts
    stalk_counts.ENDED.series = miscounts
    stalk_counts.ENDED.start = lambda *_: None
app = Celery("counted_app")
app.conf.task_routes = {"shop.report": {"queue": "reports"}}
app.conf.accept_content = ["json", "pickle", "yaml"]
BOUND = Queue("tenant-a.reports", Exchange("tenant-a.elsewhere"), "x")
run = pathlib.Path(os.environ["STALK_RUN"])


@app.task(name="shop.good")
def good(_=None):
    pass


@app.task(name="shop.report")
def report():
    pass


@app.task(name="shop.bad")
def bad():
    raise ValueError("no")


@app.task(name="shop.again", bind=True, max_retries=2)
def again(self):
    if self.request.retries < 2:
        raise self.retry(countdown=0.2)


@app.task(name="shop.ignored")
def ignored():
    raise Ignore


@app.task(name="shop.dropped")
def dropped():
    raise Reject("no", requeue=False)


@app.task(name="shop.long", time_limit=1)
def long():
    time.sleep(60)


@app.task(name="shop.dies", acks_late=True, reject_on_worker_lost=True)
def dies():
    died = run / "died"
    if not died.exists():
        died.touch()
        os.kill(os.getpid(), signal.SIGKILL)


@app.task(name="shop.poison", acks_late=True, reject_on_worker_lost=True)
def poison():
    os.kill(os.getpid(), signal.SIGKILL)


@shared_task(name="shop.never")
def never():
    pass
