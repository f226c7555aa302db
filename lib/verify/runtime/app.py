"""Answers questions about a tenant's Celery app from inside one of its pods, with that pod's own settings and user.

Reads one JSON object {"module": …, "ask": {question: arguments}} and prints one line: MARK and {question: answer}.
An answer that could not be found is {"error": text}. No secret is printed: passwords and URLs' credentials are masked.
Whatever it sends it takes back: results are forgotten, messages expire.
"""
import contextlib
import json
import os
import re
import socket
import sys
import threading
import time

MARK = "@@stalk "
SECRET = re.compile(r"pass|secret|token|credential|api_?key|private", re.I)


def masked(text):
    text = re.sub(r"(?<=://)[^/@\s]*@", "***@", str(text))
    with open_password() as password:
        return text.replace(password, "***") if password else text


class open_password:
    def __enter__(self):
        try:
            with open(os.environ["STALK_PASSWORD_FILE"]) as file:
                return file.read().strip()
        except (KeyError, OSError):
            return ""

    def __exit__(self, *_):
        return False


def found_app(module):
    sys.path.insert(0, os.getcwd())
    from celery.app.utils import find_app

    app = find_app(module)
    if os.environ.get("DJANGO_SETTINGS_MODULE"):
        import django

        django.setup()
    app.loader.import_default_modules()
    app.finalize()
    return app


# --- questions -----------------------------------------------------------------------------------------------------

def connect(app, _):
    """Milliseconds until each Redis URL answers to this pod's own user, or why it does not."""
    import stalk_celery

    def one(name, url):
        began = time.monotonic()
        said = stalk_celery.ping(name, url)
        address = url.partition("://")[2].rpartition("@")[2].partition("?")[0]
        return {"said": said, "ms": round((time.monotonic() - began) * 1000), "address": address}

    return {name: one(name, url) for name, url in stalk_celery.PLAIN.items() if url.startswith(stalk_celery.REDIS)}


def settings(app, wanted):
    """Settings that are not what was rendered; a mapping may hold more than was rendered."""
    import stalk_celery

    def holds(name, want, got):
        if name in stalk_celery.URLS:
            return stalk_celery.plain(str(got)) == want
        if name == "beat_schedule":
            return all(scheduled(entry, got.get(key)) for key, entry in want.items())
        if isinstance(want, dict):
            return isinstance(got, dict) and all(holds("", value, got.get(key)) for key, value in want.items())
        return (list(got) if isinstance(got, (tuple, set)) else got) == want

    def scheduled(want, got):
        import celery.schedules

        if not got or got.get("task") != want["task"]:
            return False
        schedule, expected = got.get("schedule"), stalk_celery.schedule("", want["schedule"])
        return celery.schedules.maybe_schedule(schedule) == celery.schedules.maybe_schedule(expected)

    def shown(name, value):
        return "***" if SECRET.search(name) else masked(json.dumps(value, default=str, sort_keys=True))[:200]

    return [
        {"name": name, "wanted": shown(name, want), "got": shown(name, app.conf.get(name))}
        for name, want in wanted.items()
        if not holds(name, want, app.conf.get(name))
    ]


def probe(app, wanted):
    """Sends a `stalk.probe` to each queue at once, and waits for all of them."""
    from celery.backends.base import DisabledBackend

    counted = isinstance(app.backend, DisabledBackend)
    answers, end = {}, time.monotonic() + wanted["seconds"]
    for queue in wanted["queues"]:
        before = executed(app) if counted else 0
        began = time.monotonic()
        try:
            sent = app.send_task("stalk.probe", queue=queue, expires=wanted["seconds"], ignore_result=counted)
            answers[queue] = counting(app, before, end, began) if counted else awaited(sent, end, began)
        except Exception as error:
            answers[queue] = {"error": masked(f"{type(error).__name__}: {error}")}
    return answers


def awaited(sent, end, began):
    try:
        got = sent.get(timeout=max(end - time.monotonic(), 0.1), disable_sync_subtasks=False)
        return {"pod": got["pod"], "seconds": time.monotonic() - began, "started": got["started"]}
    finally:
        sent.forget()


def counting(app, before, end, began):
    """Without a result backend: how many probes the workers have taken up, by their own count."""
    while time.monotonic() < end:
        if executed(app) > before:
            return {"pod": "", "seconds": time.monotonic() - began}
        time.sleep(0.5)
    raise TimeoutError("no worker has counted it")


def executed(app):
    stats = app.control.inspect(timeout=2).stats() or {}
    return sum(one.get("total", {}).get("stalk.probe", 0) for one in stats.values())


def workers(app, wanted):
    """Names of the workers that answer; asks until all of the wanted do, or the time is over."""
    end, names = time.monotonic() + wanted["seconds"], set()
    while time.monotonic() < end and not names.issuperset(wanted["names"]):
        for reply in app.control.ping(timeout=2) or ():
            names.update(reply)
    return sorted(names)


def queues(app, wanted):
    """How many messages wait in each list of each queue and beside them, whether it is bound, how many are in flight."""
    with app.connection_for_write() as connection:
        channel = connection.default_channel
        client = channel.client
        answers = {}
        for name in wanted:
            queue = app.amqp.queues[name]
            steps = {step: client.llen(channel._q_for_pri(queue.name, step)) for step in channel.priority_steps}
            exchange = queue.exchange.name if queue.exchange and queue.exchange.name else queue.name
            members = client.smembers(channel.keyprefix_queue % (exchange,))
            bound = {text(member).split(channel.sep)[-1] for member in members}
            answers[name] = {"waiting": steps, "bound": queue.name in bound, "astray": astray(app, channel, queue.name)}
        return {"queues": answers, "unacked": client.hlen(channel.unacked_key)}


INFO = ("server", "memory", "replication", "cluster", "clients", "stats")
OF_INFO = ("redis_version", "maxmemory_policy", "evicted_keys", "role", "cluster_enabled", "connected_clients")


def server(app, wanted):
    """What INFO tells of the Redis behind the broker, and whether each database can be chosen."""
    import redis

    with app.connection_for_write() as connection:
        # without the prefix of this app, as for `touch`
        client = redis.Redis(connection_pool=connection.default_channel.client.connection_pool)
        answer = {"info": {}, "databases": {str(one): chosen(client, one) for one in wanted["databases"]}}
        try:
            for section in INFO:
                answer["info"].update({k: v for k, v in client.info(section).items() if k in OF_INFO})
        except redis.exceptions.RedisError as error:
            answer["refused"] = masked(error)
        return answer


def chosen(client, database):
    import redis

    with client.client() as one:
        try:
            one.execute_command("SELECT", database)
            return "OK"
        except redis.exceptions.RedisError as error:
            return masked(error)
        finally:
            one.connection.disconnect()  # whoever has it next comes to the database that is theirs


def astray(app, channel, name):
    """How many wait in lists of priorities that the workers do not know: those of a producer with steps of its own."""
    import redis

    known, found = {channel._q_for_pri(name, step) for step in channel.priority_steps}, 0
    keys = {f"{name}{sep}{step}" for sep in (channel.sep, "\x06\x16", ":") for step in range(1, 10)}
    for key in keys - known - set(app.amqp.queues):
        with contextlib.suppress(redis.exceptions.NoPermissionError):
            found += channel.client.llen(key)
    return found


def letters(app, _):
    """Tasks that are not begun any more: how many, how many had no room, and the oldest."""
    import stalk_letters

    with app.connection_for_write() as connection:
        return stalk_letters.summary(connection.default_channel)


def text(value):
    return value.decode() if isinstance(value, bytes) else value


def schedule(app, wanted):
    """Entries that the scheduler keeps, and those of the configuration that it lacks."""
    names, runs = KEPT[wanted["scheduler"]](app, wanted)
    return {"kept": len(names), "runs": runs, "lacks": sorted(set(app.conf.beat_schedule or {}) - set(names))}


def kept_in_file(app, wanted):
    from stalk_schedule import Schedule

    entries = Schedule(wanted.get("file") or app.conf.beat_schedule_filename)["entries"]
    return list(entries), sum(entry.total_run_count for entry in entries.values())


def kept_in_database(app, _):
    from django_celery_beat.models import PeriodicTask

    rows = list(PeriodicTask.objects.values_list("name", "total_run_count"))
    return [name for name, _ in rows], sum(count or 0 for _, count in rows)


def kept_in_redis(app, _):
    from redbeat.schedulers import RedBeatSchedulerEntry, get_redis

    prefix = app.redbeat_conf.key_prefix
    keys = get_redis(app).zrange(app.redbeat_conf.schedule_key, 0, -1)
    entries = [RedBeatSchedulerEntry.from_key(text(key), app=app) for key in keys]
    return [text(key).removeprefix(prefix) for key in keys], sum(entry.total_run_count for entry in entries)


KEPT = {"file": kept_in_file, "database": kept_in_database, "redbeat": kept_in_redis}


def touch(app, wanted):
    """What happened to each attempt on keys and channels of somebody else, as this pod's user: `refused`, or what came."""
    import redis

    attempts = {
        "read a queue": lambda r: r.llen(wanted["queue"]),
        "read a key": lambda r: r.get(wanted["key"]),
        "take from a queue": lambda r: r.rpop(wanted["key"]),
        "write a key": lambda r: r.set(wanted["key"], "", px=1),
        "publish": lambda r: r.publish(wanted["channel"], ""),
        "subscribe": lambda r: listening(r, "subscribe", wanted["channel"]),
        "subscribe to a pattern": lambda r: listening(r, "psubscribe", wanted["pattern"]),
    }
    with app.connection_for_write() as connection:
        # without the prefix of this app, which kombu's own client puts before every key
        client = redis.Redis(connection_pool=connection.default_channel.client.connection_pool)
        return {name: outcome(attempt, client) for name, attempt in attempts.items()}


def listening(client, verb, channel):
    with client.pubsub() as pubsub:
        getattr(pubsub, verb)(channel)
        return pubsub.get_message(timeout=3)


def outcome(attempt, client):
    import redis

    try:
        return f"allowed: {attempt(client)!r}"[:80]
    except redis.exceptions.NoPermissionError:
        return "refused"
    except redis.exceptions.RedisError as error:
        return masked(error)


def reach(_, wanted):
    """Whether a connection opens, for each `host port`."""
    answers = {}

    def one(host, port):
        try:
            socket.create_connection((host, port), wanted["seconds"]).close()
            answers[f"{host} {port}"] = "open"
        except OSError as error:
            answers[f"{host} {port}"] = f"closed ({error})"

    threads = [threading.Thread(target=one, args=target) for target in wanted["targets"]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


LOOK = 0.7  # seconds: a worker answers at once, and a task that is found late ends before it can be disturbed


def hold(app, wanted):
    """Sends one probe that works for a while: the worker that has it in its hands, the process, and since when."""
    sent = app.send_task("stalk.probe", kwargs={"seconds": wanted["work"]}, queue=wanted["queue"]).id
    end = time.monotonic() + wanted["seconds"]
    while time.monotonic() < end:
        for name, tasks in (app.control.inspect(timeout=LOOK).active() or {}).items():
            for task in tasks:
                if task["id"] == sent:
                    return {"id": sent, "pod": name.partition("@")[2], "process": task["worker_pid"],
                            "started": task["time_start"]}
    return {"error": "no worker has taken it"}


def result(app, wanted):
    return awaited(app.AsyncResult(wanted["id"]), time.monotonic() + wanted["seconds"], time.monotonic())


ASKED = {one.__name__: one for one in (connect, settings, probe, workers, queues, letters, schedule, server, touch, reach,
                                        hold, result)}


def main():
    # as many bytes as the first argument says: not every API server can close stdin
    request = json.loads(sys.stdin.buffer.read(int(sys.argv[1])))
    try:
        app = found_app(request["module"])
    except BaseException as error:
        return {name: {"error": masked(f"the app cannot be loaded: {type(error).__name__}: {error}")}
                for name in request["ask"]}
    answers = {}
    for name, arguments in request["ask"].items():
        try:
            answers[name] = ASKED[name](app, arguments)
        except Exception as error:
            answers[name] = {"error": masked(f"{type(error).__name__}: {error}")}
    return answers


if __name__ == "__main__":
    print("\n" + MARK + json.dumps(main()), flush=True)
    os._exit(0)  # whatever threads the app started
