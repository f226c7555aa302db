from flask import Flask
from flask_limiter import Limiter
from limits import parse
from limits.storage import storage_from_string
from tried import PREFIX, URL, tried


def limited(strategy):
    app = Flask(__name__)
    options = {"key_prefix": f"{PREFIX}{strategy}"}
    limiter = Limiter(lambda: "me", app=app, storage_uri=URL, strategy=strategy, storage_options=options)

    @app.route("/")
    @limiter.limit("2 per hour")
    def page():
        return "ok"

    client = app.test_client()
    limit = parse("2 per hour")
    limiter.limiter.clear(limit, "me", "page")
    assert [client.get("/").status_code for _ in range(3)] == [200, 200, 429]
    assert limiter.limiter.get_window_stats(limit, "me") is not None


def fixed():
    """Flask-Limiter: fixed window"""
    limited("fixed-window")


def moving():
    """Flask-Limiter: moving window"""
    limited("moving-window")


def sliding():
    """Flask-Limiter: sliding window"""
    limited("sliding-window-counter")


def reset():
    """Flask-Limiter: `reset`"""
    storage = storage_from_string(URL, key_prefix=f"{PREFIX}reset")
    storage.incr("one", 60)
    assert storage.check()
    assert storage.reset() == 1


tried(fixed, moving, sliding, reset)
