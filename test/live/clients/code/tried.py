"""Runs operations of a client and prints what became of each: `works`, or what Redis refused."""
import asyncio
import contextlib
import inspect
import json
import os
import re
import sys

import redis

URL, PREFIX = os.environ["CLIENT_URL"], os.environ.get("CLIENT_PREFIX", "")


def refused(error):
    """What Redis says, also behind a library's own exception; None where it is no refusal."""
    while error is not None:
        text = str(error)
        if "ACL failure in script: User" in text:  # Redis 8 names the command, older ones do not
            return "refused: a command in a script"
        command = re.search(r"run the '([^']+)' command", text)
        if command:
            return f"refused: {command[1].upper()}"
        if "one of the channels" in text:
            return "refused: a pattern"
        if "one of the keys" in text:
            return "refused: a key without the prefix"
        if "executing the script can't run this command" in text:
            return "refused: a command in a script"
        error = error.__cause__ or error.__context__
    return None


def outcome(operation):
    try:
        answer = operation()
        if inspect.isawaitable(answer):
            asyncio.get_event_loop().run_until_complete(answer)
    except Exception as error:  # whatever a library makes of it
        said = refused(error)
        if said is None:
            raise
        return said
    return "works"


def tried(*operations):
    asyncio.set_event_loop(asyncio.new_event_loop())
    with contextlib.redirect_stdout(sys.stderr):  # libraries print, too
        answer = {one.__doc__: outcome(one) for one in operations}
    print(json.dumps(answer))


def connection():
    return redis.Redis.from_url(URL, decode_responses=True)
