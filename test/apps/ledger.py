"""A task that writes down each of its executions, and a producer that writes down each send that was accepted.

Every app of the tests has it; the book is in PostgreSQL, so that it does not die with the Redis under test.
  python3 -m ledger APP FIRST COUNT RATE SECONDS   sends, as whoever runs it, COUNT tasks that take SECONDS each;
                                                   prints `+ N` for each accepted one and `! N why` for each refused
"""
import os
import socket
import sys
import time

import psycopg
from celery import shared_task
from celery.app.utils import find_app

BOOK = "postgresql://ledger@postgres.postgres:5432/ledger"


def write(task, tenant, number=None, held=0):
    with psycopg.connect(BOOK, connect_timeout=3) as book:
        book.execute(
            "INSERT INTO executions (tenant, number, message, pod, held) VALUES (%s, %s, %s, %s, %s)",
            (tenant, number, task.request.id, socket.gethostname(), held),
        )


@shared_task(name="ledger.note", bind=True, ignore_result=True, rate_limit=0)
def note(self, tenant, number, seconds=0, megabytes=0):
    """Works for some seconds with some memory, then notes that it did."""
    held = b"1" * (megabytes << 20)
    time.sleep(seconds)
    write(self, tenant, number, len(held))


@shared_task(name="ledger.look_around", bind=True, ignore_result=True, rate_limit=0)
def look_around(self, tenant):
    """What a beat sends."""
    write(self, tenant)


def produce(module, tenant, first, count, rate, seconds):
    app = find_app(module)
    if "DJANGO_SETTINGS_MODULE" in os.environ:
        import django

        django.setup()
    due = time.monotonic()
    for number in range(first, first + count):
        time.sleep(max(0.0, due - time.monotonic()))
        due += 1 / rate
        try:
            app.send_task("ledger.note", (tenant, number, seconds))
            print("+", number, flush=True)
        except Exception as error:
            print("!", number, type(error).__name__, error, flush=True)


if __name__ == "__main__":
    module, tenant, first, count, rate, seconds = sys.argv[1:]
    produce(module, tenant, int(first), int(count), float(rate), float(seconds))
