"""An app with what Celery's documentation says about priorities in its code; its tasks show their order, or take a while."""
import time

from celery import Celery

app = Celery("ranked_app")
app.conf.broker_transport_options = {"priority_steps": list(range(10)), "sep": ":", "queue_order_strategy": "priority"}


@app.task
def show(what):
    print(f"did {what}", flush=True)


@app.task
def work(seconds):
    time.sleep(seconds)
