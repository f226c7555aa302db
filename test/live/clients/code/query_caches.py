import django
from django.conf import settings
from tried import PREFIX, URL, tried

settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "cachalot", "cacheops"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    CACHES={"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": URL, "KEY_PREFIX": PREFIX}},
    CACHEOPS_REDIS=URL,
    CACHEOPS_PREFIX=lambda query: f"{PREFIX}ops:",
    CACHEOPS={"auth.group": {"ops": {"fetch", "get", "count"}, "timeout": 60}},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
)
django.setup()

import cacheops.redis  # noqa: E402  (Django wants its settings first)
from cacheops import cached, invalidate_all, invalidate_model  # noqa: E402  (Django wants its settings first)
from django.contrib.auth.models import Group, Permission  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

call_command("migrate", verbosity=0)


def queries(ask):
    with CaptureQueriesContext(connection) as seen:
        ask()
    return len(seen)


def cachalot():
    """django-cachalot: queries, invalidated by writes"""
    ask = lambda: list(Permission.objects.filter(codename="add_group"))  # noqa: E731
    ask()
    assert queries(ask) == 0
    Permission.objects.filter(codename="add_group").update(name="changed")
    assert queries(ask) == 1


def ops():
    """django-cacheops: queries, invalidated by writes"""
    cached_queries("one")


def told():
    """django-cacheops: the same, with `is_redis_7` in place of its own"""
    cacheops.redis.is_redis_7 = lambda: True
    cached_queries("told")


def cached_queries(name):
    group = Group.objects.create(name=name)
    ask = lambda: list(Group.objects.filter(name=name).cache())  # noqa: E731
    ask()
    assert queries(ask) == 0
    group.name = f"{name} changed"
    group.save()
    assert ask() == []

    @cached(timeout=10, extra="lock")
    def costly():
        return 1

    assert [costly(), costly()] == [1, 1]


def model():
    """django-cacheops: `invalidate_model`"""
    list(Group.objects.filter(name="two").cache())
    invalidate_model(Group)


def everything():
    """django-cacheops: `invalidate_all`"""
    invalidate_all()


tried(cachalot, ops, told, model, everything)
