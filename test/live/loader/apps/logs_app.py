"""Says something in every way that there is. LOGGING says how the app sets its own logging up."""
import logging
import logging.config
import os
import signal
import sys
import threading
import time
import warnings

from celery import Celery, signals
from celery.utils.log import get_task_logger

app = Celery("logs_app")
app.conf.imports = ["logs_tasks"]
MANNER = os.environ.get("LOGGING")
TEXT = {"version": 1, "disable_existing_loggers": False, "formatters": {"plain": {"format": "%(levelname)s: %(message)s"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
        "loggers": {"shop": {"handlers": ["console"], "level": "INFO", "propagate": False}}}
if MANNER == "unhijacked":
    app.conf.worker_hijack_root_logger = False
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
if MANNER == "dict":
    logging.config.dictConfig(TEXT)
if MANNER == "signal":
    @signals.setup_logging.connect(weak=False)
    def own(**_):
        logging.config.dictConfig({**TEXT, "root": {"handlers": ["console"], "level": "INFO"}})
if MANNER == "broken":
    app.conf.imports = ["nosuch"]
if MANNER == "json":
    @signals.setup_logging.connect(weak=False)
    def own(**_):
        handler = logging.StreamHandler(sys.stdout)
        handler.setFormatter(logging.Formatter('{"mine": "%(message)s"}'))
        logging.basicConfig(level=logging.INFO, handlers=[handler])


@app.task(name="shop.bill", bind=True)
def bill(self, card):
    more = {"order": 5, "odd": float("nan"), 7: object()} if card else {}
    get_task_logger(__name__).info("billed\n%s", "twice", extra=more)
    logging.getLogger("shop").warning("café %s", "☕")
    logging.getLogger("sqlalchemy.engine").error("no %d", "number")
    print("printed", "in parts")
    sys.stderr.write("half of ")
    warnings.warn("deprecated", UserWarning, stacklevel=1)
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
    return "done"


@app.task(name="shop.fail")
def fail(card):
    raise ValueError("no\nmoney")


@app.task(name="shop.again", bind=True, max_retries=1, default_retry_delay=0.1)
def again(self):
    if not self.request.retries:
        raise self.retry(exc=KeyError("later"))


@app.task(name="shop.long")
def long(seconds):
    time.sleep(seconds)


@app.task(name="shop.die")
def die():
    os.kill(os.getpid(), signal.SIGKILL)
