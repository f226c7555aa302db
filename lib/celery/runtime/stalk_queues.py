"""Queue names: an app says `reports`, the broker holds `tenant-acme.reports`.

STALK_QUEUE is the name of this tenant's default queue on the broker, and what the others are under; STALK_QUEUE_SERVES
names the tenants of a worker that serves many.
"""
import contextvars
import copy
import functools
import os

import kombu
from celery import current_app, current_task
from celery.app.amqp import Queues
from kombu.utils.functional import maybe_list
from kombu.utils.scheduling import round_robin_cycle
from stalk_settings import SETTINGS

QUEUE = os.environ.get("STALK_QUEUE")
named = contextvars.ContextVar("named", default=False)  # what is sent has its names on the broker, see stalk_moving
SERVES = tuple(filter(None, os.environ.get("STALK_QUEUE_SERVES", "").split(",")))


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


def renamed(app, thing, name=physical):
    """Copy of a queue, exchange or binding with its names on the broker. Routing keys live inside an exchange: kept."""
    if not thing or isinstance(thing, str):
        return name(app, thing)
    thing = copy.copy(thing)
    if isinstance(thing, kombu.Queue):
        thing.name, thing.alias = name(app, thing.name), name(app, thing.alias)
        thing.bindings = {renamed(app, binding, name) for binding in thing.bindings}
    if isinstance(thing, kombu.Exchange):
        thing.name = name(app, thing.name)
    else:
        thing.exchange = renamed(app, thing.exchange, name)
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


class AsListed(round_robin_cycle):
    """The first queue that is not empty; one queue of many tenants is served in turn among them.

    kombu before 5.7 gives the queues as a set, so the order is that of `-Q`.
    """

    def update(self, it):
        super().update(it)
        logical = [name[len(base) + 1:] if (base := under(name)) else name for name in listed()]
        self.places = dict(zip(listed(), map(logical.index, logical)))

    def consume(self, n):
        return sorted(self.items[:n], key=lambda name: self.places.get(name, len(self.places)))


def listed():
    return list(current_app.amqp.queues.consume_from)


def binding_deadlines(_):
    return f"{SETTINGS['control_exchange']}.binding_deadlines"


def queues_cls(_):
    return property(lambda amqp: functools.partial(BrokerQueues, amqp.app))


def create_task_sender(was):
    def create_task_sender(amqp):
        send = was(amqp)

        def send_task_message(producer, name, message, exchange=None, queue=None, **options):
            if named.get():
                return send(producer, name, message, exchange=exchange, queue=queue, **options)
            if isinstance(queue, str):
                queue = amqp.queues[queue]
            elif queue and not under(queue.name):
                queue = renamed(amqp.app, queue)
            return send(producer, name, message, exchange=renamed(amqp.app, exchange), queue=queue, **options)

        return send_task_message

    return create_task_sender


def task_consumer(was):
    def task_consumer(amqp, *args, **kwargs):
        consumer = was(amqp, *args, **kwargs)
        cancel = consumer.cancel_by_queue
        consumer.cancel_by_queue = lambda queue: cancel(physical(amqp.app, getattr(queue, "name", queue)))
        return consumer

    return task_consumer
