"""A task that writes down when it begins and that it was executed, and a producer that writes down each accepted send.

Every app of the tests has it; the book is in PostgreSQL, so that it does not die with the Redis under test.
  python3 -m ledger APP TENANT FIRST COUNT RATE [JSON]
sends COUNT `ledger.note` tasks as whoever runs it, RATE a second, with further arguments of JSON and the queue that it
names; prints `+ N` for each accepted one and `! N why` for each refused one. Ends early when its input ends.
"""
import json
import os
import socket
import sys
import threading
import time

import psycopg
from celery import shared_task
from celery.app.utils import find_app
from celery.signals import before_task_publish

BOOK = "postgresql://ledger@postgres.postgres:5432/ledger"


@before_task_publish.connect
def stamp(headers=None, **_):
    """So that the book tells when a beat sent, however late a worker was."""
    headers.setdefault("sent", time.time())


def write(entry, *values):
    """Until it is written: a task that fails as its book is slow would count as lost."""
    while True:
        try:
            with psycopg.connect(BOOK, connect_timeout=5) as book:
                return book.execute(entry, values)
        except psycopg.OperationalError as error:
            print("the book does not answer:", error, flush=True)
            time.sleep(0.2)


def executed(task, tenant, number=None):
    write("INSERT INTO executions (tenant, number, message, pod, sent) VALUES (%s, %s, %s, %s, to_timestamp(%s))",
          tenant, number, task.request.id, socket.gethostname(), task.request.get("sent"))


@shared_task(name="ledger.note", bind=True, ignore_result=True, rate_limit=0)
def note(self, tenant, number, seconds=0, busy=0, megabytes=0, load=""):
    """Sleeps, is busy for some seconds, takes memory unless it was tried before; then notes that it was."""
    write("INSERT INTO begun VALUES (%s, %s)", tenant, number)
    held = b"1" * (0 if self.request.delivery_info.get("redelivered") else megabytes << 20)
    time.sleep(seconds)
    end = time.process_time() + busy
    while time.process_time() < end:
        pass
    executed(self, tenant, number)
    return len(held)


@shared_task(name="ledger.look_around", bind=True, ignore_result=True, rate_limit=0)
def look_around(self, tenant):
    """What a beat sends."""
    executed(self, tenant)


def produce(module, tenant, first, count, rate, queue=None, kilobytes=0, **arguments):
    app = find_app(module)
    if "DJANGO_SETTINGS_MODULE" in os.environ:
        import django

        django.setup()
    over = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
    due = time.monotonic()
    for number in range(first, first + count):
        if over.wait(max(0.0, due - time.monotonic())):
            return
        due += 1 / rate
        try:
            app.send_task("ledger.note", (tenant, number), {**arguments, "load": "x" * (kilobytes << 10)}, queue=queue)
            print("+", number, flush=True)
        except Exception as error:
            print("!", number, type(error).__name__, error, flush=True)


if __name__ == "__main__":
    module, tenant, first, count, rate, more = sys.argv[1:]
    produce(module, tenant, int(first), int(count), float(rate), **json.loads(more))
