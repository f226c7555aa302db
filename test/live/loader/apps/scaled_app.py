"""Tasks that take a while, for workers that an autoscaler watches."""
import time

from celery import Celery

app = Celery("scaled_app")


@app.task
def work(seconds):
    time.sleep(seconds)
