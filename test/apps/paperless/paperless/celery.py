"""The Celery app of Paperless-ngx."""
import os

import ledger  # noqa: F401
from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "paperless.settings")

app = Celery("paperless")
app.config_from_object("django.conf:settings", namespace="CELERY")


@app.task(name="documents.tasks.look_around")
def look_around():
    return "nothing new"
