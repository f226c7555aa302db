"""Logs as JSON, one object a line. STALK_LOGS holds the fields that each line has; without it nothing here does a thing.

A worker and beat write JSON from the moment at which they load their tasks: Celery's loggers, the app's, warnings, print,
what nobody caught. Handlers of the app's own stay, and where they write to stdout or stderr, they write JSON too, unless
their lines are JSON already. Other programs (web) write it where their configuration says `'()': 'stalk_logs.Formatter'`,
as stalk_logs.json does.
"""
import atexit
import contextlib
import io
import json
import logging
import os
import socket
import sys
import threading
import time
from contextvars import ContextVar

FIELDS = json.loads(os.environ.get("STALK_LOGS") or "{}")
HOST = socket.gethostname()
# of every record, and uvicorn's own; all else is the app's `extra`
PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"asctime", "message", "taskName", "color_message"}
STATES = {"raised unexpected": "FAILURE", "raised expected": "FAILURE", "rejected": "REJECTED", "ignored": "IGNORED"}
BEGAN = "stalk_began"
lost = ContextVar("lost", default=None)  # a request whose process is gone, and its state, while the worker speaks for it


class Formatter(logging.Formatter):
    def format(self, record):
        line = {"time": moment(record.created), "level": record.levelname, "logger": record.name, "message": text(record),
                **FIELDS, "hostname": HOST}
        if record.processName != "MainProcess":
            line["child"] = record.processName
        line.update(of_task(record))
        if record.exc_info and not record.exc_text:
            record.exc_text = self.formatException(record.exc_info)
        if record.exc_text:
            line["traceback"] = record.exc_text
        if record.stack_info:
            line["stack"] = record.stack_info
        for name, value in vars(record).items():
            if name not in PLAIN and not (name == "data" and record.name.startswith("celery.")):  # a task's arguments
                line.setdefault(str(name), value)
        try:
            return dumps(line)
        except (TypeError, ValueError, RecursionError):
            return dumps({name: possible(value) for name, value in line.items()})


def dumps(value):
    return json.dumps(value, default=str, allow_nan=False)


def possible(value):
    """A key, a number or a circle that JSON does not have becomes a text."""
    try:
        dumps(value)
    except (TypeError, ValueError, RecursionError):
        return repr(value)
    return value


def moment(created):
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(created))}.{int(created % 1 * 1000):03d}Z"


def text(record):
    try:
        return record.getMessage()
    except Exception:
        return f"{record.msg} % {record.args!r}"


def of_task(record):
    """The task in which this is said, or that Celery speaks of."""
    said = record.args if record.name.startswith("celery.") else ()
    by_name = said if isinstance(said, dict) else {}
    celery = sys.modules.get("celery._state")
    task = celery and celery.get_current_task()
    if task and task.request.id:
        return {**request_fields(task.name, task.request), **outcome(by_name, task.request)}
    if lost.get():
        request, state = lost.get()
        ended = {"state": state, "runtime": round(time.time() - (request.time_start or time.time()), 6)}
        return {**request_fields(request.name, request._context), **(ended if state and record.exc_info else {})}
    if "id" in by_name and "name" in by_name:
        return {"task": by_name["name"], "id": by_name["id"]}
    if isinstance(said, tuple) and str(record.msg).endswith("%s[%s]"):
        return {"task": said[-2], "id": said[-1]}
    return {}


def request_fields(name, request):
    queue = (request.delivery_info or {}).get("routing_key")
    return {"task": name, "id": request.id, "root": request.root_id, "queue": queue, "retries": request.retries}


def outcome(said, request):
    """Of the line with which Celery ends a task."""
    if "runtime" in said:
        return {"state": "SUCCESS", "runtime": round(said["runtime"], 6)}
    state = STATES.get(said.get("description"), None if "description" in said or "exc" not in said else "RETRY")
    began = getattr(request, BEGAN, None)
    return {"state": state, **({"runtime": round(time.monotonic() - began, 6)} if began else {})} if state else {}


class Raw:
    """A line in one write, so that processes do not write into each other's."""

    def __init__(self, number):
        self.number = number

    def write(self, text):
        data = text.encode("utf-8", "backslashreplace")
        while data:
            data = data[os.write(self.number, data):]

    def flush(self):
        pass

    def fileno(self):
        return self.number


class Lines(io.TextIOBase):
    """What is written past logging: a line is a record, and goes as it is where it is one already."""

    encoding, errors = "utf-8", "backslashreplace"

    def __init__(self, name, was, level):
        self.was, self.raw, self.buffer = was, Raw(was.fileno()), was.buffer
        self.record = {"name": name, "levelno": level, "levelname": logging.getLevelName(level)}
        self.mine = threading.local()

    def write(self, text):
        *lines, self.mine.rest = (getattr(self.mine, "rest", "") + text).split("\n")
        for line in filter(str.strip, lines):
            self.raw.write((line if is_json(line) else self.formatted(line)) + "\n")
        return len(text)

    def formatted(self, line, **more):
        return FORMATTER.format(logging.makeLogRecord({**self.record, "msg": line, **more}))

    def end(self):
        if getattr(self.mine, "rest", ""):
            self.write("\n")

    def fileno(self):
        return self.raw.number

    def writable(self):
        return True


def is_json(line):
    if not line.startswith("{"):
        return False
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


FORMATTER = Formatter()
PROBE = {"name": "stalk", "levelno": logging.INFO, "levelname": "INFO", "msg": "probe"}
OUT = {}  # the streams of this process, once it writes JSON


def writes_json(handler):
    try:
        return is_json(handler.format(logging.makeLogRecord(dict(PROBE))))
    except Exception:
        return False


def convert(**_):
    """The handlers that are there by now and write to stdout or stderr."""
    for logger in [logging.getLogger(), *logging.root.manager.loggerDict.values()] if OUT else []:
        for handler in getattr(logger, "handlers", ()):
            with contextlib.suppress(AttributeError, OSError, ValueError):
                number = handler.stream.fileno()
                if number not in (1, 2):
                    continue
                if not writes_json(handler):
                    handler.setFormatter(FORMATTER)
                handler.setStream(Raw(number))


def uncaught(kind, error, traceback, what="uncaught"):
    if kind is not SystemExit:
        OUT["stderr"].raw.write(OUT["stderr"].formatted(
            f"{what}: {error!r}", name="python", levelno=logging.CRITICAL, levelname="CRITICAL",
            exc_info=(kind, error, traceback)) + "\n")


def begun(task, **_):
    setattr(task.request, BEGAN, time.monotonic())


def take_over():
    """In a worker and in beat, when they begin."""
    if not FIELDS or OUT:
        return
    from celery import signals

    for name, level in (("stdout", logging.INFO), ("stderr", logging.WARNING)):
        was = getattr(sys, name)
        was.flush()
        OUT[name] = Lines(name, was, level)
        setattr(sys, name, OUT[name])
        setattr(sys, f"__{name}__", OUT[name])
        atexit.register(OUT[name].end)
    sys.excepthook = uncaught
    threading.excepthook = lambda it: uncaught(it.exc_type, it.exc_value, it.exc_traceback, f"uncaught in {it.thread}")
    sys.unraisablehook = lambda it: uncaught(it.exc_type, it.exc_value, it.exc_traceback, f"ignored in {it.object!r}")
    logging.lastResort.setFormatter(FORMATTER)
    convert()
    for signal in (signals.after_setup_logger, signals.after_setup_task_logger, signals.celeryd_after_setup,
                   signals.beat_init):
        signal.connect(convert, weak=False, dispatch_uid="stalk_logs")
    signals.task_prerun.connect(begun, weak=False, dispatch_uid="stalk_logs")


def safe_say(was):
    """What a worker says while it handles a signal, past logging."""
    def safe_say(msg, f=sys.__stderr__):
        if not OUT:
            was(msg, f)
            return
        out = OUT["stdout" if f is sys.__stdout__ else "stderr"]
        with contextlib.suppress(OSError):
            out.raw.write(out.formatted(msg, name="celery.apps.worker") + "\n")

    return safe_say
