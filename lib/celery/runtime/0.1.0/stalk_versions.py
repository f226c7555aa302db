"""Versions: which Stalk brought these files, what they were tested with, and what they find here."""
import re

from celery.utils.log import get_logger
from stalk_patches import differences, version
from stalk_settings import UNKNOWN, overruled

RUNTIME = "0.1.0"  # the version of Stalk that brought these files
TESTED = {
    "celery": ("5.5.3", "5.6.3", "5.7.0"),
    "kombu": ("5.5.4", "5.6.2", "5.7.0"),
    "redis": ("5.2.1", "6.4.0", "8.1.0"),
    "billiard": ("4.2.4", "4.3.2"),
}


def numbers(text):
    return tuple(map(int, re.findall(r"\d+", text)))[:3]


def newer(found):
    """One line for each package that is newer than all that Stalk was tested with."""
    return [f"{package} {text} is newer than the versions that Stalk was tested with ({', '.join(TESTED[package])})"
            for package, text in found.items() if numbers(text) > max(map(numbers, TESTED[package]))]


def introduce(app, *processes):
    """In the log, once, when a worker or a beat starts."""
    log, found = get_logger(__name__), {package: version(package) for package in TESTED}
    log.info("stalk runtime %s, %s", RUNTIME, ", ".join(f"{package} {text}" for package, text in found.items()))
    for line in newer(found) + differences(["", *processes]):
        log.warning("%s; see docs/runtime.md, Replacements", line)
    if UNKNOWN:
        log.warning("celery %s has no setting %s: only a plugin reads it", found["celery"], ", ".join(UNKNOWN))
    for line in overruled(app):
        log.warning("%s", line)
