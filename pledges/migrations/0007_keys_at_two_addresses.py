"""A key may stand under two addresses after the site has moved; letters are found by their last day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pledges", "0006_registry_by_whole_codes")]

    operations = [
        migrations.AlterField(
            model_name="issuerkey", name="multibase", field=models.CharField(max_length=60, verbose_name="public key")
        ),
        migrations.AddField(
            model_name="issuerkey",
            name="revoked_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="revoked"),
        ),
        migrations.AddIndex(
            model_name="letter", index=models.Index(fields=["state", "valid_until"], name="letter_by_last_day")
        ),
    ]
