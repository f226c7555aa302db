from urllib.parse import urlsplit

import pytest
from celery import Celery
from celery_once import AlreadyQueued, QueueOnce
from celery_singleton import Singleton, clear_locks
from tried import PREFIX, URL, tried

app = Celery("locks")
# celery-once passes on what stands behind the `?`, and leaves out the user
once = f"{URL}{'&' if '?' in URL else '?'}username={urlsplit(URL).username}"
app.conf.ONCE = {"backend": "celery_once.backends.Redis", "settings": {"url": once, "default_timeout": 60}}
app.conf.singleton_backend_url = URL
app.conf.singleton_key_prefix = f"{PREFIX}singleton:"
app.conf.task_routes = {"locks.*": {"queue": "locks"}}


class Once(QueueOnce):
    abstract = True

    def get_key(self, *args, **kwargs):
        return PREFIX + super().get_key(*args, **kwargs)


@app.task(base=Once, name="locks.once", once={"keys": ["number"]})
def run_once(number):
    return number


@app.task(base=Singleton, name="locks.single")
def single(number):
    return number


def queue_once():
    """celery-once: `QueueOnce`"""
    run_once.once_backend.clear_lock(run_once.get_key(args=[1]))
    assert run_once.apply_async(args=[1])
    with pytest.raises(AlreadyQueued):
        run_once.apply_async(args=[1])
    run_once.apply(args=[1])
    assert run_once.apply_async(args=[1])
    run_once.once_backend.clear_lock(run_once.get_key(args=[1]))


def singleton():
    """celery-singleton: `Singleton`"""
    single.unlock(single.generate_lock("locks.single", [1], {}))
    first, second = single.delay(1), single.delay(1)
    assert first.id == second.id
    single.on_success(None, first.id, [1], {})
    assert single.delay(1).id != first.id
    single.unlock(single.generate_lock("locks.single", [1], {}))


def clear():
    """celery-singleton: `clear_locks`"""
    single.delay(2)
    clear_locks(app)


tried(queue_once, singleton, clear)
