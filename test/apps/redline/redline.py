"""Makes Parquet of CSV in the background, as far as Celery is concerned."""
import os

import ledger  # noqa: F401
from celery import Celery

app = Celery("redline", broker=os.environ["CELERY_BROKER_URL"], backend=os.environ["CELERY_RESULT_BACKEND"])


@app.task(name="redline.process", queue="redline_tasks")
def process(source):
    return source.replace(".csv", ".parquet")
