"""Tasks that every app here has; a worker writes down what it ran."""
import os
import pathlib

from celery import shared_task


@shared_task(bind=True)
def add(self, x, y):
    return [self.request.delivery_info["routing_key"], x + y]


@shared_task
def beaten(by):
    with pathlib.Path(os.environ["STALK_RUN"], "journal").open("a") as journal:
        journal.write(f"{by}\n")
