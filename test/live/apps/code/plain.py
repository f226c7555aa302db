"""An app that names a broker of its own wherever Celery looks for one."""
from celery import Celery

import jobs  # noqa: F401

app = Celery("plain", broker="redis://own:1/9", backend="redis://own:1/8")
app.conf.update(task_acks_late=False, broker_transport_options={"visibility_timeout": 1})
app.conf.beat_schedule = {"own": {"task": "jobs.beaten", "schedule": 1, "args": ["the app"]}}
