"""Django's cache and sessions, and a channel layer's commands, on the broker under the tenant's prefix."""
import importlib
import json
import os
import time

import redis
from django.conf import settings

PREFIX, URL = os.environ["PREFIX"], os.environ["BROKER"]
settings.configure(
    SESSION_ENGINE="django.contrib.sessions.backends.cache",
    CACHES={"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": URL, "KEY_PREFIX": PREFIX}},
)

from django.core.cache import cache  # noqa: E402  (Django wants its settings first)


def cached():
    cache.set("a", 1, 60)
    cache.set_many({"b": 2, "c": 3}, 60)
    cache.set_many({"d": 4}, None)
    found = [cache.add("a", 9), cache.incr("a"), cache.decr("b"), cache.has_key("c"), cache.touch("c", 30),
             cache.get_or_set("e", 5), cache.get_many(["a", "b", "c", "d"]), cache.delete("a")]
    cache.delete_many(["b", "c", "d", "e"])
    cache.set("brief", 1, 1)
    time.sleep(1.2)
    return [*found, cache.get("brief"), cache.get("a")]


def session():
    store = importlib.import_module(settings.SESSION_ENGINE).SessionStore
    first = store()
    first["who"] = os.environ["TENANT"]
    first.create()
    again = store(session_key=first.session_key)
    answer = [again["who"], again.exists(first.session_key)]
    again.cycle_key()
    again.flush()
    return [*answer, store().exists(first.session_key)]


def channels():
    """What channels_redis.pubsub does: a subscription to a group, a message, the end of both."""
    client = redis.Redis.from_url(URL)
    listener = client.pubsub(ignore_subscribe_messages=True)
    listener.subscribe(f"{PREFIX}__group__room")
    listener.get_message(timeout=1)
    heard = client.publish(f"{PREFIX}__group__room", "hello")
    message = listener.get_message(timeout=5) or listener.get_message(timeout=5)
    listener.unsubscribe()
    return [heard, message["data"].decode()]


print(json.dumps({"cache": cached(), "session": session(), "channels": channels()}))
