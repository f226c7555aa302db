"""The way of SIGTERM: a program between the kubelet and this process that does not pass it on costs tasks."""
import os
import pathlib
import signal

from celery.utils.log import get_logger

PROC = pathlib.Path("/proc")
TERM = 1 << (signal.SIGTERM - 1)


def process(pid):
    """Name, parent, and whether it handles SIGTERM: catches it, or blocks it and waits for it, as tini does."""
    fields = dict(line.split(":", 1) for line in (PROC / str(pid) / "status").read_text().splitlines())
    handles = any(int(fields[mask], 16) & TERM for mask in ("SigCgt", "SigBlk"))
    return fields["Name"].strip(), int(fields["PPid"]), handles


def deaf(pid):
    """The first that does not handle it, from this one upwards. Process 1 has no parent."""
    while pid > 0:
        name, parent, handles = process(pid)
        if not handles:
            return f"{name} (process {pid})"
        pid = parent
    return None


def listen():
    """Says so once, where a worker or a beat starts in a pod. Without /proc nobody knows."""
    if "KUBERNETES_SERVICE_HOST" not in os.environ:
        return
    try:
        found = deaf(os.getppid())
    except (OSError, KeyError, ValueError):
        return
    if found:
        get_logger(__name__).warning(
            "SIGTERM does not reach this process, %s started it and does not pass it on: it is killed with its tasks when "
            "its pod goes. Let app.entrypoint end with exec \"$@\"; see docs/images.md, Entrypoint", found)
