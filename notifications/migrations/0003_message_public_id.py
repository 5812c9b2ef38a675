"""Messages are addressed by a random id; those written before get one each."""

from django.db import migrations, models

import foundation.identifiers


def give_each_message_an_id(apps, schema_editor):
    """A default is computed once for all rows, so it must be done row by row."""
    message_model = apps.get_model("notifications", "Message")
    for message in message_model.objects.filter(public_id=None).iterator():
        message.public_id = foundation.identifiers.code12()
        message.save(update_fields=["public_id"])


class Migration(migrations.Migration):

    dependencies = [("notifications", "0002_delivery")]

    operations = [
        migrations.AddField("message", "public_id", models.CharField(max_length=12, null=True, editable=False)),
        migrations.RunPython(give_each_message_an_id, migrations.RunPython.noop),
        migrations.AlterField(
            "message",
            "public_id",
            models.CharField(
                default=foundation.identifiers.code12,
                editable=False,
                max_length=12,
                unique=True,
                verbose_name="public id",
            ),
        ),
    ]
