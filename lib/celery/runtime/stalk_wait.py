"""Waits until Redis answers to this pod's own user: `python3 stalk_celery.py wait`, in an init container."""
import socket
import ssl
import time
from urllib.parse import urlsplit

import kombu
from redis import exceptions, sentinel
from stalk_credentials import REDIS, credentialed, live
from stalk_settings import PLAIN, SETTINGS

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
    certificates = SETTINGS.get("redis_backend_use_ssl" if name == "result_backend" else "broker_use_ssl")
    bounded = {**options, "socket_timeout": 5, "socket_connect_timeout": 5}
    try:
        connection = kombu.Connection(credentialed(url, live("broker_url", url)), transport_options=bounded,
                                      ssl=certificates or False)
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
