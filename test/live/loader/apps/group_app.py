"""An app of many tenants: a task that sends others, as callbacks, chords and to a queue by name."""
from celery import Celery, chord, current_task

app = Celery("group_app")
app.conf.task_routes = {"group_app.report": {"queue": "reports"}}


@app.task
def where(*_):
    return current_task.request.delivery_info["routing_key"]


@app.task(name="group_app.report")
def report():
    return current_task.request.delivery_info["routing_key"]


@app.task
def spread():
    """Sends from inside a task; the ids are looked up by the test."""
    return [where.delay().id, report.delay().id, where.apply_async(queue="tenant-002.reports").id,
            chord([where.s(), where.s()], where.s())().id]
