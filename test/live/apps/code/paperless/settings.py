"""Reads variables of its own, as paperless-ngx does: broker, prefix, cache, schedule."""
import os

from celery.schedules import crontab

REDIS, PREFIX = os.environ["PAPERLESS_REDIS"], os.environ["PAPERLESS_REDIS_PREFIX"]
SECRET_KEY = "for the tests only"
INSTALLED_APPS = ["django.contrib.contenttypes", "django_celery_results"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["DATABASE"], "OPTIONS": {"timeout": 20}}}
USE_TZ = True
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS, "KEY_PREFIX": PREFIX}}
CELERY_BROKER_URL = REDIS
CELERY_BROKER_TRANSPORT_OPTIONS = {"global_keyprefix": PREFIX}
CELERY_RESULT_BACKEND = "django-db"
CELERY_RESULT_EXTENDED = True
CELERY_TASK_SERIALIZER = "pickle"
CELERY_ACCEPT_CONTENT = ["application/json", "application/x-python-serialize"]
CELERY_WORKER_CONCURRENCY = int(os.environ["PAPERLESS_TASK_WORKERS"])
CELERY_TASK_TIME_LIMIT = int(os.environ["PAPERLESS_WORKER_TIMEOUT"])
CELERY_BEAT_SCHEDULE_FILENAME = os.environ["PAPERLESS_BEAT_SCHEDULE_FILENAME"]
CELERY_BEAT_SCHEDULE = {
    "train": {"task": "jobs.beaten", "schedule": crontab(*os.environ["PAPERLESS_TRAIN_TASK_CRON"].split()),
              "args": ["train"]},
    "own": {"task": "jobs.beaten", "schedule": 1, "args": ["the app"]},
}
