"""The registry knows what kind of unit stands behind a letter; a job fills in old rows, their words and figures, once."""

from django.db import migrations, models
from django.utils import timezone

KINDS = (
    ("department", "government departments"),
    ("school", "schools and universities"),
    ("enterprise", "enterprises and other organisations"),
    ("other", "other units"),
)


def queue(apps, _editor):
    """Queue the job if there is any row: it makes words, which a migration cannot."""
    if apps.get_model("pledges", "RegistryRow").objects.exists():
        now, kind = timezone.now(), "pledges.rewrite_list"
        apps.get_model("jobs", "Job").objects.get_or_create(
            key=f"{kind}:unit-kinds", defaults={"kind": kind, "run_at": now, "created_at": now}
        )


def column():
    """Until the job has run, old rows say "other"."""
    return models.CharField("kind of unit", max_length=10, choices=KINDS, default="other")


class Migration(migrations.Migration):
    dependencies = [("pledges", "0012_layout_whole"), ("jobs", "0001_initial")]

    operations = [
        migrations.AddField("registryrow", "unit_kind", column(), preserve_default=False),
        migrations.AddField("registrytally", "unit_kind", column(), preserve_default=False),
        migrations.AddConstraint(
            "registryrow",
            models.CheckConstraint(
                condition=models.Q(unit_kind__in=[kind for kind, _words in KINDS]), name="registry_unit_kind_known"
            ),
        ),
        migrations.AddIndex(
            "registryrow", models.Index(fields=["unit_kind", "publication"], name="registry_by_unit_kind")
        ),
        migrations.RunPython(queue, migrations.RunPython.noop),
    ]
