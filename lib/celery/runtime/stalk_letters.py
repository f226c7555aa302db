"""Dead letters: the messages of tasks that are not begun any more, until an operator sends them again or drops them.

They are members of one sorted set beside `unacked`, by the time at which they were put there: each is JSON with the
whole message, its task and the reason. `python3 stalk_celery.py dead-letters` lists, shows, sends and drops them.
"""
import json
import time

import kombu
from celery.utils.log import get_logger
from kombu.utils.json import dumps, loads
from stalk_credentials import credentialed, live
from stalk_plain import plain_client
from stalk_settings import PLAIN, SETTINGS

ROOM = 4 * 1024 * 1024  # bytes: about 2,000 letters. What is put there for ever must not fill a Redis that evicts nothing
BEGUN = "stalk_begun"  # in a message: how often it has begun after it came back, see stalk_deliveries
USAGE = "usage: stalk_celery.py dead-letters [list | show ID | send ID|all | drop ID|all]"


class Letters:
    """`channel` is kombu's."""

    def __init__(self, channel):
        self.channel = channel
        self.before = channel.global_keyprefix
        self.key = f"{self.before}{channel.unacked_key[:-len('unacked')]}dead-letters"
        self.lost = f"{self.key}-dropped"

    def all(self):
        with plain_client(self.channel) as client:
            found = client.zrangebyscore(self.key, "-inf", "+inf")
        return [(member, loads(member.decode())) for member in found]

    def dropped(self):
        with plain_client(self.channel) as client:
            return int(client.get(self.lost) or 0)

    def put(self, letter, tag):
        """In one step with the note in `unacked`; where there is no room, the log has the letter."""
        text = dumps(letter)
        room = sum(len(member) for member, _ in self.all()) < ROOM
        with plain_client(self.channel) as client, client.pipeline() as pipe:
            if room:
                pipe.zadd(self.key, {text: time.time()})
            else:
                pipe.incrby(self.lost, 1)
            pipe.hdel(f"{self.before}{self.channel.unacked_key}", tag)
            pipe.zrem(f"{self.before}{self.channel.unacked_index_key}", tag)
            pipe.execute()
        if not room:
            get_logger(__name__).critical("%s is full; dropped: %s", self.key, text)

    def send(self, member, letter):
        """To the end of its queue, as if it had never begun."""
        message = letter["message"]
        for part in (message, message["headers"], message["properties"]["delivery_info"]):
            part.pop(BEGUN, None)
            part.pop("redelivered", None)
        channel, priority = self.channel, self.channel._get_message_priority(message, reverse=False)
        queues = channel._lookup(letter["exchange"], letter["routing_key"])
        with plain_client(self.channel) as client, client.pipeline() as pipe:
            pipe.zrem(self.key, member)
            for queue in queues:
                pipe.lpush(f"{self.before}{channel._q_for_pri(queue, priority)}", dumps(message))
            pipe.execute()
        return f"sent again to {', '.join(queues)}"

    def drop(self, member, _):
        with plain_client(self.channel) as client:
            client.zrem(self.key, member)
        return "dropped"

    def forget(self):
        with plain_client(self.channel) as client:
            client.delete(self.lost)


def line(letter):
    return f"{letter['id']}  {letter['task']}  {letter['time']}  {letter['reason']}"


def summary(channel):
    """For `stalk verify`."""
    letters = Letters(channel)
    found = [letter for _, letter in letters.all()]
    return {"count": len(found), "dropped": letters.dropped(), "oldest": [line(letter) for letter in found[:5]]}


def command(arguments):
    """The lines that the operator's command prints; None where it is written wrong."""
    verb, which, *more = [*arguments, *("list", "all")[len(arguments):]]
    if more or verb not in ("list", "show", "send", "drop"):
        return None
    url = PLAIN["broker_url"]
    options = SETTINGS.get("broker_transport_options") or {}
    with kombu.Connection(credentialed(url, live("broker_url", url)), transport_options=options,
                          ssl=SETTINGS.get("broker_use_ssl") or False) as connection:
        letters = Letters(connection.default_channel)
        found = [(member, letter) for member, letter in letters.all() if which in ("all", letter["id"])]
        if which != "all" and not found:
            return [f"{letters.key} holds no {which}"]
        done = {"list": lambda _, letter: "", "show": lambda _, letter: json.dumps(letter, indent=2)}
        act = done.get(verb) or getattr(letters, verb)
        lines = [f"{line(letter)}  {act(member, letter)}".rstrip() for member, letter in found]
        dropped = letters.dropped()
        if (verb, which) == ("drop", "all"):
            letters.forget()
        return [*lines, f"{letters.key}: {len(found)}, and {dropped} that had no room (the workers' logs have them)"]
