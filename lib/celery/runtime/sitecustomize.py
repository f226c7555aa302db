"""Gives Python the folders of the image's own PYTHONPATH, which Kubernetes lets a pod replace and not extend.

Python imports this at its start, as it is first in PYTHONPATH: in every program of the app, and in those of `kubectl exec`.
The init container that waits for Redis has noted what the image says (stalk_wait). A `sitecustomize` of the image or of a
tool (Debian, Datadog, New Relic) comes after this one, as it would without it.
"""
import importlib.machinery
import importlib.util
import os
import sys

NOTE = "pythonpath"  # in STALK_RUN, as the image has it


def noted():
    try:
        with open(os.path.join(os.environ.get("STALK_RUN", "/run/stalk"), NOTE), encoding="utf-8") as note:
            text = note.read()
    except OSError:
        return []
    return text.split(os.pathsep) if text else []


def extend():
    """Behind what the pod says, and before Python's own."""
    said = {os.path.abspath(entry) for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep)}
    known = [os.path.abspath(entry) for entry in sys.path]
    last = max((index for index, entry in enumerate(known) if entry in said), default=-1)
    news = [entry for entry in dict.fromkeys(map(os.path.abspath, noted())) if entry not in known]
    sys.path[last + 1:last + 1] = news


def next_one():
    here = os.path.dirname(os.path.abspath(__file__))
    places = [os.path.abspath(entry) for entry in sys.path]
    if here not in places:
        return
    spec = importlib.machinery.PathFinder.find_spec(__name__, sys.path[places.index(here) + 1:])
    if spec and spec.loader:
        sys.modules[__name__] = module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)


extend()
next_one()
