"""Runs agents in the background, as a FastAPI project does that knows nothing of the platform."""
import os

import ledger  # noqa: F401
from celery import Celery

app = Celery("agents", broker=os.environ["CELERY_BROKER_URL"], backend=os.environ["CELERY_RESULT_BACKEND"])


@app.task(name="agents.answer")
def answer(question):
    return f"{question}? 42"
