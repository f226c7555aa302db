"""Entries for any scheduler: one that is sent, one whose send fails, one whose time does not come."""
import importlib.util
import os

from celery import Celery, Task

if importlib.util.find_spec("django_celery_beat"):
    import django
    from django.conf import settings

    file = os.path.join(os.environ["STALK_RUN"], "db.sqlite3")
    settings.configure(DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": file}}, USE_TZ=True,
                       INSTALLED_APPS=["django_celery_beat"], DEFAULT_AUTO_FIELD="django.db.models.AutoField")
    django.setup()

app = Celery("beaten_app")


class Unsendable(Task):
    def apply_async(self, *args, **kwargs):
        raise RuntimeError("no")


@app.task(name="shop.good")
def good():
    pass


@app.task(name="shop.unsendable", base=Unsendable)
def unsendable():
    pass


app.conf.beat_schedule = {"often": {"task": "shop.good", "schedule": 1},
                          "broken": {"task": "shop.unsendable", "schedule": 1},
                          "hourly": {"task": "shop.good", "schedule": 3600}}
