"""Flask's pattern: a factory that configures Celery from the app's own config, and tasks with its context."""
from celery import Celery, Task

import jobs  # noqa: F401


def celery_init_app(config):
    class FlaskTask(Task):
        def __call__(self, *args, **kwargs):
            return self.run(*args, **kwargs)

    celery_app = Celery("flasky", task_cls=FlaskTask)
    celery_app.config_from_object(config["CELERY"])
    celery_app.set_default()
    return celery_app


celery = celery_init_app({"CELERY": {
    "broker_url": "redis://own:1/9", "result_backend": "redis://own:1/8", "task_acks_late": False,
    "beat_schedule": {"own": {"task": "jobs.beaten", "schedule": 1, "args": ["the app"]}}}})
