"""An app with routes, retries, chords and priorities, and opinions of its own about the broker."""
from celery import Celery, chain, chord, group

app = Celery("plain_app", broker="redis://nowhere:1/0", backend="redis://nowhere:1/1")
app.conf.task_routes = {"plain_app.report": {"queue": "reports"}}
app.conf.task_acks_late = False


@app.task
def add(x, y):
    return x + y


@app.task(bind=True)
def report(self, x):
    return [self.request.delivery_info["routing_key"], x]


@app.task
def total(numbers):
    return sum(numbers)


@app.task(bind=True, max_retries=3)
def flaky(self):
    if self.request.retries < 2:
        raise self.retry(countdown=0.1)
    return [self.request.delivery_info["routing_key"], self.request.retries]


@app.task
def fans_out():
    return report.delay(1).id


def workflow():
    """Everything a tenant does with its broker, as one list of results."""
    later = add.apply_async((1, 2), countdown=0.5)
    return [
        add.delay(1, 1).get(10),
        report.delay(7).get(10),
        flaky.delay().get(10),
        chord([add.s(i, i) for i in range(4)], total.s())().get(20),
        chain(add.s(1, 2), add.s(3), report.s().set(queue="other")).apply_async().get(10),
        group(add.s(i, 1) for i in range(3)).apply_async().get(10),
        [add.apply_async((p, 0), priority=p).get(10) for p in (0, 3, 9)],
        later.get(10),
    ]


app.conf.worker_prefetch_multiplier = 7
app.conf.broker_url = "redis://nowhere:1/2"
