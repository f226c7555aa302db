import dramatiq
from dramatiq.brokers.redis import RedisBroker
from huey import RedisHuey
from huey.storage import RedisStorage
from redis import Redis
from rq import Queue, SimpleWorker
from tried import PREFIX, URL, tried


def works(huey):
    task = huey.task()(abs)
    result = task(-3)
    huey.execute(huey.dequeue())
    assert result.get(blocking=True, timeout=5) == 3
    later = task.schedule((-4,), delay=60)
    huey.execute(huey.dequeue())
    assert huey.scheduled_count() == 1
    later.revoke()
    huey.flush()


class Prefixed:
    """What huey's storage needs to begin its keys otherwise: its names are attributes."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, value in list(vars(self).items()):
            if name.endswith(("_key", "_prefix")) and isinstance(value, (str, bytes)):
                setattr(self, name, PREFIX.encode() + value if isinstance(value, bytes) else PREFIX + value)


def plain_huey():
    """huey: tasks, schedule"""
    works(RedisHuey("jobs", url=URL, immediate=False))


def prefixed_huey():
    """huey: the same, its keys prefixed by a subclass"""
    class Storage(Prefixed, RedisStorage):
        pass

    works(RedisHuey("jobs", url=URL, immediate=False, storage_class=Storage))


def actors():
    """dramatiq: actors, delays"""
    broker = RedisBroker(url=URL, namespace=f"{PREFIX}dramatiq")
    dramatiq.set_broker(broker)
    seen = []
    actor = dramatiq.actor(seen.append, broker=broker, actor_name="seen")
    worker = dramatiq.Worker(broker, worker_timeout=100, worker_threads=1)
    worker.start()
    actor.send(1)
    actor.send_with_options(args=(2,), delay=100)
    broker.join("default", timeout=20_000)
    worker.join()
    worker.stop()
    assert sorted(seen) == [1, 2]


def jobs():
    """rq: jobs"""
    connection = Redis.from_url(URL)
    queue = Queue("jobs", connection=connection)
    job = queue.enqueue(abs, -5)
    assert SimpleWorker([queue], connection=connection).work(burst=True)
    assert job.latest_result().return_value == 5


tried(actors, plain_huey, prefixed_huey, jobs)
