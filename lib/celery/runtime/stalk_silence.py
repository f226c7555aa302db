"""A Redis that is gone without a word: what is sent to the address of a pod or a node that is no more comes to nothing.

A worker that waits for a message sends nothing, and would wait for hours. The kernel asks instead, as that of a Redis that
hangs still answers: such a Redis is waited for as long as the contract says.
"""
import contextlib
import socket

from stalk_settings import PLAIN

# seconds; with sentinels another Redis is the primary by then
SILENCE = 10 if any(url.startswith("sentinel:") for url in PLAIN.values()) else 30
OPTIONS = {"TCP_KEEPIDLE": SILENCE // 2, "TCP_KEEPINTVL": 2, "TCP_USER_TIMEOUT": 1000 * SILENCE}  # the last ends both


def connect(was):
    def connect(connection):
        sock = was(connection)
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            for name, value in OPTIONS.items():
                if hasattr(socket, name):  # not on every system
                    sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
        return sock

    return connect
