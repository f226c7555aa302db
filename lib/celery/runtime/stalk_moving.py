"""Both sides of a move: a tenant's broker moves while its app runs, and each pod knows the other side (STALK_MOVING).

A pod of the `old` side drains it until it is empty. What its tasks send goes to the new side, so that the old one
empties; all that belongs to a chord stays, as the chord is counted where it began. stalk_results is about results, and
stalk_carry about what lies on the old side and is no message.

STALK_MOVING is JSON: `side` of this pod, and of the other side `settings` (as STALK_CELERY), `user`, `password_file` and
`queue` (as STALK_QUEUE); `queues`, which the app consumes; and `lists`: whether the user of the old side may SCAN it and
list its clients, as it may where a Redis of somebody else is this app's alone.
"""
import contextlib
import json
import os
import time

import kombu
from celery import Celery
from celery.app.backends import by_url
from celery.utils.log import get_logger
from kombu import pools
from kombu.exceptions import OperationalError
from redis import RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry
from stalk_credentials import REDIS, Credentials, Login, ask_sentinels, credentialed, for_results, live
from stalk_queues import QUEUE, named, physical, renamed, under
from stalk_settings import PLAIN, SETTINGS, need

SIDES = ("old", "new")
FAILURES = (OSError, RedisError, OperationalError)
REST = 10  # seconds: a side that has not answered is not asked again before
TRIES = {"max_retries": 2, "interval_start": 0.1, "interval_step": 0.2, "interval_max": 0.5}  # then the own side has it
log = get_logger(__name__)


def load():
    try:
        moving = json.loads(os.environ.get("STALK_MOVING", ""))
    except ValueError as error:
        raise ValueError(f"STALK_MOVING is not JSON: {error}") from None
    need(isinstance(moving, dict) and moving.get("side") in SIDES, "STALK_MOVING: side must be old or new")
    need(isinstance(moving.get("settings"), dict) and moving["settings"].get("broker_url"),
         "STALK_MOVING: settings must be those of the other side, with broker_url")
    need(bool(moving.get("user")) == bool(moving.get("password_file")),
         "STALK_MOVING: user and password_file must be set together")
    return moving


MOVING = load()
DRAINS = MOVING["side"] == "old"
LOGIN = Login(MOVING.get("user"), MOVING.get("password_file"), "stalk_moving.OtherCredentials")


class OtherCredentials(Credentials):
    """By name in the URLs of the other side."""

    login = LOGIN


class Side:
    """A broker with its results. URLs in `settings` hold no user that has a `login`; `queue` is as STALK_QUEUE."""

    def __init__(self, settings, queue, credentials):
        self.settings, self.queue, self.credentials = settings, queue, credentials
        self.made, self.rests, self.pools = [], 0, {}

    def connection(self):
        url, options = self.settings["broker_url"], {**(self.settings.get("broker_transport_options") or {}), **TRIES}
        options.pop("queue_order_strategy", None)
        ask_sentinels(options, self.credentials)
        return kombu.Connection(credentialed(url, live("broker_url", url), self.credentials.login),
                                transport_options=options, ssl=self.settings.get("broker_use_ssl"),
                                connect_timeout=self.settings.get("broker_connection_timeout") or 4)

    @property
    def producers(self):
        """Of this process: one that was forked has connections of its own."""
        if os.getpid() not in self.pools:
            self.pools = {os.getpid(): pools.producers[self.connection()]}
        return self.pools[os.getpid()]

    @property
    def results(self):
        """Celery's backend in an app of its own; None where results are not in Redis."""
        url = self.settings.get("result_backend") or ""
        if not self.made and url.startswith(REDIS):
            own = {name: value for name, value in self.settings.items() if name.startswith(("result_", "redis_"))}
            ask_sentinels(own.get("result_backend_transport_options") or {}, self.credentials)
            app = Celery("stalk_moving", loader="celery.loaders.app:AppLoader", set_as_current=False, fixups=())
            url = credentialed(url, live("result_backend", url), self.credentials.login)
            app.conf.update(own, result_backend=url, **for_results(self.settings["result_backend"],
                                                                   self.credentials.login))
            backend, url = by_url(url, app.loader)
            made = backend(app=app, url=url)
            made.connparams["retry"] = Retry(NoBackoff(), 0)  # who asks has the own side, and does not wait
            self.made.append(made)
        return self.made[0] if self.made else None

    def answers(self):
        return time.monotonic() >= self.rests

    def failed(self, what, error):
        if self.answers():
            log.warning("%s: the other side of the move does not answer, and is asked again in %s s: %s", what, REST, error)
        self.rests = time.monotonic() + REST

    def name(self, default, name, other):
        """Of a queue or an exchange that is `name` at the `other` side; what is another tenant's is named alike."""
        if not name or not other.queue:
            return self.physical(default, name)
        if not f"{name}.".startswith(f"{other.queue}."):
            return name
        return self.physical(default, name[len(other.queue) + 1:] or default)

    def physical(self, default, name):
        """What the app calls `name`."""
        if not name or not self.queue or under(name):
            return name
        return self.queue if name == default else f"{self.queue}.{name}"


HERE = Side({**SETTINGS, **PLAIN}, QUEUE, Credentials())
OTHER = Side(MOVING["settings"], MOVING.get("queue"), OtherCredentials())
OLD, NEW = (HERE, OTHER) if DRAINS else (OTHER, HERE)


def chorded(part):
    """Whether a message, or a signature in it, belongs to a chord or brings one."""
    if isinstance(part, (list, tuple)):
        return any(map(chorded, part))
    if not isinstance(part, dict):
        return False
    if part.get("chord") or part.get("subtask_type") == "chord":
        return True
    parts = [part.get(name) for name in ("options", "callbacks", "errbacks", "chain", "link", "link_error")]
    if part.get("subtask_type"):  # of a chain or a group; any other's arguments are the app's
        parts.append((part.get("kwargs") or {}).get("tasks"))
    return chorded(parts)


def address(connection):
    return connection.hostname, connection.port, str(connection.virtual_host).strip("/") or "0"


def stays(message):
    body = message.body
    return chorded(body if isinstance(body, dict) else body[2])


def there(app, thing):
    """Copy of a queue, an exchange or its name, as the other side calls it."""
    default = app.conf.task_default_queue
    return renamed(app, thing, lambda _, name: OTHER.name(default, physical(app, name), HERE))


def create_task_sender(was):
    def create_task_sender(amqp):
        send = was(amqp)

        def send_task_message(producer, name, message, exchange=None, queue=None, **options):
            if DRAINS and own(producer) and not stays(message) and OTHER.answers():
                try:
                    return elsewhere(name, message, exchange, queue, **options)
                except FAILURES as error:  # a retry that is not sent would be lost: Celery drops its task
                    OTHER.failed(f"{name} goes to the old side", error)
            return send(producer, name, message, exchange=exchange, queue=queue, **options)

        def own(producer):
            """An app may have given one of a broker that is neither side."""
            return address(producer.connection) == address(amqp.producer_pool.connections.connection)

        def elsewhere(name, message, exchange, queue, **options):
            if queue is None and exchange is None:
                queue = amqp.default_queue
            if isinstance(queue, str):
                queue = amqp.queues[queue]
            options["retry_policy"] = {**(options.get("retry_policy") or {}), **TRIES}
            if options.get("declare"):
                options["declare"] = [there(amqp.app, one) for one in options["declare"]]
            exchange, queue = there(amqp.app, exchange), there(amqp.app, queue)
            message = message._replace(sent_event=None)  # events have the names of this side
            with said(), OTHER.producers.acquire(block=True) as producer, producer.connection._reraise_as_library_errors():
                return send(producer, name, message, exchange=exchange, queue=queue, **options)

        return send_task_message

    return create_task_sender


@contextlib.contextmanager
def said():
    """Names are those of the other side, and not to be put under the tenant's once more."""
    token = named.set(True)
    try:
        yield
    finally:
        named.reset(token)
