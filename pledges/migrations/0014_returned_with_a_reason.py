"""A wording that a second person gives back says why."""

from django.db import migrations, models

from foundation.writeonce import lifting


class Migration(migrations.Migration):
    dependencies = [("pledges", "0013_registry_by_unit_kind")]

    operations = [
        lifting("pledges_letterversion"),
        migrations.AddField(
            "letterversion",
            "returned_because",
            models.CharField("returned because", max_length=500, blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            "letterversion",
            models.CheckConstraint(
                condition=models.Q(state="draft") | models.Q(returned_because=""), name="version_returned_is_a_draft"
            ),
        ),
    ]
