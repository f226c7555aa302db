"""The web process of an app: sends a task, waits for its result, and tells which settings it was sent with."""
import importlib
import json
import os
import sys

if "DATABASE" in os.environ:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", f"{sys.argv[1].split('.')[0]}.settings")
    django.setup()

from jobs import add  # Django first

module, _, name = sys.argv[1].partition(":")
app = getattr(importlib.import_module(module), name or "app")
conf = app.conf
answer = add.delay(1, 2).get(timeout=40)
print(json.dumps({"answer": answer, "acks_late": conf.task_acks_late, "backend": type(app.backend).__name__,
                  "broker": app.connection_for_write().hostname,
                  "patience": conf.broker_transport_options["visibility_timeout"]}))
