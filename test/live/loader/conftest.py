import contextlib
import signal

import pytest
from harness import STOPS, Server, celery, environment


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: "cron" in item.name)  # a minute passes while the others run


@pytest.fixture(scope="session", autouse=True)
def cron(tmp_path_factory, request):
    """A beat without users or isolation, as on a Redis of someone else."""
    if not any("cron" in item.name for item in request.session.items):
        yield None
        return
    folder = tmp_path_factory.mktemp("cron")
    running = Server(folder / "redis")
    running.admin.execute_command("ACL", "SETUSER", "default", "on", "nopass", "~*", "&*", "+@all")
    settings = {"broker_url": running.url(), "result_backend": running.url(), "beat_schedule": {
        "minutely": {"task": "stalk.probe", "schedule": "*  * * * *", "options": {"queue": "beaten"}}}}
    beat = celery(environment(folder / "beat", settings), "plain_app", "beat")
    yield running, beat
    beat.stop()
    running.stop()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("redis"))
    yield running
    running.stop()


@pytest.fixture
def stopping():
    """Processes put here are stopped, all at once."""
    processes = []
    yield processes
    for child in processes:
        with contextlib.suppress(ProcessLookupError):
            child.process.send_signal(signal.SIGTERM)
    for child in processes:
        child.process.wait(STOPS)
