"""Metrics of the queues of one broker, for Prometheus: what waits, what workers have in hand, and what is expected.

It comes as a user that may read keys and change nothing, on a connection of its own for each look, so that a new
password, certificate or primary needs no restart. The tenants are files of a mounted folder, read at each look: one more
tenant changes no pod. Of a message it reads when it was sent, and never gives any of it away.
"""
import collections
import datetime
import http.server
import json
import os
import pathlib
import signal
import socket
import ssl
import sys
import threading
import time

FRESH = 5  # seconds: two Prometheis ask within these for the cost of one
BOUND = 8  # seconds that a scrape waits; Prometheus gives up after 10
PATIENCE = 2  # seconds for a connection, and for each answer
LONGEST = 6  # seconds for a whole look
BATCH = 100  # commands sent before their answers are read: some 30 kB
AT_ONCE = 8  # requests

# KEYS are the lists of a queue. The end of a list is what a worker takes next; quotes in a text are escaped, so that the
# names can only be those of headers and properties.
SCRIPT = """
local waiting, next = 0, {}
for i, key in ipairs(KEYS) do
  local length = redis.call('LLEN', key)
  waiting = waiting + length
  local message = length > 0 and redis.call('LINDEX', key, -1)
  if message then
    local function after(name)
      local _, last = string.find(message, name, 1, true)
      return last and string.sub(message, last + 1, last + 48) or ''
    end
    next[#next + 1] = {i, after('"stalk_sent":'), after('"eta":'), after('"delivery_tag":')}
  end
end
return {waiting, next}
"""

METRICS = {
    "stalk_queues_up": "Whether the broker answered everything that was asked of its queues.",
    "stalk_queue_messages": "Messages that wait in a queue, of all priorities.",
    "stalk_queue_oldest_seconds": "How long the next message of a queue waits since it was sent or due, of all priorities.",
    "stalk_inhand_messages": "Messages that workers have taken and not acknowledged.",
    "stalk_inhand_oldest_seconds": "How long ago the oldest message was taken that is not acknowledged.",
    "stalk_dead_letters": "Tasks that are not begun any more, until somebody sends them again or drops them.",
    "stalk_queue_messages_limit": "Messages that may wait in a queue.",
    "stalk_queue_oldest_limit_seconds": "How long a task may wait in a queue.",
    "stalk_visibility_timeout_seconds": "After this time a message in hand is given to another worker.",
    "stalk_expected_beat": "Beats that should tick.",
    "stalk_expected_pool": "The fewest pods that a worker pool should have.",
    "stalk_slo_objective": "Percent of the tasks that succeed, and that start in time, as a tenant promises.",
}

Measured = collections.namedtuple("Measured", "queues hands letters")  # by tenant and queue, by tenant


class Refused(Exception):
    """An answer of Redis that is an error."""


class Redis:
    """A connection that speaks RESP; it raises OSError where nothing answers in time."""

    def __init__(self, address, deadline):
        self.deadline = deadline
        self.socket = socket.create_connection(address, timeout=PATIENCE)
        try:
            self.socket = sealed(self.socket, address[0])
            self.answers = self.socket.makefile("rb")
            self.one("AUTH", os.environ["REDIS_USER"], password())
        except BaseException:
            self.socket.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.answers.close()
        self.socket.close()

    def ask(self, commands):
        """Answers in order; those that are errors as `Refused`."""
        for start in range(0, len(commands), BATCH):
            batch = commands[start:start + BATCH]
            self.socket.sendall(b"".join(map(encoded, batch)))
            for _ in batch:
                if time.monotonic() > self.deadline:
                    raise OSError(f"all answers take more than {LONGEST} s")
                yield self.answer()

    def one(self, *command):
        (answer,) = self.ask([command])
        if isinstance(answer, Refused):
            raise answer
        return answer

    def answer(self):
        line = self.answers.readline()
        if not line.endswith(b"\r\n"):
            raise OSError("the connection was closed")
        kind, rest = line[:1], line[1:-2]
        if kind == b"-":
            return Refused(rest.decode(errors="replace"))
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return None if rest == b"-1" else self.answers.read(int(rest) + 2)[:-2]
        if kind == b"*":
            return None if rest == b"-1" else [self.answer() for _ in range(int(rest))]
        return rest


def encoded(command):
    parts = [part if isinstance(part, bytes) else str(part).encode() for part in command]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%b\r\n" % (len(part), part) for part in parts)


def password():
    return pathlib.Path(os.environ["REDIS_PASSWORD_FILE"]).read_text(encoding="utf-8").rstrip("\r\n")


def sealed(plain, host):
    """`REDIS_TLS` is `mutual`, `server` or `public`, as clients of this Redis have it; files are read anew."""
    mode, folder = os.environ.get("REDIS_TLS"), os.environ.get("REDIS_TLS_FOLDER")
    if mode is None:
        return plain
    context = ssl.create_default_context(cafile=None if mode == "public" else f"{folder}/ca.crt")
    if mode == "mutual":
        context.load_cert_chain(f"{folder}/tls.crt", f"{folder}/tls.key")
    return context.wrap_socket(plain, server_hostname=host)


def address(text):
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)


def primary(deadline):
    """Where Redis is: the primary that most sentinels name, where there are some."""
    sentinels = os.environ.get("REDIS_SENTINELS", "").split()
    if not sentinels:
        return address(os.environ["REDIS"])
    votes, why = collections.Counter(), "none"
    for one in sentinels:
        try:
            with Redis(address(one), deadline) as sentinel:
                if named := sentinel.one("SENTINEL", "GET-MASTER-ADDR-BY-NAME", os.environ["REDIS_PRIMARY"]):
                    votes[tuple(named)] += 1
        except (OSError, Refused) as error:
            why = error
        if votes and 2 * max(votes.values()) > len(sentinels):
            break
    if not votes:
        raise OSError(f"no sentinel names the primary: {why}")
    host, port = votes.most_common(1)[0][0]
    return host.decode(), int(port)


def tenants():
    """By name, as the files say now; the folder may change meanwhile."""
    found = {}
    for file in sorted(pathlib.Path(os.environ["QUEUES_TENANTS"]).glob("*.json")):
        try:
            found[file.stem] = json.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            continue
    return found


class Ages:
    """How long the next message of a list waits."""

    def __init__(self):
        self.seen = {}  # of those that say nothing: when each was seen first, by its list

    def of(self, where, entry, now):
        _, sent, eta, tag = entry
        since = seconds(sent)
        if since is None:  # sent without the loader: at least as long as it is seen here
            was, since = self.seen.get(where, (None, now))
            since = since if was == tag else now
            self.seen[where] = (tag, since)
        else:
            self.seen.pop(where, None)
        return max(0.0, now - max(since, due(eta)))

    def keep(self, places):
        self.seen = {where: seen for where, seen in self.seen.items() if where in places}


def seconds(text):
    """The number that a text of JSON begins with."""
    word = text.split(b",")[0].strip(b' "}\n')
    try:
        return float(word)
    except ValueError:
        return None


def due(text):
    """The time that a text of JSON begins with; without a zone it is UTC's. 0 where it is none."""
    word = text.strip().split(b'"')[1:2]
    try:
        at = datetime.datetime.fromisoformat(word[0].decode().replace("Z", "+00:00"))
        return (at if at.tzinfo else at.replace(tzinfo=datetime.timezone.utc)).timestamp()
    except (ValueError, IndexError):
        return 0


def questions(known, sha):
    """Commands of each tenant by what they are for; a database at a time."""
    for name, tenant in known.items():
        for queue in tenant["queues"]:
            keys = [tenant["prefix"] + queue + ending for ending in tenant["lists"]]
            yield tenant["database"], ("queue", name, queue), ("EVALSHA_RO", sha, len(keys), *keys)
        for what, command in hands(tenant):
            yield tenant["database"], (what, name, None), command


def hands(tenant):
    if unacked := tenant.get("unacked"):
        yield "inhand", ("HLEN", unacked)
        yield "taken", ("ZRANGE", f"{unacked}_index", 0, 0, "WITHSCORES")
    if letters := tenant.get("letters"):
        yield "letters", ("ZCARD", letters)


def look(known, ages):
    """Asks everything. A refusal fails it all, but a key that is none of Celery's: it is one tenant's own mistake."""
    deadline = time.monotonic() + LONGEST
    with Redis(primary(deadline), deadline) as redis:
        sha = redis.one("SCRIPT", "LOAD", SCRIPT)
        asked = sorted(questions(known, sha), key=lambda question: question[0])
        answers = {}
        for database in {database for database, _, _ in asked}:
            redis.one("SELECT", database)
            mine = [(what, command) for where, what, command in asked if where == database]
            for (what, _), answer in zip(mine, redis.ask([command for _, command in mine])):
                if not isinstance(answer, Refused):
                    answers[what] = answer
                elif "WRONGTYPE" not in str(answer):
                    raise answer
    return measured(answers, ages)


def measured(answers, ages):
    now, found, places = time.time(), Measured({}, {}, {}), set()
    for (what, tenant, queue), answer in answers.items():
        if what == "queue":
            waiting, nexts = answer
            where = [(tenant, queue, entry[0]) for entry in nexts]
            places.update(where)
            oldest = [ages.of(place, entry, now) for place, entry in zip(where, nexts)]
            found.queues[tenant, queue] = (waiting, max(oldest, default=0))
        elif what == "inhand":
            taken = answers.get(("taken", tenant, None))
            found.hands[tenant] = (answer, max(0.0, now - float(taken[1])) if taken else 0)
        elif what == "letters":
            found.letters[tenant] = answer
    ages.keep(places)
    return found


class Looks:
    """The last look, and a new one when it is old: one at a time, whoever asks, in a thread that nobody has to wait for."""

    def __init__(self):
        self.changed = threading.Condition()
        self.ages, self.known, self.found, self.at, self.looks = Ages(), {}, None, float("-inf"), False
        self.said = None

    def now(self):
        """Tenants, and what was found; that is nothing where the broker does not answer."""
        with self.changed:
            asked = time.monotonic()
            if asked - self.at < FRESH:
                return self.known, self.found
            if not self.looks:
                self.looks = True
                threading.Thread(target=self.look, daemon=True).start()
            done = self.changed.wait_for(lambda: self.at >= asked, timeout=BOUND)
            return self.known, self.found if done else None

    def look(self):
        found, why = None, "answers"
        try:
            self.known = tenants()
            found = look(self.known, self.ages)
        except Refused as error:
            old = "unknown command" in str(error)
            why = "is older than 7.0 and has no EVALSHA_RO" if old else f"refuses: {str(error)[:200]}"
        except Exception as error:  # whatever it is, the next scrape asks again
            why = f"cannot be asked: {type(error).__name__}: {str(error)[:200]}"
        with self.changed:
            self.found, self.at, self.looks = found, time.monotonic(), False
            self.changed.notify_all()
        if why != self.said:
            self.said = why
            print(f"queues: the broker {why}", file=sys.stderr, flush=True)


def exposition(known, found):
    """The text that Prometheus reads."""
    samples = {name: [] for name in METRICS}

    def say(name, value, **labels):
        text = ",".join(f'{label}="{escaped(each)}"' for label, each in labels.items())
        samples[name].append(f"{name}{{{text}}} {value:.16g}" if text else f"{name} {value:.16g}")

    say("stalk_queues_up", found is not None)
    for tenant, expected in known.items():
        expectations(say, tenant, expected)
    if found is not None:
        for (tenant, queue), (messages, oldest) in found.queues.items():
            say("stalk_queue_messages", messages, tenant=tenant, queue=queue)
            say("stalk_queue_oldest_seconds", oldest, tenant=tenant, queue=queue)
        for tenant, (messages, oldest) in found.hands.items():
            say("stalk_inhand_messages", messages, tenant=tenant)
            say("stalk_inhand_oldest_seconds", oldest, tenant=tenant)
        for tenant, letters in found.letters.items():
            say("stalk_dead_letters", letters, tenant=tenant)
    lines = []
    for name, text in METRICS.items():
        lines += [f"# HELP {name} {text}", f"# TYPE {name} gauge", *samples[name]]
    return "\n".join([*lines, ""]).encode()


def expectations(say, tenant, expected):
    for queue, (messages, oldest) in expected["queues"].items():
        say("stalk_queue_messages_limit", messages, tenant=tenant, queue=queue)
        say("stalk_queue_oldest_limit_seconds", oldest, tenant=tenant, queue=queue)
    say("stalk_visibility_timeout_seconds", expected["visibility"], tenant=tenant)
    if expected["beat"]:
        say("stalk_expected_beat", 1, tenant=tenant)
    for pool, pods in expected["pools"].items():
        say("stalk_expected_pool", pods, tenant=tenant, pool=pool)
    for slo, percent in expected["objectives"].items():
        say("stalk_slo_objective", percent, tenant=tenant, slo=slo)


def escaped(text):
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def readiness():
    """Whether the list of tenants can be read; the broker may be away meanwhile."""
    try:
        return 200, b"%d tenants\n" % len(tenants())
    except (OSError, ValueError) as error:
        return 503, f"{error}\n".encode()


class Handler(http.server.BaseHTTPRequestHandler):
    timeout = PATIENCE  # for a client that says nothing
    looks = Looks()

    def do_GET(self):
        if self.path == "/metrics":
            self.reply(200, exposition(*self.looks.now()))
        elif self.path == "/ready":
            self.reply(*readiness())
        else:
            self.reply(404, b"/metrics\n")

    def reply(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """A scrape is no news."""


class Server(http.server.ThreadingHTTPServer):
    """Answers a few requests at once, and closes those beyond."""
    daemon_threads = True
    slots = threading.BoundedSemaphore(AT_ONCE)

    def server_bind(self):
        """On both kinds of addresses, where the machine has both."""
        self.socket.close()
        try:
            self.socket = socket.create_server(self.server_address, family=socket.AF_INET6, dualstack_ipv6=True)
        except (OSError, ValueError):
            self.socket = socket.create_server(self.server_address)

    def process_request(self, request, client_address):
        if self.slots.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request, client_address):
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.slots.release()

    def handle_error(self, request, client_address):
        """A client that went away."""


def main():
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))  # as process 1 it would be ignored
    Server(("", int(os.environ["QUEUES_PORT"])), Handler).serve_forever()


if __name__ == "__main__":
    main()
