import importlib

from django.conf import settings
from tried import PREFIX, URL, tried

settings.configure(
    SESSION_ENGINE="django.contrib.sessions.backends.cache",
    CACHES={"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": URL, "KEY_PREFIX": PREFIX}},
)

from django.core.cache import cache  # noqa: E402  (Django wants its settings first)


def values():
    """Django: `get`, `set`, `add`, `incr`, `touch`, `*_many`"""
    cache.delete_many(["a", "b", "c"])
    assert cache.add("a", 1, 60)
    assert not cache.add("a", 2)
    assert cache.incr("a") == 2
    assert cache.decr("a", 2) == 0
    cache.set_many({"b": 2, "c": {"deep": [3]}}, 60)
    assert cache.touch("c", 30)
    assert cache.has_key("b")
    assert cache.get_or_set("d", 4) == 4
    assert cache.get_many(["b", "c"]) == {"b": 2, "c": {"deep": [3]}}
    assert cache.delete("d")
    assert cache.incr_version("b") == 2


def sessions():
    """Django: sessions"""
    store = importlib.import_module(settings.SESSION_ENGINE).SessionStore
    first = store()
    first["who"] = "me"
    first.create()
    again = store(session_key=first.session_key)
    assert again["who"] == "me"
    again.cycle_key()
    again.flush()
    assert not store().exists(first.session_key)


def clear():
    """Django: `clear`"""
    cache.clear()


tried(values, sessions, clear)
