"""The web process: sends what it is asked to, and writes down what the broker took and what it refused."""
import json
import os
import pathlib
import sys
import time

from celery import chord

from jobs import app, part, total

SENT = pathlib.Path(os.environ["STALK_RUN"], "sent")


def send(ask):
    if ask["task"] == "chord":
        body = chord([part.s(*ask["args"], i) for i in range(4)], total.s())()
        return {"ids": [body.id, *(child.id for child in body.parent)]}
    payload = {"payload": "x" * ask["bytes"]} if "bytes" in ask else {}
    options = {"countdown": ask["countdown"]} if "countdown" in ask else {}
    result = app.tasks[f"jobs.{ask['task']}"].apply_async(ask["args"], payload, **options)
    if ask.get("revoke"):
        app.control.revoke(result.id)
        return {"revoked": result.id}
    return {"ids": [result.id]}


def main(asks):
    with SENT.open("a", buffering=1) as file:
        for ask in asks:
            for _ in range(ask.get("count", 1)):
                started = time.time()
                try:
                    answer = send(ask)
                except Exception as error:
                    answer = {"refused": f"{type(error).__name__}: {error}"}
                file.write(json.dumps({**answer, "took": time.time() - started}) + "\n")
                if "refused" in answer and ask.get("until") == "refused":
                    break
                time.sleep(ask.get("every", 0))


main(json.loads(sys.argv[1]))
