"""Messages between two commands, where a connection breaks or Redis is full.

kombu pops a message and then notes it in `unacked`: where Redis goes or is full in between, only this process has it.
It tries once to say that a task is done: where Redis is away just then, the task runs a second time.
"""
import stalk_held
from kombu.transport import virtual
from stalk_full import full

HELD = {}  # message by tag: popped, and not noted
DONE = set()  # tags of tasks that are done, which Redis has not heard
OWED = set()  # tags to be given back: a connection is no more, and its tasks are nobody's


def append(was):
    def append(qos, message, tag):
        try:
            (stalk_held.append if stalk_held.POOL else was)(qos, message, tag)
            HELD.pop(tag, None)
        except Exception as error:
            HELD[tag] = message
            if not full(error):
                raise
            virtual.QoS.append(qos, message, tag)

    return append


def ack(was):
    def ack(qos, tag):
        DONE.add(tag)
        was(qos, tag)
        DONE.discard(tag)
        settle(tag)

    return ack


def restore_by_tag(was):
    def restore_by_tag(qos, tag, client=None, leftmost=False):
        """Gives a message back to its list; where that is full, `note` does as soon as there is room."""
        try:
            if message := HELD.get(tag):
                give_back(qos, message, tag, client, leftmost)
            else:
                was(qos, tag, client, leftmost)
                stalk_held.restored(qos, tag, client)
            settle(tag)
        except Exception as error:
            if not full(error):
                raise
            OWED.add(tag)

    return restore_by_tag


def give_back(qos, message, tag, client, leftmost):
    with qos.channel.conn_or_acquire(client) as client, client.pipeline() as pipe:
        qos._remove_from_indices(tag, pipe)  # the note may be there, and only Redis' answer lost
        info = message.delivery_info
        qos.channel._do_restore_message(message._raw, info["exchange"], info["routing_key"], pipe, leftmost)
        pipe.execute()


def settle(tag):
    HELD.pop(tag, None)
    OWED.discard(tag)


def catch_up(qos):
    """After a lost connection."""
    OWED.update(HELD.keys() - DONE)
    note(qos)


def note(qos):
    """Says again what Redis has not taken."""
    for tag in list(DONE):
        qos._remove_from_indices(tag).execute()
        DONE.discard(tag)
        settle(tag)
    for tag in list(OWED):
        qos.restore_by_tag(tag)
    for tag, message in list(HELD.items()):
        if tag not in OWED:
            qos.append(message, tag)
