from flask import Flask
from flask_caching import Cache
from tried import PREFIX, URL, tried

app = Flask(__name__)
cache = Cache(app, config={"CACHE_TYPE": "RedisCache", "CACHE_REDIS_URL": URL, "CACHE_KEY_PREFIX": f"{PREFIX}flask_"})


def values():
    """Flask-Caching: `memoize`, `set_many`, `inc`"""
    calls = []

    @cache.memoize(60)
    def costly(number):
        calls.append(number)
        return number * 2

    with app.app_context():
        cache.delete_memoized(costly)
        assert [costly(2), costly(2)] == [4, 4]
        assert calls == [2]
        cache.set_many({"a": 1, "b": 2})
        assert cache.get_many("a", "b") == [1, 2]
        assert cache.add("a", 9) is False
        assert cache.has("a")
        cache.delete("n")
        assert cache.cache.inc("n") == 1
        assert cache.cache.dec("n") == 0
        assert cache.delete_many("a", "b")
        assert cache.get("a") is None


def clear():
    """Flask-Caching: `clear` with a `CACHE_KEY_PREFIX`"""
    with app.app_context():
        cache.set("a", 1)
        assert cache.clear()


tried(values, clear)
