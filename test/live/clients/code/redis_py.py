from tried import PREFIX, connection, tried

client = connection()


def key(name):
    return f"{PREFIX}plain:{name}"


def values():
    """redis: strings, counters, expiry"""
    client.delete(key("s"), key("n"))
    assert client.setnx(key("s"), "1")
    assert client.set(key("s"), "2", ex=60)
    assert client.ttl(key("s")) > 0
    assert client.incr(key("n")) == 1
    assert client.decr(key("n")) == 0
    assert client.append(key("s"), "3") == 2
    assert client.type(key("s")) == "string"
    assert client.persist(key("s"))
    assert client.getdel(key("s")) == "23"


def types():
    """redis: hashes, lists, sets, sorted sets, streams"""
    names = [key(name) for name in ("h", "l", "z", "e", "e2", "x", "p", "g")]
    client.delete(*names)
    client.hset(key("h"), mapping={"a": 1, "b": 2})
    assert client.hgetall(key("h")) == {"a": "1", "b": "2"}
    assert client.hincrby(key("h"), "a") == 2
    client.rpush(key("l"), 1, 2)
    assert client.blpop([key("l")], 1)
    assert client.lmove(key("l"), key("l"), "LEFT", "RIGHT") == "2"
    client.zadd(key("z"), {"m": 1})
    assert client.bzpopmin([key("z")], 1)
    client.sadd(key("e"), "m")
    client.sadd(key("e2"), "m")
    assert client.sinter(key("e"), key("e2")) == {"m"}
    first = client.xadd(key("x"), {"a": "b"})
    client.xgroup_create(key("x"), "g", "0")
    assert client.xreadgroup("g", "me", {key("x"): ">"})
    assert client.xack(key("x"), "g", first)
    assert client.pfadd(key("p"), "m")
    assert client.setbit(key("g"), 1, 1) == 0


def lock():
    """redis: `Lock` (acquire, extend, reacquire, release)"""
    one, other = (client.lock(key("lock"), timeout=20, blocking=False) for _ in range(2))
    assert one.acquire()
    assert not other.acquire()
    assert one.extend(10)
    assert one.reacquire()
    one.release()
    assert other.acquire()
    other.release()


def pipelines():
    """redis: pipelines, `WATCH`, `transaction`"""
    client.set(key("t"), 1)

    def change(pipe):
        pipe.multi()
        pipe.set(key("t"), 2)

    client.transaction(change, key("t"))
    with client.pipeline(transaction=False) as pipe:
        assert pipe.get(key("t")).delete(key("t")).execute() == ["2", 1]


def script():
    """redis: Lua (`eval`, `register_script`)"""
    assert client.eval("return redis.call('INCR', KEYS[1])", 1, key("lua")) >= 1
    assert client.register_script("return redis.call('DEL', KEYS[1])")([key("lua")]) == 1


def pubsub():
    """redis: `publish`, `subscribe`"""
    listener = client.pubsub(ignore_subscribe_messages=True)
    listener.subscribe(key("channel"))
    listener.get_message(timeout=1)
    assert client.publish(key("channel"), "hello") == 1
    assert (listener.get_message(timeout=5) or listener.get_message(timeout=5))["data"] == "hello"
    listener.close()


def scan():
    """redis: `scan_iter`"""
    client.set(key("found"), 1)
    assert list(client.scan_iter(match=key("found"))) == [key("found")]


def keys():
    """redis: `keys`"""
    client.set(key("found"), 1)
    assert client.keys(key("found*")) == [key("found")]


def info():
    """redis: `info`"""
    assert client.info()["used_memory"]


def size():
    """redis: `dbsize`"""
    assert client.dbsize() > 0


def patterns():
    """redis: `psubscribe` to a pattern of its own"""
    listener = client.pubsub()
    listener.psubscribe(key("rooms.*"))
    while (heard := listener.get_message(timeout=2)) and heard["type"] != "psubscribe":
        pass


def flush():
    """redis: `flushdb`"""
    client.flushdb()


def flush_all():
    """redis: `flushall`"""
    client.flushall()


def config():
    """redis: `config_get`"""
    client.config_get("maxmemory")


tried(values, types, lock, pipelines, script, pubsub, patterns, info, scan, keys, size, flush, flush_all, config)
