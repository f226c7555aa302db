"""The settings that the reference tenants are rendered with, as this Celery takes them."""
import os
import pathlib
import subprocess
import sys
import textwrap

import pytest
from harness import RUNTIME

ROOT = pathlib.Path(__file__).parents[3]
MAPS = sorted((ROOT / "test" / "reference" / "dist").glob("*/tenants/*/configmap-celery-settings.yaml"))


@pytest.mark.parametrize("path", MAPS, ids=lambda path: f"{path.parts[-4]}-{path.parts[-2]}")
def test_takes_all_rendered_settings(path):
    settings = textwrap.dedent(path.read_text().partition("settings.json: |\n")[2])
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(RUNTIME), "STALK_CELERY": settings}

    done = subprocess.run([sys.executable, "-c", "import stalk_celery"], env=env, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")


def test_finds_the_settings_of_every_environment():
    assert {path.parts[-4] for path in MAPS} == {"dev", "staging", "production"}
