"""What Paperless-ngx reads from its environment, as far as Redis, Celery and the database are concerned."""
import os

SECRET_KEY = os.environ["PAPERLESS_SECRET_KEY"]
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "paperless.urls"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django_celery_results"]
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
USE_TZ = True

assert os.environ["PAPERLESS_DBENGINE"] == "postgresql", "this stand-in has no client for another database"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": os.environ["PAPERLESS_DBHOST"],
        "NAME": os.environ["PAPERLESS_DBNAME"],
        "USER": os.environ["PAPERLESS_DBUSER"],
        "PASSWORD": os.environ["PAPERLESS_DBPASS"],
    }
}

REDIS_URL = os.environ["PAPERLESS_REDIS"]
REDIS_PREFIX = os.environ.get("PAPERLESS_REDIS_PREFIX", "")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": REDIS_PREFIX,
    }
}

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_TRANSPORT_OPTIONS = {"global_keyprefix": REDIS_PREFIX}
CELERY_RESULT_BACKEND = "django-db"
CELERY_RESULT_EXTENDED = True
CELERY_CACHE_BACKEND = "default"
CELERY_TASK_TRACK_STARTED = True
CELERY_TASK_TIME_LIMIT = int(os.environ["PAPERLESS_WORKER_TIMEOUT"])
CELERY_TASK_SERIALIZER = "pickle"
CELERY_ACCEPT_CONTENT = ["application/json", "application/x-python-serialize"]
CELERY_WORKER_CONCURRENCY = int(os.environ["PAPERLESS_TASK_WORKERS"])
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE_FILENAME = os.environ["PAPERLESS_BEAT_SCHEDULE_FILENAME"]
# Its own tasks come every few minutes; a test cannot wait so long
CELERY_BEAT_SCHEDULE = {
    "Look around": {"task": "documents.tasks.look_around", "schedule": 10},
    "Note it": {"task": "ledger.look_around", "schedule": 10, "args": (os.environ["PAPERLESS_DBNAME"],)},
    "Note it slowly": {"task": "ledger.look_around", "schedule": 20, "args": (f"{os.environ['PAPERLESS_DBNAME']}_slowly",)},
}
