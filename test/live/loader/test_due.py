"""When a task is due: what the loader thinks, and what Celery's worker does."""
import datetime

import pytest
from harness import environment, python

READ = """
import json
import stalk_celery
from celery import Celery
from celery.worker.request import Request
from celery.exceptions import InvalidTaskError
from stalk_due import due_at

app = Celery("shop")
app.conf.update(enable_utc={utc}, timezone="Asia/Tokyo")

@app.task
def bill():
    return None

class Message:
    headers = {{"id": "1", "task": bill.name, "eta": {eta!r}}}
    delivery_info = properties = {{}}
    payload = ((), {{}}, {{}})
    body = b"[[], {{}}, {{}}]"
    content_type, content_encoding = "application/json", "utf-8"

def celerys():
    try:
        at = Request(Message, app=app, task=bill, headers=Message.headers, body=Message.body, decoded=False).eta
    except InvalidTaskError:
        return None
    return at and at.timestamp()

print(json.dumps([due_at({eta!r}), celerys()]))
"""
NOON = datetime.datetime(2030, 1, 1, 12, tzinfo=datetime.timezone.utc).timestamp()


@pytest.mark.parametrize("utc", [True, False], ids=["utc", "local"])
@pytest.mark.parametrize(("eta", "due"), [
    ("2030-01-01T12:00:00", NOON), ("2030-01-01T12:00:00Z", NOON), ("2030-01-01T21:00:00+09:00", NOON),
    ("2030-01-01T12:00:00.250000+00:00", NOON + 0.25), (None, None), ("tomorrow", None),
])
def test_a_task_is_due_when_its_worker_thinks_so(utc, eta, due, tmp_path):
    assert python(environment(tmp_path, {}), READ.format(utc=utc, eta=eta)) == [due, due]
