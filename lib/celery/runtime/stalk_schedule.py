"""Beat's schedule file, whole after a kill: written aside, then renamed.

Celery keeps it with shelve, in the first kind of dbm that the image's Python has. A kill in the middle of a write of
dbm.dumb (a Python without the libraries of the others) leaves a file with which no beat starts again, and dbm.ndbm of
Debian's Python writes nothing before beat ends. A file that cannot be read is removed by Celery, which says so.
"""
import contextlib
import os
import pickle


def open_schedule(was):
    def _open_schedule(scheduler):
        return Schedule(scheduler.schedule_filename)

    return _open_schedule


class Schedule(dict):
    """As much of a shelf as the scheduler asks for."""

    def __init__(self, path):
        self.path = path
        with contextlib.suppress(FileNotFoundError), open(path, "rb") as file:
            super().__init__(pickle.load(file))

    def sync(self):
        aside = f"{self.path}.new"
        with open(aside, "wb") as file:
            pickle.dump(dict(self), file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, self.path)

    close = sync
