"""Which Redis is the primary, where sentinels decide. Nothing imports this where no URL names sentinels.

redis-py believes the first sentinel that answers. The one that replaces a primary is the last to say so in `masters`,
which redis-py asks for, and one that was away does not know yet.
"""
import collections

from redis import exceptions, sentinel
from redis.utils import str_if_bytes

SILENT = set()  # sentinels that did not answer: every channel of kombu would wait for them anew


def address(node):
    return node.connection_pool.connection_kwargs["host"], node.connection_pool.connection_kwargs["port"]


def discover_master(_):
    """The primary that most sentinels name."""
    def discover_master(manager, name):
        votes = collections.Counter()
        for node in sorted(manager.sentinels, key=lambda node: address(node) in SILENT):
            try:
                votes[node.execute_command("SENTINEL GET-MASTER-ADDR-BY-NAME", name)] += 1
                SILENT.discard(address(node))
            except (exceptions.ConnectionError, exceptions.TimeoutError):
                SILENT.add(address(node))
            if votes and 2 * max(votes.values()) > len(manager.sentinels):
                break
        named, most = votes.most_common(1)[0] if votes else (None, 0)
        if named is None or [*votes.values()].count(most) > 1:
            raise sentinel.MasterNotFoundError(f"No master found for {name!r}: of {len(manager.sentinels)} sentinels "
                                               f"{sum(votes.values())} answer, and name {[*votes]}")
        host, port = named
        return str_if_bytes(host), port

    return discover_master


def connect(_):
    def connect(connection):
        """redis-py asks for the primary once, and then tries the same address for ever: that of one that is gone."""
        asks = connection.connection_pool
        if asks.is_master:
            connection.host, connection.port = asks.get_master_address()
        return super(sentinel.SentinelManagedConnection, connection)._connect()

    return connect


def completes_cycle(was):
    def completes_cycle(connection, tries):
        """kombu pauses when it has tried all URLs; those of sentinels are one broker, and each try asks them all."""
        return connection.transport_cls == "sentinel" or was(connection, tries)

    return completes_cycle
