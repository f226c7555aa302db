import asyncio

from channels_redis.core import RedisChannelLayer
from channels_redis.pubsub import RedisPubSubChannelLayer
from tried import PREFIX, URL, tried


async def groups(layer):
    channel = await layer.new_channel()
    await layer.group_add("room", channel)
    waiting = asyncio.ensure_future(layer.receive(channel))
    await asyncio.sleep(0.2)
    await layer.group_send("room", {"type": "said", "text": "hello"})
    assert (await asyncio.wait_for(waiting, 5))["text"] == "hello"
    await layer.send(channel, {"type": "said", "text": "you"})
    assert (await asyncio.wait_for(layer.receive(channel), 5))["text"] == "you"
    await layer.group_discard("room", channel)


def core():
    """channels-redis: `core` layer (`send`, `receive`, `group_send`)"""
    return groups(RedisChannelLayer(hosts=[URL], prefix=f"{PREFIX}asgi"))


def pubsub():
    """channels-redis: `pubsub` layer"""
    return groups(RedisPubSubChannelLayer(hosts=[URL], prefix=f"{PREFIX}asgi-p"))


async def flushed():
    layer = RedisChannelLayer(hosts=[URL], prefix=f"{PREFIX}asgi")
    await layer.send("named", {"type": "said"})
    await layer.flush()


def flush():
    """channels-redis: `core` layer: `flush`"""
    return flushed()


tried(core, pubsub, flush)
