"""Ways in which apps set the broker against the platform; prints {style: broker url that won}."""
import json
import os
import pickle
import sys
import types

from celery import Celery

OWN = "redis://own:1/9"
module = types.ModuleType("own_settings")
module.broker_url = OWN
module.BROKER_URL = OWN
sys.modules["own_settings"] = module
legacy = types.ModuleType("legacy_settings")
legacy.BROKER_URL = OWN
sys.modules["legacy_settings"] = legacy
namespaced = types.SimpleNamespace(CELERY_BROKER_URL=OWN, CELERY_TASK_ACKS_LATE=False)


def argument():
    return Celery("a", broker=OWN)


def before_first_use():
    app = Celery("b")
    app.conf.broker_url = OWN
    return app


def after_first_use():
    app = Celery("c")
    assert app.conf.task_acks_late
    app.conf.broker_url = OWN
    app.conf.update(broker_url=OWN, task_acks_late=False)
    return app


def from_object():
    app = Celery("d")
    app.config_from_object("own_settings")
    return app


def from_object_after_first_use():
    app = Celery("e")
    assert app.conf.task_acks_late
    app.config_from_object("own_settings", force=True)
    return app


def old_names():
    app = Celery("f")
    app.config_from_object("legacy_settings")
    return app


def namespace():
    app = Celery("g")
    app.config_from_object(namespaced, namespace="CELERY")
    return app


def environment():
    os.environ["OWN_SETTINGS"] = "own_settings"
    app = Celery("h")
    app.config_from_envvar("OWN_SETTINGS")
    return app


def setdefault_and_defaults():
    app = Celery("i")
    app.conf.setdefault("broker_url", OWN)
    app.add_defaults({"broker_url": OWN})
    return app


def second_app():
    assert Celery("j").conf.task_acks_late
    return Celery("k", broker=OWN, set_as_current=False)


def pickled():
    return pickle.loads(pickle.dumps(Celery("l", broker=OWN)))


def flask_factory():
    app = Celery("shop")
    app.config_from_object({"broker_url": OWN, "task_ignore_result": True})
    app.set_default()

    class FlaskTask(app.Task):
        def __call__(self, *args, **kwargs):
            return self.run(*args, **kwargs)

    app.Task = FlaskTask
    return app


STYLES = [argument, before_first_use, after_first_use, from_object, from_object_after_first_use, old_names, namespace,
          environment, setdefault_and_defaults, second_app, pickled, flask_factory]

if __name__ == "__main__":
    print(json.dumps({
        style.__name__: [(app := style()).conf.broker_url, app.conf.task_acks_late,
                         app.connection_for_write().hostname, "stalk.probe" in (app.finalize() or app.tasks)]
        for style in STYLES
    }))
