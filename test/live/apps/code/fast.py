"""FastAPI's pattern: settings from the environment, with an own Redis where there are none."""
import os

from celery import Celery

import jobs  # noqa: F401

worker = Celery(__name__)
worker.conf.broker_url = os.environ.get("CELERY_BROKER_URL", "redis://own:1/9")
worker.conf.result_backend = os.environ.get("CELERY_RESULT_BACKEND", "redis://own:1/8")
worker.conf.task_acks_late = False
worker.conf.beat_schedule = {"own": {"task": "jobs.beaten", "schedule": 1, "args": ["the app"]}}
