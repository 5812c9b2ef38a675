"""The name as typed goes: it stands in the sealed evidence, and in the record for as long as that stays."""

from django.db import migrations

from foundation.writeonce import lifting


class Migration(migrations.Migration):
    dependencies = [("pledges", "0007_keys_at_two_addresses")]

    operations = [
        lifting("pledges_signingevidence"),
        migrations.RemoveField("signingevidence", "typed_name"),
    ]
