"""One pod's way to its Redis: by its URL, as any client of redis-py goes, and as Celery goes."""
import json
import os

import redis
from celery import Celery

client = redis.Redis.from_url(os.environ["REDIS_URL"])
pool, prefix = client.connection_pool, os.environ.get("PREFIX", "")
client.set(f"{prefix}mark", "by redis-py")
names = ("host", "port", "db", "username", "socket_timeout", "socket_connect_timeout")
by_url = {name: pool.connection_kwargs.get(name) for name in names} | {"max_connections": pool.max_connections}

app = Celery("urls")
with app.connection_for_write() as connection:
    queue = connection.SimpleQueue("letters")
    queue.put("by Celery")
    letter = queue.get(timeout=10).payload
    options = connection.default_channel.client.connection_pool
    by_celery = {name: options.connection_kwargs.get(name) for name in names} | {"max_connections": options.max_connections}
app.backend.store_result("one", "kept", "SUCCESS")
print(json.dumps({"redis-py": by_url, "Celery": by_celery, "letter": letter,
                  "result": app.AsyncResult("one").get(timeout=10),
                  "mark": client.get(f"{prefix}mark").decode()}))
