from django.conf import settings
from tried import PREFIX, URL, tried

settings.configure(
    CACHES={"default": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": URL, "KEY_PREFIX": PREFIX}},
)

from django.core.cache import cache  # noqa: E402  (Django wants its settings first)


def values():
    """django-redis: `get`, `set`, `add`, `incr`, `decr`, `ttl`, `persist`, `expire`, `*_many`"""
    cache.delete_many(["a", "b", "c", "n"])
    assert cache.set("a", 1, nx=True)
    assert not cache.set("a", 2, nx=True)
    assert cache.add("b", 2)
    cache.set("n", 1, timeout=60)
    assert cache.incr("n") == 2
    assert cache.decr("n") == 1
    assert 0 < cache.ttl("n") <= 60
    assert cache.pttl("n") > 0
    assert cache.expire("n", 30)
    assert cache.persist("n")
    assert cache.ttl("n") is None
    assert cache.touch("n", 10)
    cache.set_many({"c": {"deep": [3]}})
    assert cache.get_many(["a", "c"]) == {"a": 1, "c": {"deep": [3]}}
    assert cache.has_key("b")
    assert cache.delete_many(["a", "b", "c"]) == 3


def lock():
    """django-redis: `lock`"""
    with cache.lock("turn", timeout=10):
        assert not cache.lock("turn", timeout=10, blocking_timeout=0.1).acquire()


def sets():
    """django-redis: sets and hashes (`sadd`, `hset`)"""
    cache.sadd("members", "one", "two")
    assert cache.smembers("members") == {"one", "two"}
    assert cache.scard("members") == 2
    cache.hset("fields", "a", 1)
    assert cache.hkeys("fields") == ["a"]
    assert cache.hexists("fields", "a")
    cache.delete_many(["members", "fields"])


def pattern():
    """django-redis: `delete_pattern`, `iter_keys`"""
    cache.set_many({"page:1": 1, "page:2": 2})
    assert sorted(cache.iter_keys("page:*")) == ["page:1", "page:2"]
    assert cache.delete_pattern("page:*") == 2


def keys():
    """django-redis: `keys`"""
    cache.set("page:1", 1)
    assert cache.keys("page:*") == ["page:1"]


def clear():
    """django-redis: `clear`"""
    cache.clear()


tried(values, lock, sets, pattern, keys, clear)
