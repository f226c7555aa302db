"""Platform settings, credentials, queue names and health files for any Celery app, with no change to the app.

CELERY_LOADER=stalk_celery:Loader makes Celery use this in every process (worker, beat, producer, Flower).
  STALK_CELERY          JSON {setting: value}; wins over the app's own value, mappings are merged
  STALK_USER            Redis user, and
  STALK_PASSWORD_FILE   the file with its password, read at every new connection; without both, URLs stay as they are
  STALK_CREDENTIALS_IN  `url` puts both into the URLs at import, for clients that know no credential provider (Flower)
  STALK_QUEUE           `tenant-acme`: the app's default queue is that on the broker, `reports` is `tenant-acme.reports`
  STALK_QUEUE_SERVES    `tenant-001,tenant-002`: a worker of many tenants; what a task sends goes to that task's tenant
  STALK_RUN             folder for `consuming` (worker), `ticking` (beat) and `alive` (both, also without a broker)
Input is checked at import, as Celery swallows what is raised in its signals (and every KeyError here). Bad input is
an exception, never an exit: the importer may be a web server, which must log it and keep the last word.
`python3 stalk_celery.py wait` returns when Redis answers to this pod's own user.
"""
import collections
import contextlib
import copy
import functools
import importlib.util
import itertools
import json
import os
import pathlib
import re
import select
import signal
import socket
import ssl
import sys
import time
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

if "gevent" in sys.modules:
    # `--pool=gevent` patches Python before all else, threads first. gevent then asks every object for its class; that
    # wakes Celery's lazy default app, which imports this, and kombu would keep a `select` that stops all greenlets.
    from gevent import monkey
    if monkey.is_module_patched("threading") and not monkey.is_module_patched("select"):
        for patch in monkey.patch_socket, monkey.patch_select, monkey.patch_ssl:
            patch()

import kombu
from celery import VERSION, Task, __version__, bootsteps, current_task, shared_task, signals
from celery.app.amqp import AMQP, Queues
from celery.app.defaults import DEFAULTS
from celery.app.utils import Settings
from celery.loaders.app import AppLoader
from celery.schedules import crontab
from celery.utils.log import get_logger
from kombu.exceptions import OperationalError
from kombu.transport import virtual
from kombu.transport.redis import Channel, QoS, Transport
from kombu.utils.functional import maybe_list
from redis import CredentialProvider, exceptions, sentinel
from redis.backoff import NoBackoff
from redis.retry import Retry
from redis.utils import str_if_bytes

RUNTIME = "0.1.0"  # the version of Stalk that brought this file
USER, PASSWORD_FILE = os.environ.get("STALK_USER"), os.environ.get("STALK_PASSWORD_FILE")
CREDENTIALS_IN, QUEUE = os.environ.get("STALK_CREDENTIALS_IN"), os.environ.get("STALK_QUEUE")
SERVES = tuple(filter(None, os.environ.get("STALK_QUEUE_SERVES", "").split(",")))
RUN = pathlib.Path(os.environ.get("STALK_RUN", "/run/stalk"))
URLS = ("broker_url", "broker_read_url", "broker_write_url", "result_backend")
REDIS = ("redis:", "rediss:", "sentinel:")
PROVIDER = "credential_provider=stalk_celery.Credentials"
READ = DEFAULTS.keys() | {"redis_backend_health_check_interval", "redis_client_name"}  # Celery declares not all it reads


# --- credentials ---------------------------------------------------------------------------------------------------

def password():
    return pathlib.Path(PASSWORD_FILE).read_text().rstrip("\r\n")


class Credentials(CredentialProvider):
    """`?credential_provider=stalk_celery.Credentials` in a URL: new connections see a new password."""

    def get_credentials(self):
        return USER, password()


def live(name, url):
    """Whether the client of this setting can ask a provider; Celery's sentinel backend trips over one."""
    library = kombu.VERSION if name != "result_backend" else VERSION if not url.startswith("sentinel:") else (0,)
    return library >= (5, 6) and CREDENTIALS_IN != "url"


def credentialed(urls, provider):
    def one(url):
        scheme, _, rest = url.partition("://")
        if not USER or not url.startswith(REDIS):
            return url
        if provider:
            return f"{url}{'&' if '?' in rest else '?'}{PROVIDER}"
        return f"{scheme}://{quote(USER, safe='')}:{quote(password(), safe='')}@{rest}"

    return ";".join(map(one, urls.split(";")))


def plain(urls):
    """Undoes `credentialed` with any password: a child process inherits the URLs its parent rewrote."""
    own = f"(?<=://){re.escape(quote(USER or '', safe=''))}:[^@/;]*@|[?&]{re.escape(PROVIDER)}(?=;|$)"
    return re.sub(own, "", urls) if USER else urls


# --- settings ------------------------------------------------------------------------------------------------------

def need(holds, message):
    if not holds:
        raise ValueError(message)


def load():
    """The URLs as given, and all settings as Celery gets them."""
    try:
        settings = json.loads(os.environ.get("STALK_CELERY", ""))
    except ValueError as error:
        raise ValueError(f"STALK_CELERY is not JSON: {error}") from None
    need(isinstance(settings, dict), f"STALK_CELERY must be a JSON object, got {type(settings).__name__}")
    unknown = [name for name in settings if name not in READ and not name.startswith("redbeat_")]
    need(not unknown, f"STALK_CELERY: celery {__version__} has no setting {', '.join(unknown)}")
    need(bool(USER) == bool(PASSWORD_FILE), "STALK_USER and STALK_PASSWORD_FILE must be set together")
    need(not USER or os.access(PASSWORD_FILE, os.R_OK), f"STALK_PASSWORD_FILE: cannot read {PASSWORD_FILE}")
    need(CREDENTIALS_IN in (None, "url"), f"STALK_CREDENTIALS_IN must be url or absent, got {CREDENTIALS_IN}")

    urls = {name: settings[name] for name in URLS if settings.get(name)}
    known = [name for name, url in urls.items() if USER and "@" in url]
    need(not known, f"STALK_CELERY: {', '.join(known)} must hold no credentials, as STALK_USER is set")
    environ = {f"CELERY_{name.upper()}": name for name in URLS if f"CELERY_{name.upper()}" in os.environ}
    stray = [var for var, name in environ.items() if plain(os.environ[var]) != urls.get(name)]
    need(not stray, f"{', '.join(stray)} in the environment differs from STALK_CELERY and would win: make them equal")

    settings.update({name: credentialed(url, live(name, url)) for name, url in urls.items()})
    os.environ.update({var: settings[name] for var, name in environ.items()})  # Celery prefers these to any setting
    if USER and (results := urls.get("result_backend", "")).startswith(REDIS):
        # by name too: an app that first asks for a result has read CELERY_RESULT_BACKEND before this import
        settings.update({"redis_backend_credential_provider": "stalk_celery.Credentials"}
                        if live("result_backend", results) else {"redis_username": USER, "redis_password": password()})
    for name in ("broker_transport_options", "result_backend_transport_options"):
        if "master_name" in (options := settings.get(name) or {}):
            own = {"credential_provider": Credentials()} if USER else {}  # sentinels know the users of their Redis
            once = {"retry": Retry(NoBackoff(), 0)}  # redis-py asks one that is gone ten times, for half a minute
            options["sentinel_kwargs"] = {**options.get("sentinel_kwargs", {}), **once, **own}
    if "redbeat_redis_url" in settings:  # RedBeat makes a client of its own
        settings["redbeat_redis_url"] = credentialed(settings["redbeat_redis_url"], False)
    for name, entry in (settings.get("beat_schedule") or {}).items():
        entry["schedule"] = schedule(name, entry.get("schedule"))
    return urls, settings


def schedule(name, value):
    if isinstance(value, (int, float)) and value > 0:
        return value
    try:
        return crontab.from_string(" ".join(value.split()))
    except Exception as error:
        raise ValueError(f"STALK_CELERY: beat_schedule.{name}.schedule must be five cron fields or seconds, "
                         f"got {value!r} ({error})") from None


try:
    PLAIN, SETTINGS = load()
except ValueError as refused:
    if __name__ == "__main__":
        sys.exit(str(refused))
    raise


class Platform(Mapping):
    """Top layer of app.conf. Writes go to the layer below, so a later `app.conf.x = y` cannot undo it."""

    def __init__(self, conf):
        self.below = Settings({}, list(conf.maps), conf._keys, conf.prefix)

    def __getitem__(self, key):
        name = key.lower().removeprefix((self.below.prefix or "").lower())  # Django: CELERY_BROKER_URL
        value = SETTINGS[name]
        below = self.below.get(name) if isinstance(value, dict) else None
        return {**below, **value} if isinstance(below, Mapping) else value

    def __iter__(self):
        return iter(SETTINGS)

    def __len__(self):
        return len(SETTINGS)


def configured(sender, source, **kwargs):
    if isinstance(source.maps[0], Platform):
        return
    source.maps.insert(0, Platform(source))
    if "broker_url" in PLAIN and importlib.util.find_spec("redbeat"):
        # RedBeat would take broker_url, provider and all; below everything, so that the app's own choice wins
        source.maps.insert(-1, {"redbeat_redis_url": credentialed(PLAIN["broker_url"], False)})


# --- queue names: an app says `reports`, the broker holds `tenant-acme.reports` --------------------------------------

def under(name):
    return next((base for base in (QUEUE, *SERVES) if base and f"{name}.".startswith(f"{base}.")), None)


def current():
    """Base for what is sent now: that of the task that runs, where its tenant is one of those served here."""
    info = (current_task.request.delivery_info if SERVES and current_task else None) or {}
    return under(info.get("exchange") or info.get("routing_key") or "") or QUEUE


def physical(app, name):
    base = None if not name or under(name) else current()
    if not base:
        return name
    return base if name == app.conf.task_default_queue else f"{base}.{name}"


def renamed(app, thing):
    """Copy of a queue, exchange or binding with its names on the broker. Routing keys live inside an exchange: kept."""
    if not thing or isinstance(thing, str):
        return physical(app, thing)
    thing = copy.copy(thing)
    if isinstance(thing, kombu.Queue):
        thing.name, thing.alias = physical(app, thing.name), physical(app, thing.alias)
        thing.bindings = {renamed(app, binding) for binding in thing.bindings}
    if isinstance(thing, kombu.Exchange):
        thing.name = physical(app, thing.name)
    else:
        thing.exchange = renamed(app, thing.exchange)
    return thing


class BrokerQueues(Queues):
    """Holds queues under their names on the broker and finds them by either name (-Q, routes, queue=, control)."""

    def __init__(self, app, *args, **kwargs):
        self.app = app
        super().__init__(*args, **kwargs)

    def __contains__(self, name):
        return super().__contains__(physical(self.app, name))

    def __getitem__(self, name):
        return super().__getitem__(physical(self.app, name))

    def _add(self, queue):
        if self.default_exchange and not (queue.exchange and queue.exchange.name):
            queue.exchange = self.default_exchange
        return super()._add(renamed(self.app, queue))

    def new_missing(self, name):
        queue, base = super().new_missing(name), under(name)
        if base:  # the app's routes know the key without the base
            queue.routing_key = name[len(base) + 1:] or self.app.conf.task_default_queue
        return queue

    def select(self, include):
        super().select([physical(self.app, name) for name in maybe_list(include) or ()])

    def deselect(self, exclude):
        super().deselect([physical(self.app, name) for name in maybe_list(exclude) or ()])


def create_task_sender(amqp, create=AMQP._create_task_sender):
    send = create(amqp)

    def send_task_message(producer, name, message, exchange=None, queue=None, **options):
        if isinstance(queue, str):
            queue = amqp.queues[queue]
        elif queue and not under(queue.name):
            queue = renamed(amqp.app, queue)
        return send(producer, name, message, exchange=renamed(amqp.app, exchange), queue=queue, **options)

    return send_task_message


def task_consumer(amqp, *args, create=AMQP.TaskConsumer, **kwargs):
    consumer = create(amqp, *args, **kwargs)
    cancel = consumer.cancel_by_queue
    consumer.cancel_by_queue = lambda queue: cancel(physical(amqp.app, getattr(queue, "name", queue)))
    return consumer


if QUEUE or SERVES:
    AMQP.queues_cls = property(lambda amqp: functools.partial(BrokerQueues, amqp.app))
    AMQP._create_task_sender, AMQP.TaskConsumer = create_task_sender, task_consumer
if "control_exchange" in SETTINGS:  # kombu >= 5.7 sweeps the bindings listed in this key, other tenants' too
    Channel.keyprefix_binding_deadlines = f"{SETTINGS['control_exchange']}.binding_deadlines"


# --- what kombu and redis-py do where a connection breaks, or Redis is full ---------------------------------------------
# kombu pops a message and then notes it in `unacked`: where Redis goes or is full in between, only this process has it.
# It tries once to say that a task is done: where Redis is away just then, the task runs a second time.
# A full Redis refuses everything inside of MULTI, and outside of it only what takes room. A worker makes room: it must
# be able to start, to say what is done, and to take what waits.

HELD, DONE = {}, set()
OWED = set()  # to be given back: a connection is no more, and its tasks are nobody's


def full(error):
    return "maxmemory" in str(error)


def unless_full(method):
    """What can wait must not end the connection of a worker that makes room."""
    def call(*args, **kwargs):
        try:
            return method(*args, **kwargs)
        except Exception as error:
            if not full(error):
                raise

    return call


def append(qos, message, tag, append=QoS.append):
    try:
        append(qos, message, tag)
        HELD.pop(tag, None)
    except Exception as error:
        HELD[tag] = message
        if not full(error):
            raise
        virtual.QoS.append(qos, message, tag)


def remove(qos, tag, pipe=None):
    """Without the note its place in the index is nothing; the other way round it would stay for ever."""
    if pipe is None:
        with qos.channel.conn_or_acquire() as client:
            pipe = client.pipeline(transaction=False)
    return pipe.hdel(qos.unacked_key, tag).zrem(qos.unacked_index_key, tag)


def settle(tag):
    HELD.pop(tag, None)
    OWED.discard(tag)


def ack(qos, tag, ack=QoS.ack):
    DONE.add(tag)
    ack(qos, tag)
    DONE.discard(tag)
    settle(tag)


def give_back(qos, message, tag, client, leftmost):
    with qos.channel.conn_or_acquire(client) as client, client.pipeline() as pipe:
        qos._remove_from_indices(tag, pipe)  # the note may be there, and only Redis' answer lost
        info = message.delivery_info
        qos.channel._do_restore_message(message._raw, info["exchange"], info["routing_key"], pipe, leftmost)
        pipe.execute()


def restore_by_tag(qos, tag, client=None, leftmost=False, restore=QoS.restore_by_tag):
    """Gives a message back to its list; where that is full, `note` does as soon as there is room."""
    try:
        if message := HELD.get(tag):
            give_back(qos, message, tag, client, leftmost)
        else:
            restore(qos, tag, client, leftmost)
        settle(tag)
    except Exception as error:
        if not full(error):
            raise
        OWED.add(tag)


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


def subscribe(channel, subscribe=Channel._subscribe):
    """Without this redis-py connects again by itself, in the middle of a read, and waits for a message for ever."""
    subscribe(channel)
    if channel.subclient.connection:
        channel.subclient.connection.retry = Retry(NoBackoff(), 0)


def size(channel, queue):
    with channel.conn_or_acquire() as client, client.pipeline(transaction=False) as pipe:
        for priority in channel.priority_steps:
            pipe.llen(channel._q_for_pri(queue, priority))
        return sum(pipe.execute())


def bind(channel, exchange, routing_key, pattern, queue, bind=Channel._queue_bind):
    """What is written already takes no room; what is sent to all needs no binding."""
    try:
        bind(channel, exchange, routing_key, pattern, queue)
    except Exception as error:
        known = (routing_key or "", pattern or "", queue or "")
        if not full(error) or channel.typeof(exchange).type != "fanout" and known not in channel.get_table(exchange):
            raise


QoS.append, QoS.ack, QoS.restore_by_tag, QoS._remove_from_indices = append, ack, restore_by_tag, remove
QoS.restore_visible = unless_full(QoS.restore_visible)
Channel._subscribe, Channel._size, Channel._queue_bind = subscribe, size, bind
if hasattr(Channel, "maybe_refresh_binding_expiry"):  # kombu >= 5.7
    Channel.maybe_refresh_binding_expiry = unless_full(Channel.maybe_refresh_binding_expiry)


# --- where another Redis becomes the primary ---------------------------------------------------------------------------
# redis-py believes the first sentinel that answers. The one that replaces a primary is the last to say so in `masters`,
# which redis-py asks for, and one that was away does not know yet.
# kombu tries again as often as it is told to where it cannot connect, but only once, and at once, where what it sends is
# refused: by a replica, until it is a primary or the sentinels name another one.

SILENT = set()  # sentinels that did not answer: every channel of kombu would wait for them anew


def address(node):
    return node.connection_pool.connection_kwargs["host"], node.connection_pool.connection_kwargs["port"]


def primary_by_most(manager, name):
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


def with_patience(connection, thing, send, *args, ensure=kombu.Connection.ensure, max_retries=None, **policy):
    start, step, longest = (policy.get(f"interval_{name}", 1) for name in ("start", "step", "max"))
    tries = itertools.count()

    @functools.wraps(send)
    def patiently(*args, **kwargs):
        tried = next(tries)
        try:
            return send(*args, **kwargs)
        except connection.recoverable_connection_errors as error:
            away = isinstance(error, connection.connection_errors)  # else Redis answers, and says no
            if tried >= (max_retries if away and max_retries is not None else 1):
                raise OperationalError(str(error)) from error
            if away:
                time.sleep(min(start + tried * step, longest))
            raise

    return ensure(connection, thing, patiently, *args, max_retries=max_retries, **policy)


def completes_cycle(connection, tries, completes=kombu.Connection.completes_cycle):
    """kombu pauses when it has tried all URLs; those of sentinels are one broker, and each try asks them all."""
    return connection.transport_cls == "sentinel" or completes(connection, tries)


def maybe_declare(producer, entity, retry=False, declare=kombu.Producer.maybe_declare, **policy):
    """kombu tries this again by itself, and then sends what it was for over the channel that it has closed."""
    return declare(producer, entity)


sentinel.Sentinel.discover_master = primary_by_most
kombu.Connection.ensure, kombu.Connection.completes_cycle = with_patience, completes_cycle
kombu.Producer.maybe_declare = maybe_declare
# what kombu takes anyway; where it is said, it does not end after one try
Transport.recoverable_connection_errors = Transport.connection_errors + Transport.channel_errors


# --- answers of processes longer than their pipe takes (64 KiB: tracebacks of a result that could not be stored) ---------
# Half of one is all that is there for a moment, and a worker that loses its connection just then, or ends, begins to
# read in the middle: it takes what comes for lengths, hears nothing of that process again, and in the end takes no message.
# The signal of a soft limit does the same: it comes from the parent, which may have been kept (by a Redis that is away)
# while the task ended, and cuts the answer short. A hard limit would end such a process, but with a connection Celery
# before 5.7 forgets limits, before 5.6 tasks too.

HALF = 1000  # ms: a process that has begun to answer goes on at once, unless somebody stops it


@signals.celeryd_init.connect
def whole_readings(**kwargs):
    from celery.concurrency import asynpool  # not above: a web server needs no pool

    def recv_message(handler, add_reader, fd, *args, recv=asynpool.ResultHandler._recv_message, **kwargs):
        more = select.poll()
        more.register(fd, select.POLLIN)
        for _ in recv(handler, add_reader, fd, *args, **kwargs):
            if not more.poll(HALF):
                yield

    asynpool.ResultHandler._recv_message = recv_message


@signals.worker_process_init.connect
def whole_answers(**kwargs):
    """The signal counts from a task's ACK to its READY."""
    from billiard import pool

    def answer(put, message):
        with contextlib.suppress(pool.SoftTimeLimitExceeded):  # it came just now: too late
            signal.signal(pool.SIG_SOFT_TIMEOUT, signal.SIG_IGN)
        signal.signal(pool.SIG_SOFT_TIMEOUT, signal.SIG_IGN)
        put(message)
        if message[0] == pool.ACK:
            signal.signal(pool.SIG_SOFT_TIMEOUT, pool.soft_timeout_sighandler)

    def workloop(worker, *args, work=pool.Worker.workloop, **kwargs):
        worker.outq.put = functools.partial(answer, worker.outq.put)
        return work(worker, *args, **kwargs)

    pool.Worker.workloop = workloop


def renew_limits(consumer):
    if VERSION >= (5, 7):
        return
    for job in list(getattr(consumer.pool._pool, "_cache", {}).values()):
        if job._time_accepted and not job.ready():
            ran = time.monotonic() - job._time_accepted
            soft = job._soft_timeout and job._soft_timeout - ran
            hard = job._timeout and max(job._timeout - ran, 0.1)
            job._on_timeout_set(job, soft if soft and soft > 0 else None, hard)


# --- health files --------------------------------------------------------------------------------------------------

def introduce():
    get_logger(__name__).info("stalk runtime %s", RUNTIME)


def writable_or_exit():
    if not os.access(RUN, os.W_OK):
        print(f"STALK_RUN: cannot write to {RUN}", file=sys.stderr, flush=True)
        os._exit(78)


def touch(*names):
    """Never raises: Celery takes an OSError for a lost broker and reconnects for ever. A stale file fails the probe."""
    try:
        for name in names:
            (RUN / name).touch()
    except OSError as error:
        get_logger(__name__).error("health file: %s", error)


def remove(name):
    with contextlib.suppress(OSError):
        (RUN / name).unlink(missing_ok=True)


def tell(connection, tries):
    """Calls `tries` at each try to reach the broker, to connect or to publish."""
    ensure = connection._ensure_connection  # not the public one: what is published, heartbeats too, tries by this

    def ensure_connection(*args, callback=None, **kwargs):
        def called():
            tries()
            return callback and callback()

        return ensure(*args, callback=called, **kwargs)

    connection._ensure_connection = ensure_connection
    return connection


APART = 30  # seconds: kombu's longest pause between two tries; a gevent worker goes on touching its files meanwhile


class Consuming(bootsteps.StartStopStep):
    """Touches `consuming` while this worker has a broker connection, and `alive` also while it looks for one."""

    requires = {"celery.worker.consumer.tasks:Tasks"}

    def __init__(self, consumer, **kwargs):
        self.timer = None
        introduce()
        writable_or_exit()
        self.stop(consumer)
        ensure = consumer.ensure_connected
        consumer.ensure_connected = lambda connection: ensure(tell(connection, self.seeks))
        super().__init__(consumer, **kwargs)

    def start(self, consumer):
        self.qos = consumer.task_consumer.channel.qos
        catch_up(self.qos)
        renew_limits(consumer)
        self.sought = float("-inf")
        self.beat()
        self.timer = consumer.timer.call_repeatedly(5.0, self.beat)

    def beat(self):
        note(self.qos)
        touch("alive")
        if time.monotonic() - self.sought > APART:
            touch("consuming")

    def seeks(self):
        self.sought = time.monotonic()
        remove("consuming")
        touch("alive")

    def stop(self, consumer):
        if self.timer:
            getattr(self.timer, "entry", self.timer).cancel()  # gevent gives its first greenlet, not what repeats
        remove("consuming")

    shutdown = stop


@signals.beat_init.connect
def ticking(sender, **kwargs):
    introduce()
    writable_or_exit()
    remove("ticking")
    scheduler, tick = sender.scheduler, sender.scheduler.tick
    ticks = functools.partial(touch, "ticking", "alive")
    tell(scheduler.connection, ticks)
    scheduler.tick = lambda *args, **kwargs: (tick(*args, **kwargs), ticks())[0]


# --- for Celery: the loader, and a task in every app to test a pool with ----------------------------------------------

class Loader(AppLoader):
    @property
    def conf(self):  # not __init__: Django's fixup builds the loader before the app has on_after_configure
        self.app.on_after_configure.connect(configured, weak=False, dispatch_uid="stalk")
        self.app.steps["consumer"].add(Consuming)
        return super().conf


@shared_task(name="stalk.probe", bind=True, base=Task, rate_limit=0, ignore_result=False)
def probe(self, seconds=0, payload=""):
    started = time.time()
    time.sleep(seconds)
    queue = (self.request.delivery_info or {}).get("routing_key")
    return {"pod": socket.gethostname(), "queue": queue, "received": len(payload), "started": started}


# --- `wait`: the init container --------------------------------------------------------------------------------------

FAILURES = (  # the first that any cause of the exception is
    (socket.gaierror, "its name does not resolve"),
    (ConnectionRefusedError, "connection refused"),
    (exceptions.AuthenticationError, "it does not take our user and password (yet)"),
    (sentinel.MasterNotFoundError, "no sentinel that answers us knows a primary (yet)"),
    (exceptions.BusyLoadingError, "it is loading its data"),
    (ssl.SSLCertVerificationError, "its certificate does not verify: {0.verify_message}"),
    (FileNotFoundError, "a file with certificates is missing"),
    (ssl.SSLError, "TLS fails: {0}"),
    ((exceptions.TimeoutError, TimeoutError), "no answer in time"),
)


def ping(name, url):
    """Connects as Celery would (sentinel and TLS too); opening a kombu channel on Redis is a PING."""
    options = SETTINGS.get(f"{name if name == 'result_backend' else 'broker'}_transport_options") or {}
    bounded = {**options, "socket_timeout": 5, "socket_connect_timeout": 5}
    try:
        connection = kombu.Connection(credentialed(url, live("broker_url", url)), transport_options=bounded)
        connection.transport.establish_connection()
        connection.transport.close_connection(connection.transport)
        return "PONG"
    except Exception as error:
        causes = [error]
        while cause := causes[-1].__cause__ or causes[-1].__context__:
            causes.append(cause)
        return next((text.format(cause) for types, text in FAILURES for cause in causes if isinstance(cause, types)),
                    f"{type(error).__name__}: {error}")


def wait():
    targets = {}
    for name, url in PLAIN.items():
        if url.startswith(REDIS):
            hosts = ",".join(urlsplit(part).netloc.rpartition("@")[2] for part in url.split(";"))
            targets.setdefault(hosts, (name, url))
    for hosts, (name, url) in targets.items():
        said = None
        while said != "PONG":
            now = ping(name, url)
            if now != said:
                print(f"{name} {hosts}: {now}", flush=True)
            said = now
            time.sleep(0 if now == "PONG" else 1)


if __name__ == "__main__":
    sys.modules["stalk_celery"] = sys.modules[__name__]  # the name in the URLs
    if sys.argv[1:] != ["wait"]:
        sys.exit("usage: stalk_celery.py wait")
    wait()
