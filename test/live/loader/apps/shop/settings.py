SECRET_KEY = "for the tests only"
INSTALLED_APPS = ["shop"]
USE_TZ = True
CELERY_BROKER_URL = "redis://own:1/9"
CELERY_RESULT_BACKEND = "redis://own:1/8"
CELERY_TASK_DEFAULT_QUEUE = "shop"
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 1, "max_connections": 7}
CELERY_BEAT_SCHEDULE = {"own": {"task": "shop.tasks.sell", "schedule": 3600, "args": [1]}}
