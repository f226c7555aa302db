"""An app that is moved to another Redis: each task notes what it ran, and at which side."""
import json
import os
import time

from celery import Celery, chain, chord, group
from celery.result import allow_join_result

app = Celery("moving_app")
app.conf.task_routes = {"moving_app.report": {"queue": "reports"}}
app.conf.worker_prefetch_multiplier = 2
if options := os.environ.get("MOVING_OPTIONS"):
    app.conf.broker_transport_options = json.loads(options)


def note(what, name):
    with open(os.environ["MOVING_RUNS"], "a") as file:
        file.write(f"{what} {name} {os.environ['MOVING_SIDE']}\n")


def ran(name, seconds=0.0):
    note("begins", name)
    time.sleep(seconds)
    note("ends", name)
    return name


@app.task
def work(name, seconds=0.0):
    return ran(name, seconds)


@app.task
def report(name):
    return ran(name)


@app.task
def step(before, name):
    return [*before, ran(name)]


@app.task
def first(name):
    return [ran(name)]


@app.task
def total(names, name):
    ran(name)
    return sorted(names)


@app.task(bind=True, max_retries=10)
def flaky(self, name, times=2, seconds=1.0):
    """Its result is RETRY for ever where a retry ends before its sender has stored that: a first connection is slow."""
    if self.request.retries < times:
        note("retries", f"{name}.{self.request.retries}")
        raise self.retry(countdown=seconds)
    return ran(name)


@app.task
def spawns(name):
    ran(name)
    return [work.delay(f"{name}-child").id, report.delay(f"{name}-report").id]


@app.task
def elsewhere(name):
    """To a broker that is not the app's."""
    with app.connection_for_write(app.conf.broker_write_url.replace("/0", "/5")) as connection:
        return work.apply_async((name,), connection=connection).id


@app.task
def begins(name):
    """A chord that a task begins."""
    ran(name)
    return chord([work.s(f"{name}-a", 0.1), work.s(f"{name}-b")], total.s(f"{name}-body"))().id


@app.task
def waits(name):
    """For another task, which Celery warns of."""
    with allow_join_result():
        return work.delay(f"{name}-child").get(20)


@app.task
def fails(name):
    ran(name)
    raise ValueError(name)


def mixed(name, seconds=0.2):
    """One of each kind, by what runs of it: ids of results that somebody may ask for, and names."""
    sent = [
        work.delay(f"{name}-work", seconds),
        work.apply_async((f"{name}-urgent",), priority=9),
        report.apply_async((f"{name}-report",), priority=3),
        work.apply_async((f"{name}-later",), countdown=4),
        flaky.delay(f"{name}-flaky"),
        chain(first.s(f"{name}-chain1"), step.s(f"{name}-chain2"), step.s(f"{name}-chain3").set(queue="reports"))(),
        chord([work.s(f"{name}-m1", seconds), flaky.s(f"{name}-m2")], total.s(f"{name}-body"))(),
        chain(first.s(f"{name}-c1"), chord([step.s(f"{name}-c2"), step.s(f"{name}-c3")], total.s(f"{name}-c4")))(),
        *group(work.s(f"{name}-g{n}") for n in range(2))().results,
    ]
    spawns.delay(f"{name}-spawns")
    names = ["work", "urgent", "report", "later", "flaky", "chain1", "chain2", "chain3", "m1", "m2", "body", "c1", "c2",
             "c3", "c4", "g0", "g1", "spawns", "spawns-child", "spawns-report"]
    return [result.id for result in sent], [f"{name}-{part}" for part in names]
