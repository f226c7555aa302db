"""Platform settings, credentials, queue names and health files for any Celery app, with no change to the app.

CELERY_LOADER=stalk_celery:Loader makes Celery use this in every process (worker, beat, producer, Flower). Each module
beside it is about one subject, and all begin with `stalk_`, so that they shadow none of the app's, but `sitecustomize`.
  STALK_CELERY          JSON {setting: value}; wins over the app's own value, mappings are merged   stalk_settings
  STALK_USER            Redis user, and                                                             stalk_credentials
  STALK_PASSWORD_FILE   the file with its password, read at every new connection; without both, URLs stay as they are
  STALK_CREDENTIALS_IN  `url` puts both into the URLs at import, for clients that know no credential provider (Flower)
  STALK_QUEUE           `tenant-acme`: the app's default queue is that on the broker,               stalk_queues
                        `reports` is `tenant-acme.reports`
  STALK_QUEUE_SERVES    `tenant-001,tenant-002`: a worker of many tenants; what a task sends goes to that task's tenant
  STALK_LONGEST_DELAY   seconds: what longer delays, limits and rates of the app's own mean is      stalk_times
  STALK_LONGEST_TASK    said in the log; and a worker that lives keeps its messages                 stalk_leases
  STALK_POOL            `acme.default`: the autoscaler counts what the workers of this pool hold      stalk_held
  STALK_QUEUE_ORDER     `as-listed`: this worker empties its queues in their order, not in turn
  STALK_DELIVERY_LIMIT  how often a task begins again whose process died                            stalk_deliveries
  STALK_ETA_LIMIT       how many tasks with an ETA a worker holds                                   stalk_etas
  STALK_LOGS            JSON {field: text}: a worker and beat write their logs as JSON, with these  stalk_logs
  STALK_METRICS         port: a worker and beat count, and serve what they count there             stalk_metrics
  STALK_SENT            1: messages say when they were sent                                         stalk_sent
  STALK_RUN             folder for `consuming`, `ticking` and `alive`                               stalk_health
  STALK_MOVING          JSON: the other side, while the tenant's broker moves                       stalk_moving
  STALK_PATH            in place of PYTHONPATH where that of the image is noted                     stalk_path
`python3 stalk_celery.py wait` returns when Redis answers to this pod's own user (stalk_wait), and
`python3 stalk_celery.py dead-letters` is about tasks that are not begun any more (stalk_letters); where the broker moves,
`carry` and `left` are about what lies on its old side (stalk_carry).

All that a process may use is imported here, at once: the folder may get newer files while it runs.
"""
import os
import sys

import stalk_path  # before all that may lie in a folder of the tenant's

# isort: split
import stalk_gevent  # noqa: F401  before all that imports kombu

# isort: split
from celery.loaders.app import AppLoader

try:
    import stalk_patches  # noqa: F401  replaces
    from stalk_settings import PLAIN, URLS, configured, schedule
except ValueError as refused:
    if __name__ == "__main__":
        sys.exit(str(refused))
    raise
import stalk_sent  # noqa: F401  listens
from stalk_credentials import REDIS, plain
from stalk_health import Consuming
from stalk_letters import USAGE, command
from stalk_logs import take_over
from stalk_metrics import PORT
from stalk_wait import ping, wait

STEPS = [Consuming]
if PORT:
    import stalk_ticks  # noqa: F401  listens
    from stalk_counts import Counting

    STEPS.append(Counting)

if MOVING := os.environ.get("STALK_MOVING"):
    import stalk_carry

__all__ = ["PLAIN", "REDIS", "URLS", "Loader", "ping", "plain", "schedule"]  # all but the loader: for `stalk verify`


class Loader(AppLoader):
    @property
    def conf(self):  # not __init__: Django's fixup builds the loader before the app has on_after_configure
        self.app.on_after_configure.connect(configured, weak=False, dispatch_uid="stalk")
        self.app.steps["consumer"].update(STEPS)
        return super().conf

    def init_worker(self):
        """In a worker and in beat, before they import the app's tasks."""
        take_over()
        super().init_worker()


# Last: an app that loads its settings while it gets its tasks asks for this loader once more, to register the task
import stalk_tasks  # noqa: E402, F401

if __name__ == "__main__":
    if sys.argv[1:] == ["wait"]:
        stalk_path.note()
        lines = wait() or []
    elif sys.argv[1:2] == ["dead-letters"]:
        lines = command(sys.argv[2:])
    else:
        lines = stalk_carry.command(sys.argv[1:]) if MOVING else None
    if lines is None:
        sys.exit("\n".join(["usage: stalk_celery.py wait", USAGE, *([stalk_carry.USAGE] if MOVING else [])]))
    print("\n".join(lines), end="\n" if lines else "")
