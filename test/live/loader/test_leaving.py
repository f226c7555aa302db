"""An app leaves Stalk: a plain worker with the settings of docs/leave.md goes on with what the loader's pods have left."""
import collections
import json
import time
from urllib.parse import quote

from harness import HERE, environment, python, until, worker
from moves import BASE, PREFIX, Move

BOTH = f"celery,reports,{BASE},{BASE}.reports"  # what waits has the names of Stalk, what is sent now those of the app
SEND = "import json; from left_app import *; from moving_app import *; print(json.dumps({}))"


class Left(Move):
    visible = 60  # longer than each countdown, as it is rendered: a plain worker runs what it holds for longer twice


def plain(move, name):
    """A pod of the app after Stalk: settings of the ConfigMap, and its user in the URLs."""
    settings = move.settings("old")
    login = f"redis://{quote('a')}:{quote('worker-old')}@"
    settings |= {key: settings[key].replace("redis://", login) for key in ("broker_url", "result_backend")}
    pod = environment(move.folder / name, {}, MOVING_RUNS=str(move.runs), MOVING_SIDE="left")
    pod = {key: value for key, value in pod.items() if not key.startswith(("STALK_", "CELERY_"))}
    file = move.folder / name / "settings.json"
    file.write_text(json.dumps(settings))
    return {**pod, "PYTHONPATH": str(HERE / "apps"), "LEFT": str(file), "STALK_RUN": str(move.folder / name)}


def test_a_plain_worker_ends_what_the_loader_has_sent_held_and_stored(tmp_path, stopping):
    move = Left(tmp_path, stopping)
    ours = move.worker("ours", "old")
    (early,) = move.send("[work.delay('early').id]", "old")
    until(lambda: move.noted("ends") == {"early": 1})
    (later,) = move.send("[work.apply_async(('later',), countdown=20).id]", "old")
    until(lambda: move.old.admin.hlen(f"{PREFIX}unacked") == 1)
    assert ours.stop() == 0
    ids, names = move.send("mixed('one')", "old")

    stopping.append(worker(plain(move, "theirs"), "left_app", "-Q", BOTH, pool="theirs"))
    more, others = python(plain(move, "web"), SEND.format("mixed('two')"))
    wanted = collections.Counter([*names, *others, "early", "later"])
    until(lambda: move.noted("ends") == wanted, 60)

    values = python(plain(move, "asks"), SEND.format(
        f"[app.AsyncResult(id).get(30) for id in {[early, later, *ids, *more]!r}]"), 120)
    time.sleep(1)
    assert values[:3] == ["early", "later", "one-work"]
    assert move.noted("begins") == wanted
    assert move.old.admin.hlen(f"{PREFIX}unacked") == 0
    assert [key for key in move.old.admin.keys("*") if not key.startswith(PREFIX)] == []
    assert move.old.denials() == []
