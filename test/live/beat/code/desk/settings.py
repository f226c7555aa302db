"""Django with its schedule in its database."""
import os

SECRET_KEY = "for the tests only"
INSTALLED_APPS = ["django.contrib.contenttypes", "django_celery_beat"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["DATABASE"], "OPTIONS": {"timeout": 20}}}
USE_TZ = True
