"""When a task is due, as a worker reads it: a time without a zone is UTC's, whatever `enable_utc` and `timezone` say."""
from celery.utils.time import maybe_iso8601, maybe_make_aware


def due_at(eta):
    """Seconds of the epoch. Nothing where it is no time: the worker refuses such a task at once."""
    try:
        at = maybe_iso8601(eta)
        return at and maybe_make_aware(at).timestamp()
    except (AttributeError, TypeError, ValueError):
        return None
