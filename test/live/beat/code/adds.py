"""What an app's web does to schedule a task while beat runs: `adds.py redbeat` or `adds.py database`."""
import sys


def in_redis():
    from celery.schedules import schedule
    from quiet import app
    from redbeat import RedBeatSchedulerEntry

    entry = RedBeatSchedulerEntry("added", "quiet.noted", schedule(2), options={"queue": "added"}, app=app).save()
    found = RedBeatSchedulerEntry.from_key(entry.key, app=app)
    assert found.schedule.run_every.total_seconds() == 2
    assert found.rank is not None


def in_database():
    import django

    django.setup()
    from django_celery_beat.models import IntervalSchedule, PeriodicTask

    every, _ = IntervalSchedule.objects.get_or_create(every=2, period=IntervalSchedule.SECONDS)
    PeriodicTask.objects.create(name="added", task="quiet.noted", interval=every, queue="added")


{"redbeat": in_redis, "database": in_database}[sys.argv[1]]()
print("true")
