"""An app without a task of its own: the load is the platform's."""
from celery import Celery

app = Celery("jobs")
