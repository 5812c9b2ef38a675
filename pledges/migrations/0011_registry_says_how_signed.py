"""The registry's row says how a letter was signed."""

from django.db import migrations, models
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce

LEVELS = ("submitted", "confirmed", "reauthenticated", "drawn", "on_the_spot", "passkey")
WORDS = (
    "signed with the accepting unit, which sent it",
    "confirmed while signed in",
    "password entered again and name typed",
    "password entered again and signature drawn",
    "signed on the spot, identity confirmed by the coordinator",
    "signed with a passkey of the signer's device",
)


def fill(apps, _editor):
    """From the evidence; letters that departments sent have none."""
    found = apps.get_model("pledges", "SigningEvidence").objects.filter(letter=OuterRef("letter")).values("level")
    apps.get_model("pledges", "RegistryRow").objects.update(level=Coalesce(Subquery(found[:1]), F("level")))


class Migration(migrations.Migration):
    dependencies = [("pledges", "0010_limited_letters_leave")]

    operations = [
        migrations.AddField(
            "registryrow",
            "level",
            models.CharField("level", max_length=16, choices=list(zip(LEVELS, WORDS, strict=True)), default=LEVELS[0]),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddConstraint(
            "registryrow",
            models.CheckConstraint(condition=models.Q(level__in=LEVELS), name="registry_level_known"),
        ),
    ]
