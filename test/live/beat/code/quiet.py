"""An app without a schedule of its own."""
from celery import Celery

app = Celery("quiet")


@app.task(name="quiet.noted")
def noted():
    return None
