"""As broker.sh, from a worker of a Redis that somebody else runs: as its user, with its settings, without its app.

What INFO does not tell this user is left out. Each command is a JSON list, in a list of as many bytes as the first
argument says: not every API server can close stdin.
"""
import contextlib
import json
import os
import sys

import kombu
import redis
import stalk_celery  # noqa: F401  its patches make kombu's connections what the worker's are
from stalk_credentials import credentialed, live
from stalk_plain import plain_client
from stalk_settings import PLAIN, SETTINGS

URL = PLAIN["broker_url"]


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def main(commands):
    options = SETTINGS.get("broker_transport_options") or {}
    url = credentialed(URL, live("broker_url", URL))
    with kombu.Connection(url, transport_options=options) as broker, plain_client(broker.default_channel) as client:
        with contextlib.suppress(redis.exceptions.ResponseError):
            for name, value in client.info().items():
                print(f"{name}:{value}")
        print("@@stalk")
        pipe = client.pipeline(transaction=False)
        for command in commands:
            pipe.execute_command(*command)
        for answer in pipe.execute(raise_on_error=False):
            print(text(answer))


main(json.loads(sys.stdin.buffer.read(int(sys.argv[1]))))
sys.stdout.flush()
os._exit(0)  # whatever threads the imports started
