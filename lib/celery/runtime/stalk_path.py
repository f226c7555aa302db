"""PYTHONPATH of the image, for all programs of its pod: noted where nothing replaces it, in the init container that waits.

There Stalk's own folders come in STALK_PATH. `sitecustomize` reads the note.
"""
import os
import pathlib
import sys

NOTE = "pythonpath"


def search():
    """Before Celery is looked for, which may lie in a folder that the tenant names."""
    sys.path[1:1] = [entry for entry in os.environ.get("STALK_PATH", "").split(os.pathsep) if entry not in ("", *sys.path)]


def note():
    folder = pathlib.Path(os.environ.get("STALK_RUN", "/run/stalk"))
    if "STALK_PATH" in os.environ:
        (folder / NOTE).write_text(of_the_image(), encoding="utf-8")


def of_the_image():
    """As the container began: what an entrypoint adds to it, it adds again in the next container."""
    try:
        lines = pathlib.Path("/proc/1/environ").read_text(encoding="utf-8", errors="replace").split("\0")
    except OSError:
        lines = []
    first = dict(line.split("=", 1) for line in lines if "=" in line)
    ours = first.get("STALK_PATH") == os.environ["STALK_PATH"]
    return (first if ours else os.environ).get("PYTHONPATH", "")


search()
