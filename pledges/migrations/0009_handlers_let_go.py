"""The name of an organisation's handler, the scan and the authorisation may go before their row."""

from django.db import migrations, models

from foundation.writeonce import lifting


class Migration(migrations.Migration):
    dependencies = [("pledges", "0008_typed_name_only_sealed")]

    operations = [
        lifting("pledges_organisationsigning"),
        migrations.RemoveConstraint("organisationsigning", "signing_member_or_authorised"),
        migrations.AddConstraint(
            "organisationsigning",
            models.CheckConstraint(
                condition=models.Q(is_member=True) | ~models.Q(authorisation="") | models.Q(handler_name=""),
                name="signing_member_or_authorised",
            ),
        ),
    ]
