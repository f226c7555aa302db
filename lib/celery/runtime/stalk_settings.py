"""The platform's settings, checked at import, as the top layer of every app's own.

Input is checked at import, as Celery swallows what is raised in its signals (and every KeyError in a loader). Bad
input is an exception, never an exit: the importer may be a web server, which must log it and keep the last word.
"""
import importlib.util
import json
import os
from collections.abc import Mapping

from celery import VERSION, __version__
from celery.app.defaults import DEFAULTS
from celery.app.utils import Settings
from celery.schedules import crontab
from stalk_credentials import (
    CREDENTIALS_IN,
    PASSWORD_FILE,
    USER,
    Credentials,
    ask_sentinels,
    credentialed,
    for_results,
    live,
    plain,
)
from stalk_gevent import GEVENT

URLS = ("broker_url", "broker_read_url", "broker_write_url", "result_backend")
# Celery does not declare all that it reads
READ = DEFAULTS.keys() | {"redis_backend_health_check_interval", "redis_client_name", "result_backend_thread_safe"}

ORDERS = {"round-robin": "round_robin", "as-listed": "stalk_queues:AsListed"}  # of the queues of a worker
PROPS = {  # options of the transport that an app may have set itself, and what says so in Stalk
    "priority_steps": "priorities.steps of the tenant",
    "sep": "priorities.separator of the tenant",
    "queue_order_strategy": "queueOrder of the pool",
    "visibility_timeout": "longestDelay of the tenant and timeLimit of its pools",
    "global_keyprefix": "broker.prefix of the tenant",
}
OLDEST = (5, 5)


def need(holds, message):
    if not holds:
        raise ValueError(message)


def load():
    """The URLs as given, and all settings as Celery gets them."""
    need(VERSION >= OLDEST, f"celery {__version__} is older than {'.'.join(map(str, OLDEST))}, the oldest that Stalk "
                            "supports: its keys lack the tenant's prefix; see docs/versions.md")
    try:
        settings = json.loads(os.environ.get("STALK_CELERY", ""))
    except ValueError as error:
        raise ValueError(f"STALK_CELERY is not JSON: {error}") from None
    need(isinstance(settings, dict), f"STALK_CELERY must be a JSON object, got {type(settings).__name__}")
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
    # by name too: an app that first asks for a result has read CELERY_RESULT_BACKEND before this import
    settings.update(for_results(urls.get("result_backend", "")))
    if GEVENT:  # each greenlet would have a backend of its own, and connections of it until they are collected
        settings.setdefault("result_backend_thread_safe", True)
    for name in ("broker_transport_options", "result_backend_transport_options"):
        ask_sentinels(settings.get(name) or {}, Credentials())
    if options := settings.get("broker_transport_options"):
        options["queue_order_strategy"] = ORDERS[os.environ.get("STALK_QUEUE_ORDER", "round-robin")]
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


PLAIN, SETTINGS = load()
UNKNOWN = [name for name in SETTINGS if name not in READ and not name.startswith("redbeat_")]  # of plugins, or slips


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


def overruled(app):
    """One line for each option that the app has set otherwise in its code: Stalk's holds, and who set it must know."""
    below = getattr(app.conf.maps[0], "below", {})
    theirs, ours = below.get("broker_transport_options") or {}, SETTINGS.get("broker_transport_options") or {}
    return [f"broker_transport_options.{name}: the app's {shown(theirs[name])} is not used, {shown(ours[name])} is; "
            f"say it with {prop}" for name, prop in PROPS.items()
            if name in theirs and name in ours and shown(theirs[name]) != shown(ours[name])]


def shown(value):
    return json.dumps(value if isinstance(value, (str, int, float)) else list(value), default=str)


def configured(sender, source, **kwargs):
    if isinstance(source.maps[0], Platform):
        return
    source.maps.insert(0, Platform(source))
    if "broker_url" in PLAIN and importlib.util.find_spec("redbeat"):
        # RedBeat would take broker_url, provider and all; below everything, so that the app's own choice wins
        source.maps.insert(-1, {"redbeat_redis_url": credentialed(PLAIN["broker_url"], False)})
