"""Results while a broker moves: who waits at one side gets what the other side knows, see stalk_moving.

Workers that drain the old side store results there, as chords count them there, and once more at the new side, where
callers wait by now. Who asks for a result that is not ready asks the other side too: it may be of a time before the move,
or of a worker that ends without the loader. Nobody may list the results of a shared Redis, so that none are copied ahead.
"""
import re
import time

from celery.states import READY_STATES, SUCCESS
from redis import WatchError
from stalk_moving import DRAINS, FAILURES, OTHER

LOOK = 1  # seconds between two questions of one that waits
CHORD = re.compile(rb"\.[a-z]+$")  # what a group's chord counts with


def twin(backend, key):
    """The key at the other side of a task's or a group's result; None for all else."""
    key = key if isinstance(key, bytes) else key.encode()
    for own, other in ((backend.task_keyprefix, OTHER.results.task_keyprefix),
                       (backend.group_keyprefix, OTHER.results.group_keyprefix)):
        if key.startswith(own) and not CHORD.search(key[len(own):]):
            return other + key[len(own):]
    return None


def status(backend, value):
    """A saved group has none, and is ready."""
    return backend.decode(value).get("status", SUCCESS) if value else None


def ready(backend, value):
    return status(backend, value) in READY_STATES


def moves(backend):
    """Whether this is the backend of the app, and the other side has one."""
    return OTHER.results is not None and backend is not OTHER.results and OTHER.answers()


def found(backend, keys):
    """What the other side has by the same keys, and is ready; kept here where this is the new side."""
    twins = {key: twin(backend, key) for key in keys}
    asked = [key for key in keys if twins[key]]
    if not asked:
        return {}
    try:
        values = OTHER.results.client.mget([twins[key] for key in asked])
    except FAILURES as error:
        OTHER.failed("results", error)
        return {}
    known = {key: value for key, value in zip(asked, values) if ready(backend, value)}
    for key, value in known.items() if not DRAINS else ():
        backend.client.set(key, value, ex=backend.expires or None)
    return known


def get(was):
    def get(backend, key):
        own = was(backend, key)
        if not moves(backend) or not twin(backend, key) or ready(backend, own):
            return own
        return found(backend, [key]).get(key, own)

    return get


def mget(was):
    def mget(backend, keys):
        own = was(backend, keys)
        if not moves(backend):
            return own
        more = found(backend, [key for key, value in zip(keys, own) if twin(backend, key) and not ready(backend, value)])
        return [more.get(key, value) for key, value in zip(keys, own)]

    return mget


def store(was):
    def store(backend, key, value, *args, **options):
        stored = was(backend, key, value, *args, **options)
        if DRAINS and moves(backend) and (there := twin(backend, key)):
            try:
                tell(backend, there, value, (args or (options.get("expires"),))[0])
            except FAILURES as error:
                OTHER.failed("results", error)
        return stored

    return store


def tell(backend, there, value, expires):
    """Never over what the new side knows better: a retry may be through there before its sender has noted it."""
    expires = backend.expires if expires is None else expires
    with OTHER.results.client.pipeline() as pipe:
        while True:
            try:
                pipe.watch(there)
                newer = status(backend, pipe.get(there))
                if newer == SUCCESS or (newer in READY_STATES and not ready(backend, value)):
                    return
                pipe.multi()
                pipe.set(there, value, ex=expires or None)
                pipe.publish(there, value)
                pipe.execute()
                return
            except WatchError:
                continue


def delete(was):
    def delete(backend, key):
        was(backend, key)
        if moves(backend) and (there := twin(backend, key)):
            try:
                OTHER.results.client.delete(there)
            except FAILURES as error:
                OTHER.failed("results", error)

    return delete


def wait_for_pending(was):
    def wait_for_pending(backend, result, timeout=None, on_interval=None, **options):
        """A worker that ends without the loader tells nobody at this side."""
        looked = time.monotonic()

        def look():
            nonlocal looked
            if moves(backend) and time.monotonic() - looked >= LOOK:
                looked = time.monotonic()
                keys = [backend.get_key_for_task(task_id) for task_id in awaited(result)]
                for value in found(backend, keys).values():
                    backend.result_consumer.on_state_change(backend.decode_result(value), None)
            if on_interval:
                on_interval()

        return was(backend, result, timeout=timeout, on_interval=look, **options)

    return wait_for_pending


def awaited(result):
    """Ids of what is not known yet, also of groups in groups."""
    if (parts := getattr(result, "results", None)) is not None:
        return [task_id for part in parts for task_id in awaited(part)]
    return [] if result._cache else [result.id]
