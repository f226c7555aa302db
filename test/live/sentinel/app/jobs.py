"""A task that writes down that it ran."""
import os
import pathlib

from celery import Celery

RUN = pathlib.Path(os.environ["STALK_RUN"])

app = Celery("jobs")


@app.task(bind=True)
def work(self):
    with open(RUN / "journal", "a", buffering=1) as file:
        file.write(self.request.id + "\n")
    return self.request.id
