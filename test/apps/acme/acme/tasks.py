"""A Celery app that knows nothing of brokers: the platform says where they are."""
import ledger  # noqa: F401
from celery import Celery

app = Celery("acme")


@app.task
def add(x, y):
    return x + y
