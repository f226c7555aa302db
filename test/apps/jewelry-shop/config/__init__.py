"""A Django shop with eight queues and a schedule in its database."""
from .celery import app as celery_app

__all__ = ["celery_app"]
