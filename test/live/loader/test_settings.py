"""What the loader takes, refuses and makes win, before any Redis is there."""
import importlib
import json
import subprocess
import sys

import pytest
from celery import __version__
from harness import RUNTIME, environment, python, worker

PLATFORM = {"broker_url": "redis://platform:6379/0", "result_backend": "redis://platform:6379/0", "task_acks_late": True}
GOOD = json.dumps(PLATFORM)
BAD_INPUT = [
    ({"STALK_CELERY": "{"}, "STALK_CELERY is not JSON: "),
    ({"STALK_CELERY": "[]"}, "STALK_CELERY must be a JSON object, got list"),
    ({"STALK_CELERY": GOOD, "STALK_USER": "a"}, "STALK_USER and STALK_PASSWORD_FILE must be set together"),
    ({"STALK_CELERY": GOOD, "STALK_PASSWORD_FILE": "/x"}, "STALK_USER and STALK_PASSWORD_FILE must be set together"),
    ({"STALK_CELERY": GOOD, "STALK_USER": "a", "STALK_PASSWORD_FILE": "/no/such"},
     "STALK_PASSWORD_FILE: cannot read /no/such"),
    ({"STALK_CELERY": '{"broker_url": "redis://u:p@h/0"}', "STALK_USER": "a", "STALK_PASSWORD_FILE": __file__},
     "STALK_CELERY: broker_url must hold no credentials, as STALK_USER is set"),
    ({"STALK_CELERY": GOOD, "STALK_CREDENTIALS_IN": "URL"}, "STALK_CREDENTIALS_IN must be url or absent, got URL"),
    ({"STALK_CELERY": GOOD, "CELERY_BROKER_URL": "redis://other:6379/0"},
     "CELERY_BROKER_URL in the environment differs from STALK_CELERY"),
    ({"STALK_CELERY": "{}", "CELERY_RESULT_BACKEND": "redis://other:6379/0"},
     "CELERY_RESULT_BACKEND in the environment differs from STALK_CELERY"),
    *[({"STALK_CELERY": json.dumps({"beat_schedule": {"nightly": {"task": "t", "schedule": bad}}})},
       "STALK_CELERY: beat_schedule.nightly.schedule must be five cron fields or seconds, got ")
      for bad in ("0 0 * *", "61 * * * *", "@daily", None, -5, [])],
]


@pytest.mark.parametrize(("variables", "message"), BAD_INPUT)
def test_fails_at_import_with_one_clear_line(variables, message, monkeypatch):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.syspath_prepend(RUNTIME)
    for module in [name for name in sys.modules if name.startswith("stalk_")]:  # each reads its variables at import
        monkeypatch.delitem(sys.modules, module)

    with pytest.raises(ValueError) as refused:
        importlib.import_module("stalk_celery")

    assert str(refused.value).startswith(message)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("command", [
    ("-m", "celery", "-A", "plain_app", "worker"), ("-c", "import plain_app; plain_app.add.delay(1, 2)")])
def test_fails_with_the_clear_line_last_in_a_worker_and_in_a_producer(command, tmp_path):
    env = environment(tmp_path, PLATFORM, STALK_USER="a")

    done = subprocess.run([sys.executable, *command], env=env, capture_output=True, text=True)

    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1].endswith("STALK_USER and STALK_PASSWORD_FILE must be set together")


def test_a_plugin_reads_its_own_setting_under_the_name_that_it_knows(tmp_path):
    env = environment(tmp_path, {**PLATFORM, "singleton_lock_expiry": 60, "once": {"backend": "own"}})
    code = "import celery, json\nconf = celery.Celery().conf\nprint(json.dumps([conf.singleton_lock_expiry, conf.ONCE]))"

    assert python(env, code) == [60, {"backend": "own"}]


def test_a_worker_says_which_settings_no_celery_reads(server, tmp_path, stopping):
    server.admin.execute_command("ACL", "SETUSER", "default", "on", "nopass", "~*", "&*", "+@all")

    pool = worker(environment(tmp_path, {"broker_url": server.url(), "singleton_lock_expiry": 60}), "plain_app")

    stopping.append(pool)
    assert f"celery {__version__} has no setting singleton_lock_expiry: only a plugin reads it" in pool.output


def test_a_producer_whose_first_act_needs_its_tasks_gets_the_loader(tmp_path):
    """Its app is made ready before it has settings: it asks for the loader, whose own task makes it ask again."""
    code = "import celery, json\n@celery.shared_task\ndef first(): pass\nfirst.name\n" \
           "print(json.dumps('stalk.probe' in celery.current_app.tasks))"

    assert python(environment(tmp_path, PLATFORM), code) is True


def test_fails_in_the_wait_program_with_the_line_alone(tmp_path):
    env = environment(tmp_path, PLATFORM, STALK_USER="a")

    done = subprocess.run([sys.executable, RUNTIME / "stalk_celery.py", "wait"], env=env, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (1, "STALK_USER and STALK_PASSWORD_FILE must be set together\n")


READ_ONLY = ["unshare", "--mount", "sh", "-c", 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"']
may_mount = subprocess.run([*READ_ONLY[:4], "mount --bind /mnt /mnt"], capture_output=True).returncode == 0
needs_mounts = pytest.mark.skipif(not may_mount, reason="only root may mount a folder read-only")


@pytest.mark.parametrize("program", [("worker", "--pool=solo"), ("beat", "--schedule=schedule")], ids=lambda p: p[0])
@pytest.mark.parametrize("where", ["missing", pytest.param("read-only", marks=needs_mounts)])
def test_a_process_exits_with_78_and_one_line_where_it_cannot_write_its_health_file(
        program, where, tmp_path, tmp_path_factory):
    env = environment(tmp_path, {**PLATFORM, "broker_url": "memory://", "result_backend": "cache+memory://"})
    folder = "/no/such/folder" if where == "missing" else str(tmp_path)
    before = [*READ_ONLY, folder] if where == "read-only" else []

    done = subprocess.run([*before, sys.executable, "-m", "celery", "-A", "plain_app", *program],
                          cwd=tmp_path_factory.mktemp("schedule"), env={**env, "STALK_RUN": folder},
                          capture_output=True, text=True, timeout=30)

    assert done.returncode == 78
    assert done.stderr.strip().splitlines()[-1].endswith(f"STALK_RUN: cannot write to {folder}")


@needs_mounts
def test_beat_ends_at_start_with_the_file_it_cannot_write_as_its_last_line(tmp_path):
    env = environment(tmp_path / "run", {**PLATFORM, "broker_url": "memory://", "result_backend": "cache+memory://"})
    folder = tmp_path / "data"
    folder.mkdir()

    done = subprocess.run([*READ_ONLY, folder, sys.executable, "-m", "celery", "-A", "plain_app", "beat",
                           f"--schedule={folder}/schedule.db"], env=env, capture_output=True, text=True, timeout=30)

    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1].endswith(f"Read-only file system: '{folder}/schedule.db.new'")


def test_platform_settings_win_in_every_style_of_app(tmp_path):
    styles = python(environment(tmp_path, PLATFORM), "import runpy; runpy.run_module('styles', run_name='__main__')")

    assert len(styles) == 12
    assert {style: found for style, found in styles.items()
            if found != [PLATFORM["broker_url"], True, "platform", True]} == {}


def test_a_django_app_keeps_its_own_settings_below_the_platforms(tmp_path):
    settings = {**PLATFORM, "broker_transport_options": {"visibility_timeout": 99},
                "beat_schedule": {"platform": {"task": "t", "schedule": "*/10 * * * *", "options": {"queue": "q"}}}}

    found = python(environment(tmp_path, settings), """
import json, shop.celery
conf = shop.celery.app.conf
print(json.dumps([conf.broker_url, conf.result_backend, conf.task_default_queue, conf.broker_transport_options,
                  {k: str(v["schedule"]) for k, v in conf.beat_schedule.items()}]))""")

    assert found == [
        PLATFORM["broker_url"], PLATFORM["result_backend"], "shop",
        {"visibility_timeout": 99, "max_connections": 7, "queue_order_strategy": "round_robin"},
        {"own": "3600", "platform": "<crontab: */10 * * * * (m/h/dM/MY/d)>"}]


def test_urls_in_the_environment_get_the_credentials_and_a_child_process_takes_them(tmp_path):
    env = environment(tmp_path, PLATFORM, user="us er", password="p@ss/word;:%", CELERY_BROKER_URL=PLATFORM["broker_url"],
                      CELERY_RESULT_BACKEND=PLATFORM["result_backend"])
    child = "import os, json, plain_app; c = plain_app.app.conf; c.task_acks_late; " \
            "print(json.dumps([c.broker_url, c.result_backend]))"
    code = f"""
import json, os, pathlib, subprocess, sys, plain_app
conf = plain_app.app.conf
conf.task_acks_late
pathlib.Path(os.environ["STALK_PASSWORD_FILE"]).write_text("rotated")
child = json.loads(subprocess.run([sys.executable, "-c", {child!r}], capture_output=True, check=True).stdout)
print(json.dumps([conf.broker_url, conf.result_backend, os.environ["CELERY_BROKER_URL"], *child]))"""

    by_provider = python(env, code)
    (tmp_path / "password").write_text("p@ss/word;:%\n")
    by_url = python({**env, "STALK_CREDENTIALS_IN": "url"}, code)

    old, new = "redis://us%20er:p%40ss%2Fword%3B%3A%25@platform:6379/0", "redis://us%20er:rotated@platform:6379/0"
    live = "redis://platform:6379/0?credential_provider=stalk_credentials.Credentials"
    assert by_url == [old, old, old, new, new]
    assert by_provider == (by_url if __version__ < "5.6" else [live] * 5)


