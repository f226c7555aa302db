"""Django with results and schedule in its database, and a broker of its own by namespace."""
import os

SECRET_KEY = "for the tests only"
INSTALLED_APPS = ["django.contrib.contenttypes", "django_celery_results", "django_celery_beat"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["DATABASE"], "OPTIONS": {"timeout": 20}}}
USE_TZ = True
CELERY_BROKER_URL = "redis://own:1/9"
CELERY_RESULT_BACKEND = "redis://own:1/8"
CELERY_TASK_ACKS_LATE = False
CELERY_BEAT_SCHEDULE = {"own": {"task": "jobs.beaten", "schedule": 1, "args": ["the app"]}}
