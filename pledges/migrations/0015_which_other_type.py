"""Letters of the type “other” say which, as the national layout asks. Those that are there say their title."""

from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Substr


def say_which(apps, _editor):
    apps.get_model("pledges", "LetterTemplate").objects.filter(pledge_type="other").update(
        pledge_type_text=Substr(F("title"), 1, 60)
    )


class Migration(migrations.Migration):
    dependencies = [("pledges", "0014_returned_with_a_reason")]

    operations = [
        migrations.AddField(
            "lettertemplate",
            "pledge_type_text",
            models.CharField(
                "which other type", max_length=60, blank=True, default="", help_text="Only, and always, for the type “other”."
            ),
            preserve_default=False,
        ),
        migrations.RunPython(say_which, migrations.RunPython.noop),
        migrations.AddConstraint(
            "lettertemplate",
            models.CheckConstraint(
                condition=Q(pledge_type="other") & ~Q(pledge_type_text="") | ~Q(pledge_type="other") & Q(pledge_type_text=""),
                name="template_type_text_of_other_types",
                violation_error_message="Say which other type it is; the six named types need no words.",
            ),
        ),
    ]
