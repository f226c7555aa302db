"""What the loader replaces: only where it is needed, and never without a word where it may not fit."""
import json
import subprocess
import sys

import celery as installed
import kombu
import pytest
from harness import HERE, celery, environment, python, until, worker

DOCS = HERE.parents[2] / "docs" / "runtime.md"
URL = "redis://platform:6379/0"
SENTINEL = {"broker_url": "sentinel://platform:26379/0", "broker_transport_options": {"master_name": "primary"}}
MOVING = json.dumps({"side": "old", "settings": {"broker_url": URL, "result_backend": URL}})
REPLACED = """
import json, sys
{before}
import stalk_celery
from stalk_patches import REPLACEMENTS, WAS, differences
{after}
"""
REFRESH, DEADLINES = (f"kombu.transport.redis:Channel.{name}"
                      for name in ("maybe_refresh_binding_expiry", "keyprefix_binding_deadlines"))
KNOWN = f"celery {installed.__version__}, kombu {kombu.__version__}, redis "
QUIET = "docs/runtime.md"


def replaced(folder, settings, before="", after="print(json.dumps(list(WAS)))", **extra):
    return python(environment(folder, settings, **extra), REPLACED.format(before=before, after=after))


@pytest.mark.parametrize(("settings", "imported"), [({"broker_url": URL, "result_backend": URL}, False), (SENTINEL, True)],
                         ids=["without", "with"])
def test_the_code_for_sentinels_is_there_with_sentinels_alone(settings, imported, tmp_path):
    after = "from redis.sentinel import Sentinel\n" \
            "print(json.dumps(['stalk_sentinel' in sys.modules, Sentinel.discover_master.__module__]))"

    found = replaced(tmp_path, settings, after=after)

    assert found == [imported, "stalk_sentinel" if imported else "redis.sentinel"]


@pytest.mark.parametrize("extra", [{}, {"STALK_QUEUE": "tenant-a"}, {"STALK_QUEUE_SERVES": "tenant-a,tenant-b"}],
                         ids=["none", "one", "many"])
def test_queue_names_are_replaced_for_tenants_that_have_them(extra, tmp_path):
    found = replaced(tmp_path, {"broker_url": URL}, **extra)

    assert ("celery.app.amqp:AMQP.queues_cls" in found) == bool(extra)


def test_results_and_sends_are_replaced_while_a_broker_moves_alone(tmp_path):
    stays, moves = (replaced(tmp_path, {"broker_url": URL}, **extra) for extra in ({}, {"STALK_MOVING": MOVING}))

    assert sorted(set(moves) - set(stays)) == [
        "celery.app.amqp:AMQP._create_task_sender",
        *(f"celery.backends.redis:RedisBackend.{name}" for name in ("_wait_for_pending", "delete", "get", "mget", "set"))]
    assert python(environment(tmp_path, {"broker_url": URL}), "import json, sys, stalk_celery\n"
                  "print(json.dumps([name for name in sys.modules if name in ('stalk_moving', 'stalk_carry')]))") == []


@pytest.mark.parametrize(("moving", "why"), [
    ("{", "STALK_MOVING is not JSON"),
    ({"side": "both"}, "STALK_MOVING: side must be old or new"),
    ({"side": "old", "settings": {}}, "STALK_MOVING: settings must be those of the other side, with broker_url"),
    ({"side": "old", "settings": {"broker_url": URL}, "user": "a"}, "user and password_file must be set together"),
], ids=["json", "side", "settings", "user"])
def test_what_a_pod_is_told_of_the_other_side_is_checked_at_import(moving, why, tmp_path):
    told = moving if isinstance(moving, str) else json.dumps(moving)

    with pytest.raises(AssertionError, match=why):
        replaced(tmp_path, {"broker_url": URL}, STALK_MOVING=told)


def test_a_replacement_waits_for_the_version_that_needs_it(tmp_path):
    needs = {"broker_url": URL, "control_exchange": "tenant-a"}

    found = replaced(tmp_path, needs)
    older = replaced(tmp_path, needs, before="import kombu; kombu.__version__ = '5.6.99'")

    assert {REFRESH, DEADLINES} & set(found) == ({REFRESH, DEADLINES} if kombu.VERSION >= (5, 7) else set())
    assert {REFRESH, DEADLINES} & set(older) == set()


def test_everything_looks_as_it_did_when_it_was_replaced(tmp_path):
    after = "print(json.dumps(differences(['', 'workers', 'processes of a pool'])))"

    found = replaced(tmp_path, {**SENTINEL, "control_exchange": "a"}, after=after, STALK_QUEUE="tenant-a", STALK_METRICS="1",
                     STALK_MOVING=MOVING)

    assert found == []


def test_a_function_that_is_gone_is_told_and_not_replaced(tmp_path):
    before = "from kombu.transport.redis import Channel; del Channel._subscribe"
    after = "print(json.dumps([any('_subscribe' in name for name in WAS), differences([''])]))"

    found = replaced(tmp_path, {"broker_url": URL}, before, after)

    assert found == [False, ["kombu.transport.redis.Channel._subscribe is not there: Stalk does not replace it"]]


def test_what_goes_together_is_replaced_together_or_not_at_all(tmp_path):
    before = "from kombu.transport.redis import QoS; append = QoS.append; del QoS.restore_by_tag"
    after = "print(json.dumps([QoS.append is append, [name for name in WAS if 'QoS.a' in name], differences([''])]))"

    found = replaced(tmp_path, {"broker_url": URL}, before, after)

    assert found == [True, [], [
        "kombu.transport.redis.QoS.restore_by_tag is not there: Stalk does not replace it, nor what goes with it "
        "(kombu.transport.redis.QoS.append, kombu.transport.redis.QoS.ack)"]]


def test_a_celery_that_is_too_old_is_refused_at_import(tmp_path):
    before = "import celery; celery.VERSION, celery.__version__ = celery.VERSION._replace(major=5, minor=4), '5.4.0'"
    code = REPLACED.format(before=before, after="")

    ended = subprocess.run([sys.executable, "-c", code], env=environment(tmp_path, {"broker_url": URL}),
                           capture_output=True, text=True, check=False)

    assert ended.stderr.splitlines()[-1].startswith(
        "ValueError: celery 5.4.0 is older than 5.5, the oldest that Stalk supports")


def test_a_worker_and_beat_say_their_versions_in_one_line(server, tmp_path, stopping):
    server.admin.execute_command("ACL", "SETUSER", "default", "on", "nopass", "~*", "&*", "+@all")
    settings = {"broker_url": server.url()}
    pool = worker(environment(tmp_path / "worker", settings), "plain_app", "--pool=solo")
    beat = celery(environment(tmp_path / "beat", settings), "plain_app", "beat", "--loglevel=INFO")
    stopping.extend([pool, beat])

    beat.says("stalk runtime ")

    for output in (pool.output, beat.output):
        assert output.count("stalk runtime ") == output.count(KNOWN) == 1
        assert QUIET not in output


def test_a_worker_says_once_that_kombu_is_newer_and_that_a_function_looks_different(server, tmp_path, stopping):
    server.admin.execute_command("ACL", "SETUSER", "default", "on", "nopass", "~*", "&*", "+@all")
    pool = worker(environment(tmp_path, {"broker_url": server.url()}), "newer_app", "--pool=solo")
    stopping.append(pool)

    server.admin.client_kill_filter(_type="pubsub")
    pool.says("Connection to broker lost")
    until((tmp_path / "consuming").exists)

    lines = [line for line in pool.output.splitlines() if QUIET in line and "is not there" not in line]  # an older kombu
    warned = [line.partition("] ")[2].partition("(")[0] for line in lines]
    assert warned == ["kombu 99.1.0 is newer than the versions that Stalk was tested with ",
                      "kombu.transport.redis.QoS.append looks different "]


def cells(what, reason, upstream, until, where, process, since):
    """A row of the table as the page has it."""
    owner, _, number = upstream.removeprefix("https://github.com/").rpartition("/")
    at_least = f"{what.partition('.')[0]} {'.'.join(map(str, since))} or newer" if since else ""
    applies = ", ".join(filter(None, (where, f"in {process}" if process else "", at_least))) or "always"
    link = f"[{owner.rpartition('/')[0]}#{number}]({upstream})" if number and owner else upstream
    return [f"`{what.replace(':', '.')}`", reason, applies, link, until]


def test_the_page_has_the_table_of_replacements(tmp_path):
    fields = ("what", "reason", "upstream", "until", "where", "process", "since")
    after = f"print(json.dumps([{{name: getattr(one, name) for name in {fields}}} for one in REPLACEMENTS]))"
    wanted = [cells(**one) for one in replaced(tmp_path, {}, after=after)]
    section = DOCS.read_text().partition("\n## Replacements\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]

    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]

    assert rows == wanted, "\n".join(f"| {' | '.join(row)} |" for row in wanted)
