"""Persons' letters that departments sent as "limited" were public with their unit; a job takes them out, once."""

from django.db import migrations
from django.utils import timezone


def queue(apps, _editor):
    """Queue the job if there is any: it tells the log, which a migration cannot."""
    letters = apps.get_model("pledges", "Letter").objects.filter(subject="person", submission__isnull=False)
    if letters.filter(publication__isnull=False, record__publication_type="limited").exists():
        now, kind = timezone.now(), "pledges.hide_limited"
        apps.get_model("jobs", "Job").objects.get_or_create(
            key=f"{kind}:1", defaults={"kind": kind, "run_at": now, "created_at": now}
        )


class Migration(migrations.Migration):
    dependencies = [("pledges", "0009_handlers_let_go"), ("jobs", "0001_initial")]

    operations = [migrations.RunPython(queue, migrations.RunPython.noop)]
