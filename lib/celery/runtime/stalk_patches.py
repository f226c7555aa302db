"""Applies the list of replacements, where they are needed, and says which may not fit what is installed here."""
import hashlib
import importlib
import inspect
import os
import re
import sys

from celery import signals
from stalk_logs import FIELDS
from stalk_metrics import PORT
from stalk_replacements import CONTROL, LOGS, METRICS, MOVING, POOL, QUEUES, REPLACEMENTS, SENTINELS, WORKER
from stalk_settings import PLAIN, SETTINGS

NEEDED = {
    "": True,
    SENTINELS: any(url.startswith("sentinel:") for url in PLAIN.values()),
    QUEUES: bool(os.environ.get("STALK_QUEUE") or os.environ.get("STALK_QUEUE_SERVES")),
    CONTROL: "control_exchange" in SETTINGS,
    LOGS: bool(FIELDS),
    METRICS: bool(PORT),
    MOVING: bool(os.environ.get("STALK_MOVING")),
}
WAS = {}  # what was there before, by name
APPLIED = set()  # replacements: two may be about one thing, the later one around the earlier


def version(package):
    return sys.modules[package].__version__


def needed(replacement):
    numbers = tuple(map(int, re.findall(r"\d+", version(replacement.what.partition(".")[0]))))
    return NEEDED[replacement.where] and numbers >= replacement.since


def find(name):
    """The object that `name` is an attribute of, and the attribute."""
    module, _, path = name.partition(":")
    *owners, attribute = path.split(".")
    found = importlib.import_module(module)
    for owner in owners:
        found = getattr(found, owner)
    return found, attribute


def current(replacement):
    """What is there now; an attribute that Stalk adds may be absent, any other may not."""
    owner, attribute = find(replacement.what)
    return getattr(owner, attribute, None) if "absent" in replacement.known else getattr(owner, attribute)


def missing(replacement):
    try:
        current(replacement)
    except (ImportError, AttributeError):
        return True
    return False


def wanted(process):
    """What a process needs, by the module that replaces it: one of these alone would be half of what it does."""
    sets = {}
    for replacement in REPLACEMENTS:
        if replacement.process == process and needed(replacement):
            sets.setdefault(replacement.by.partition(":")[0], []).append(replacement)
    return sets.values()


def apply(process):
    """All of a set or, where one of it is not there, none: `differences` says so."""
    for replacements in wanted(process):
        fresh = [replacement for replacement in replacements if replacement not in APPLIED]
        for replacement in () if any(map(missing, fresh)) else fresh:
            was, (owner, attribute) = current(replacement), find(replacement.what)
            maker, by = find(replacement.by)
            setattr(owner, attribute, getattr(maker, by)(was))
            WAS.setdefault(replacement.what, was)
            APPLIED.add(replacement)


def fingerprint(was):
    """Of its source, or of its value; nothing where the image holds no sources."""
    if was is None:
        return "absent"
    try:
        text = inspect.getsource(was)
    except TypeError:
        text = repr(was)
    except OSError:
        return None
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def dotted(replacements):
    return ", ".join(replacement.what.replace(":", ".") for replacement in replacements)


def differences(processes):
    """One line for each that is not as in the versions that Stalk was tested with."""
    lines = []
    for replacements in (replacements for process in processes for replacements in wanted(process)):
        if gone := [one for one in replacements if one.what not in WAS and missing(one)]:
            rest = [one for one in replacements if one not in gone]
            others = f", nor what goes with it ({dotted(rest)})" if rest else ""
            lines.append(f"{dotted(gone)} is not there: Stalk does not replace it{others}")
            continue
        for replacement in replacements:
            found = fingerprint(WAS[replacement.what] if replacement.what in WAS else current(replacement))
            if found and found not in replacement.known:
                lines.append(f"{dotted([replacement])} looks different ({found}): Stalk replaces it all the same")
    return lines


apply("")
signals.celeryd_init.connect(lambda **_: apply(WORKER), weak=False, dispatch_uid="stalk_patches")
signals.worker_process_init.connect(lambda **_: apply(POOL), weak=False, dispatch_uid="stalk_patches")
