"""Tables of letters that units have brought."""

from collections.abc import Iterable

from django.db.models import Count, QuerySet

from accounts.models import User
from organisations.models import Organisation
from organisations.queries import led_by
from pledges.models import ImportRow, LetterImport


def import_units(user: User) -> QuerySet[Organisation]:
    """The units in whose name `user` may bring letters: departments and the like, never classes and schools' parts."""
    found = led_by(user).filter(closed_on=None, kind__in=("city", "department", "section", "school", "enterprise"))
    return found.order_by("path")


def imports_of(user: User) -> QuerySet[LetterImport]:
    """What the units that `user` leads have brought, newest first."""
    found = LetterImport.objects.filter(organisation__in=import_units(user).order_by().values("pk"))
    return found.select_related("organisation", "by").order_by("-pk")


def row_counts(batch: LetterImport) -> dict[str, int]:
    """How many rows are new, unchanged and wrong. One statement."""
    return dict(ImportRow.objects.filter(batch=batch).values_list("state").annotate(n=Count("pk")).order_by())


def unit_named(text: str) -> Organisation | None:
    """A unit by its unified code, its own code or its name; None if there is none, or more than one."""
    for field in ("uscc", "code", "name"):
        found: Iterable[Organisation] = Organisation.objects.filter(**{field: text})[:2]
        units = list(found)
        if len(units) == 1:
            return units[0]
    return None
