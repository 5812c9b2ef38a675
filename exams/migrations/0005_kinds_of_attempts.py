"""Attempts that used up a make-up granted before say so."""

from django.db import migrations


def tell_makeups(apps, schema_editor):
    """Beyond the attempts allowed, the n-th attempt that counts used the n-th grant."""
    Attempt, Grant = apps.get_model("exams", "Attempt"), apps.get_model("exams", "ExtraAttempt")
    grants = {}
    for grant in Grant.objects.order_by("granted_at", "pk"):
        grants.setdefault((grant.enrolment_id, grant.paper_id), []).append(grant.pk)
    for (enrolment, paper), ids in grants.items():
        attempts = Attempt.objects.filter(enrolment_id=enrolment, paper_id=paper).exclude(state="void")
        beyond = attempts.select_related("paper").order_by("number")
        for attempt, grant in zip([*beyond][beyond.first().paper.attempts_allowed :] if beyond else [], ids):
            Attempt.objects.filter(pk=attempt.pk).update(kind="makeup", grant_id=grant)


class Migration(migrations.Migration):

    dependencies = [
        ('exams', '0004_sitting_rules'),
    ]

    operations = [migrations.RunPython(tell_makeups, migrations.RunPython.noop)]
