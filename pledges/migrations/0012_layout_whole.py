"""The rest of the national layout: which other type, remarks."""

from django.db import migrations, models

from foundation.writeonce import lifting


class Migration(migrations.Migration):
    dependencies = [("pledges", "0011_registry_says_how_signed")]

    operations = [
        lifting("pledges_letterrecord"),
        migrations.AddField(
            "letterrecord", "pledge_type_text", models.CharField("which other type", max_length=60, blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            "letterrecord", "remarks", models.CharField("remarks", max_length=512, blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            "letterrecord",
            models.CheckConstraint(
                condition=models.Q(pledge_type="other") | models.Q(pledge_type_text=""),
                name="record_type_text_of_other_types",
            ),
        ),
    ]  # fmt: skip
