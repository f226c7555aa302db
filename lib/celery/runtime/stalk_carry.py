"""What lies on the old side of a move and is no message: carried to the new side, and counted.

`carry` moves RedBeat's entries and dead letters, so that each is at one side, and what somebody deletes at the new side
does not come back; what is there already stays as it is. It copies results where it may list them: the users of a shared
Redis may not, and there stalk_results asks for each. Run again, it carries what has come since. `left` says what remains.
"""
import contextlib
import datetime
import itertools
import json
import re
import time

from kombu.utils.json import dumps, loads
from redis.exceptions import NoPermissionError
from stalk_due import due_at
from stalk_letters import Letters
from stalk_moving import FAILURES, MOVING, NEW, OLD
from stalk_plain import plain_client
from stalk_results import CHORD, ready

AT_ONCE = 500  # keys a question: a Redis that others use answers them in between
ASIDE = re.compile(r"\.pidbox|celery-taskset-meta-")  # answers of workers, and what chords count with
DEFAULT = "celery"  # Celery's own name of the default queue
USAGE = "usage: stalk_celery.py carry | left [--json]"


@contextlib.contextmanager
def sides():
    """kombu's channels of both."""
    with OLD.connection() as old, NEW.connection() as new:
        yield old.default_channel, new.default_channel


def batches(things):
    things = iter(things)
    return iter(lambda: list(itertools.islice(things, AT_ONCE)), [])


def carry():
    """Waits for both sides, as a process that begins without its entries would write others."""
    said = None
    while True:
        try:
            with sides() as (old, new):
                return [letters(old, new), *redbeat(old, new), results()]
        except NoPermissionError:
            raise
        except FAILURES as error:
            if str(error) != said:
                said = str(error)
                print(f"carry waits: {error}", flush=True)
            time.sleep(1)


def letters(old, new):
    here, there, count = Letters(old), Letters(new), 0
    with plain_client(old) as source, plain_client(new) as target:
        for member, score in source.zrange(here.key, 0, -1, withscores=True):
            target.zadd(there.key, {readdressed(member): score}, nx=True)
            source.zrem(here.key, member)
            count += 1
    return f"dead letters: {count}"


def readdressed(member):
    """For the queue as the new side calls it."""
    letter = loads(member.decode())
    for place in (letter, letter["message"]["properties"]["delivery_info"]):
        name = "exchange" if place.get("exchange") else "routing_key"
        place[name] = NEW.name(default(), place.get(name), OLD)
    return dumps(letter)


def default():
    return NEW.settings.get("task_default_queue", DEFAULT)


def schedule(side):
    """Prefix of the keys of RedBeat."""
    return side.settings.get("redbeat_key_prefix", "redbeat:")


def redbeat(old, new):
    if "redbeat_key_prefix" not in NEW.settings:
        return []
    here, there, count = schedule(OLD), schedule(NEW), 0
    with plain_client(old) as source, plain_client(new) as target:
        for key, score in source.zrange(f"{here}:schedule", 0, -1, withscores=True):
            name = f"{there}{key.decode()[len(here):]}"
            with target.pipeline() as pipe:
                for part in ("definition", "meta"):
                    if value := source.hget(key, part):
                        pipe.hsetnx(name, part, value)
                pipe.zadd(f"{there}:schedule", {name: score}, nx=True)
                pipe.execute()
            with source.pipeline() as pipe:
                pipe.delete(key).zrem(f"{here}:schedule", key).execute()
            count += 1
        for statics in batches(source.smembers(f"{here}:statics")):
            target.sadd(f"{there}:statics", *statics)
            source.srem(f"{here}:statics", *statics)
    return [f"redbeat: {count}"]


def results():
    if not (OLD.results and NEW.results):
        return "results: none in Redis"
    if not MOVING.get("lists"):
        return "results: stay, as nobody may list them; who asks the new side for one gets it from the old side"
    return f"results: {sum(map(copied, batches(kept())))}"


def prefixes():
    return ((OLD.results.task_keyprefix, NEW.results.task_keyprefix),
            (OLD.results.group_keyprefix, NEW.results.group_keyprefix))


def kept():
    """Keys of results at the old side, with what they are at the new one."""
    for here, there in prefixes():
        pattern = b"".join(b"\\" + bytes([one]) if one in b"*?[]^\\" else bytes([one]) for one in here) + b"*"
        for key in OLD.results.client.scan_iter(pattern, count=AT_ONCE):
            if not CHORD.search(key[len(here):]):
                yield key, there + key[len(here):]


def copied(keys):
    """How many of them are new there: those that are ready, as others are yet to be told of."""
    source, target = OLD.results.client, NEW.results.client
    with source.pipeline(transaction=False) as pipe:
        for key, _ in keys:
            pipe.get(key).pttl(key)
        answers = pipe.execute()
    with target.pipeline(transaction=False) as pipe:
        for (_, there), value, rest in zip(keys, answers[::2], answers[1::2]):
            if ready(OLD.results, value):
                pipe.set(there, value, px=rest if rest > 0 else None, nx=True)
        return sum(map(bool, pipe.execute()))


def left():
    """What remains at the old side. None: nobody may list them."""
    with OLD.connection() as connection:
        channel = connection.default_channel
        names = MOVING.get("queues") or (DEFAULT,)
        queues = {name: waiting(channel, name) for name in names}
        unacked = held(channel)
        with plain_client(channel) as client:
            return {
                "messages": sum(queue["waiting"] for queue in queues.values()) + unacked["count"],
                "queues": queues,
                "unacked": unacked,
                "redbeat": entries(client),
                "deadLetters": client.zcount(Letters(channel).key, "-inf", "+inf"),
                "unknown": unknown(channel, client, names) if MOVING.get("lists") else None,
                "results": sum(1 for _ in kept()) if MOVING.get("lists") and OLD.results else None,
                "clients": clients(client) if MOVING.get("lists") else None,
            }


def entries(client):
    """No user may ask for those of a schedule that the tenant has not."""
    if "redbeat_key_prefix" not in NEW.settings:
        return 0
    return client.zcount(f"{schedule(OLD)}:schedule", "-inf", "+inf")


def clients(client):
    """Connections to the old side by the address of their pod, but for this one."""
    own, found = client.client_id(), {}
    for one in client.client_list():
        if int(one["id"]) != own:
            pod = one["addr"].rpartition(":")[0]
            found[pod] = found.get(pod, 0) + 1
    return found


def places(channel, queue):
    """Its lists by the steps of priority."""
    name = OLD.physical(default(), queue)
    return {step: channel.global_keyprefix + channel._q_for_pri(name, step) for step in channel.priority_steps}


def unknown(channel, client, queues):
    """Lists that nobody drains, with their lengths: of another queue, or of other steps of priority."""
    known = {key for queue in queues for key in places(channel, queue).values()}
    found = (key.decode() for key in client.scan_iter(count=AT_ONCE, _type="list"))
    return {key: client.llen(key) for key in found if key not in known and not ASIDE.search(key)}


def waiting(channel, queue):
    with plain_client(channel) as client:
        steps = {step: client.llen(key) for step, key in places(channel, queue).items()}
    return {"waiting": sum(steps.values()), "steps": {str(step): count for step, count in steps.items() if count}}


def held(channel):
    """What workers hold, and which of it is due when."""
    prefix, count, etas = channel.global_keyprefix, 0, []
    with plain_client(channel) as client:
        count = client.hlen(prefix + channel.unacked_key)
        for tags in batches(client.zrange(prefix + channel.unacked_index_key, 0, -1)):
            with client.pipeline(transaction=False) as pipe:
                for tag in tags:
                    pipe.hget(prefix + channel.unacked_key, tag)
                etas += [eta for message in pipe.execute() if message and (eta := eta_of(message))]
    return {"count": count, "etas": len(etas), "latest": iso(max(etas)) if etas else None}


def eta_of(message):
    with contextlib.suppress(ValueError, TypeError, AttributeError, LookupError):  # none that Celery has sent
        return due_at((loads(message.decode())[0].get("headers") or {}).get("eta"))
    return None


def iso(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).isoformat(timespec="seconds")


def text(found):
    unacked = found["unacked"]
    parts = [f"{name} {queue['waiting']}" for name, queue in found["queues"].items() if queue["waiting"]]
    if unacked["count"]:
        due = f" ({unacked['etas']} with an eta, the last one due {unacked['latest']})" if unacked["etas"] else ""
        parts.append(f"unacked {unacked['count']}{due}")
    lines = [f"{found['messages']} messages left{': ' if parts else ''}{', '.join(parts)}"]
    for name, said in (("redbeat", "entries of RedBeat"), ("deadLetters", "dead letters"), ("results", "results")):
        if found[name]:
            lines.append(f"{found[name]} {said} left")
    for key, count in (found["unknown"] or {}).items():
        lines.append(f"{count} in the list {key!r}, which is no queue of the app, or no priority of the tenant")
    if found["clients"]:
        lines.append(f"connected: {', '.join(sorted(found['clients']))}")
    return lines


def command(arguments):
    """The lines that it prints; None where it is written wrong."""
    if arguments == ["carry"]:
        return carry()
    if arguments in (["left"], ["left", "--json"]):
        return [json.dumps(left())] if arguments[1:] else text(left())
    return None
