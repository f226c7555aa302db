"""Metrics of this process in Prometheus' text format, served at /metrics on port STALK_METRICS by a daemon thread.

Only a worker's main process and beat serve (stalk_counts). Nothing here raises into them: what goes wrong is logged once.
A process that is forked closes the sockets: it would hold the port and the connections as long as it lives.
"""
import contextlib
import functools
import itertools
import os
import socket
import threading
import time
from bisect import bisect_left

from celery.utils.log import get_logger

PORT = int(os.environ.get("STALK_METRICS") or 0)  # 0: off
BOUNDS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1200.0, 1800.0)  # seconds
PATIENCE = 5  # seconds that a scrape may take to ask, and to read
REQUEST = 8192  # bytes: Prometheus sends some 300
AGAIN = 30  # seconds between two tries to get the port

LOCK = threading.Lock()  # tasks of a thread pool end in their own threads
SOCKETS = set()
OPENING = threading.Lock()  # no process is forked between the opening of the port and its note in SOCKETS
said = set()


def say(what, error):
    if what not in said:
        said.add(what)
        get_logger(__name__).warning("metrics: %s: %r; tasks are not affected", what, error)


def harmless(count):
    """Counting never keeps a task from its work."""
    @functools.wraps(count)
    def counts(*args):
        try:
            return count(*args)
        except Exception as error:
            say(count.__name__, error)

    return counts


class Count:
    """One series of a counter. A step of `itertools.count` is whole to all threads, and five times as fast as a lock."""

    __slots__ = ("add", "reads")

    def __init__(self):
        self.add, self.reads = itertools.count().__next__, 0

    def number(self):
        """Under LOCK."""
        number = self.add() - self.reads  # this is a step, too
        self.reads += 1
        return number


class Family(dict):
    """Series of one name, by a tuple of their labels in the order of `labels`.

    A new one is at 0: the first step of a series that begins with 1 is none for `rate`.
    """

    kind, series = "counter", Count

    def __init__(self, name, text, *labels):
        super().__init__()
        self.name, self.text, self.labels = name, text, labels

    def __missing__(self, labels):
        with LOCK:
            return self.setdefault(labels, self.series())

    def start(self, *labels):
        return self[labels]

    def lines(self):
        with LOCK:
            numbers = [(labels, one.number()) for labels, one in self.items()]
        for labels, number in numbers:
            yield line(self.name, zip(self.labels, labels), number)


class Gauge(Family):
    """`read` is asked at each scrape; None: there is nothing to say yet."""

    kind = "gauge"

    def __init__(self, name, text, read, *labels):
        super().__init__(name, text, *labels)
        self.read = read

    def lines(self):
        found = self.read()
        for values, number in () if found is None else found.items() if self.labels else [((), found)]:
            yield line(self.name, zip(self.labels, values), number)


class Buckets:
    """The series of a histogram with the same labels."""

    __slots__ = ("counts", "total")

    def __init__(self):
        self.counts, self.total = [0] * (len(BOUNDS) + 1), 0.0

    def add(self, seconds):
        with LOCK:
            self.counts[bisect_left(BOUNDS, seconds)] += 1
            self.total += seconds


class Histogram(Family):
    kind, series = "histogram", Buckets

    def lines(self):
        with LOCK:
            buckets = [(labels, list(one.counts), one.total) for labels, one in self.items()]
        for values, counts, total in buckets:
            labels, count = tuple(zip(self.labels, values)), 0
            for bound, number in zip((*BOUNDS, "+Inf"), counts):
                count += number
                yield line(f"{self.name}_bucket", (*labels, ("le", bound)), count)
            yield line(f"{self.name}_sum", labels, total)
            yield line(f"{self.name}_count", labels, count)


def line(name, labels, number):
    inner = ",".join(f'{key}="{escaped(value)}"' for key, value in labels)
    return f"{name}{{{inner}}} {number}" if inner else f"{name} {number}"


def escaped(value):
    return str(value).replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def exposition(families):
    for family in families:
        yield f"# HELP {family.name} {family.text}"
        yield f"# TYPE {family.name} {family.kind}"
        yield from family.lines()


def serve(families):
    """Called once, by the process whose metrics these are."""
    os.register_at_fork(before=OPENING.acquire, after_in_parent=OPENING.release, after_in_child=forked)
    threading.Thread(target=listen, args=(families,), name="stalk-metrics", daemon=True).start()


def forked():
    OPENING.release()
    for one in SOCKETS:
        one.close()
    SOCKETS.clear()


def listen(families):
    while True:
        try:
            with OPENING:
                listener = opened()
                SOCKETS.add(listener)
            try:
                answer_all(listener, families)
            finally:
                SOCKETS.discard(listener)
        except Exception as error:
            say(f"port {PORT}", error)
        time.sleep(AGAIN)


def opened():
    """On IPv6 and IPv4, where a pod has both."""
    with contextlib.suppress(OSError, ValueError):
        return socket.create_server(("", PORT), family=socket.AF_INET6, dualstack_ipv6=True)
    return socket.create_server(("", PORT))


def answer_all(listener, families):
    with listener:
        while True:
            client, _ = listener.accept()
            SOCKETS.add(client)
            with client:
                try:
                    answer(client, families)
                except Exception as error:
                    say("a scrape", error)
            SOCKETS.discard(client)


def answer(client, families):
    asked = request(client)
    if asked is None:
        return
    method, _, path = asked.partition(" ")
    found = method == "GET" and path.partition("?")[0] == "/metrics"
    body = ("\n".join([*exposition(families), ""]) if found else "only GET /metrics is here\n").encode("utf-8", "replace")
    head = (f"HTTP/1.1 {'200 OK' if found else '404 Not Found'}\r\nContent-Length: {len(body)}\r\n"
            "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\nConnection: close\r\n\r\n")
    client.settimeout(PATIENCE)
    client.sendall(head.encode() + body)
    with contextlib.suppress(OSError):
        client.shutdown(socket.SHUT_RDWR)  # also where a process that was forked just now has it, too


def request(client):
    """`GET /metrics`; nothing for who connects and says nothing, or too much."""
    until, text = time.monotonic() + PATIENCE, b""
    while b"\r\n\r\n" not in text:
        client.settimeout(max(until - time.monotonic(), 0.001))
        try:
            more = client.recv(REQUEST)
        except OSError:
            return None
        text += more
        if not more or len(text) > REQUEST:
            return None
    return text.partition(b"\r\n")[0].decode("latin-1").rpartition(" ")[0]
