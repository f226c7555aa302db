"""The web process: sends tasks, waits for them, asks the workers. `early` sends what waits until workers start."""
import json
import os
import sys

from celery import chain, chord, group
from celery.exceptions import TaskRevokedError

from jobs import TENANT, add, app, fans_out, flaky, picky, report, slow, total

PATIENCE = 40


def got(result):
    return result.get(timeout=PATIENCE)


def revoked(result):
    try:
        return got(result)
    except TaskRevokedError as error:
        return str(error)


def clip():
    """To an exchange of the app's own, as a pool for several tenants binds only its own tenant's."""
    return got(add.apply_async((TENANT, 8), exchange="media", routing_key="clip"))


def workflow():
    doomed = add.apply_async((TENANT,), countdown=4)
    add.apply_async((TENANT,), countdown=1).forget()
    later = add.apply_async((TENANT, 20, 1), countdown=1)
    app.control.revoke(doomed.id)
    inspect = app.control.inspect(timeout=1.5)
    inner, other = got(fans_out.delay(TENANT))
    return {
        "plain": got(add.delay(TENANT, 1, 1)),
        "routed": got(report.delay(TENANT)),
        "retried": got(flaky.delay(TENANT)),
        "redelivered": got(picky.delay(TENANT)),
        "chord": got(chord([add.s(TENANT, i, i) for i in range(4)], total.s(TENANT))()),
        "group": got(group(add.s(TENANT, i) for i in range(3)).apply_async()),
        "chain": got(chain(report.si(TENANT), add.si(TENANT, 5, 5)).apply_async()),
        "priorities": [got(add.apply_async((TENANT, p), priority=p)) for p in (0, 3, 6, 9)],
        "named": got(add.apply_async((TENANT, 7), queue="reports")),
        "expiring": got(add.apply_async((TENANT, 9), queue="brief")),
        "exchange": clip() if "OWN_POOL" in os.environ else None,
        "inner": got(app.AsyncResult(inner)),
        "other": got(app.AsyncResult(other)),
        "ping": [list(inspect.ping().values())],
        "stats": [node["pid"] for node in inspect.stats().values()],
        "control": [answer for node in app.control.rate_limit("jobs.report", "100/s", reply=True, timeout=1.5)
                    for answer in node.values()],
        "later": got(later),
        "revoked": revoked(doomed),
    }


def early():
    add.delay(TENANT)
    add.apply_async((TENANT,), priority=9)
    report.delay(TENANT)
    return {}


def lost():
    """Longer than its worker lives."""
    slow.delay(TENANT)
    return {}


print(json.dumps({"early": early, "slow": lost}.get(sys.argv[-1], workflow)()))
