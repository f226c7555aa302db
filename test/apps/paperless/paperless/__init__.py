"""Stands in for Paperless-ngx: the same names, variables, Celery settings and uses of Redis, and no documents."""
from .celery import app as celery_app

__all__ = ["celery_app"]
