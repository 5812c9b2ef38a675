"""Who reports for which unit, and the form in which a case is reported."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, Group
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm

from cms import registry
from organisations.models import Kind, Organisation, OrganisationQuerySet, Role
from organisations.queries import led_by

# Members of these see every unit's reports, even if they report for one themselves.
SEES_ALL = (registry.EDITOR, registry.REVIEWER, registry.CREDIT_OFFICE, registry.AUDITOR)
REPORTING_KINDS = (Kind.CITY, Kind.DEPARTMENT, Kind.SECTION, Kind.SCHOOL, Kind.ENTERPRISE)


def reporting_units(user: AbstractBaseUser) -> OrganisationQuerySet:
    """The units that `user` reports for."""
    return led_by(user, roles=[Role.REPORTER])


def reports_only_for(user: AbstractBaseUser | AnonymousUser) -> set[int] | None:
    """Ids of the units that a reporter is confined to; None for everybody who is not confined.

    Kept on the user for the rest of the request: a listing asks once per row.
    """
    if not isinstance(user, AbstractBaseUser) or getattr(user, "is_superuser", False):
        return None
    known: set[int] | bool | None = getattr(user, "_reports_only_for", False)
    if known is False:
        groups = set(Group.objects.filter(user=user.pk).values_list("name", flat=True))
        confined = registry.REPORTER in groups and not groups & set(SEES_ALL)
        known = set(reporting_units(user).values_list("pk", flat=True)) if confined else None
        user._reports_only_for = known  # type: ignore[attr-defined]
    return known  # type: ignore[return-value]


def is_of_credit_office(user: AbstractBaseUser) -> bool:
    """Whether `user` reviews cases. Kept on the user for the rest of the request."""
    known: bool | None = getattr(user, "_is_of_credit_office", None)
    if known is None:
        known = Group.objects.filter(user=user.pk, name=registry.CREDIT_OFFICE).exists()
        user._is_of_credit_office = known  # type: ignore[attr-defined]
    return known


class CasePageForm(WagtailAdminPageForm):
    """A reporter chooses among the own units; a case that goes out is complete."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields.get("department")
        if field is None:
            return
        units = reports_only_for(self.for_user) if self.for_user else None
        choices = Organisation.objects.filter(kind__in=REPORTING_KINDS, closed_on=None)
        field.queryset = (choices if units is None else choices.filter(pk__in=units)).order_by("path")
        if units and len(units) == 1:
            field.initial = next(iter(units))

    def clean(self) -> dict[str, Any]:
        """A draft may be unfinished. What is submitted or published may not."""
        data: dict[str, Any] = super().clean()
        if self.is_deferred_validation or data.get("kind") != "sanction":
            return data
        if not data.get("basis"):
            self.add_error("basis", _("A sanction must name the documents it rests on."))
        until = data.get("publish_until")
        if until and until < timezone.localdate():
            self.add_error("publish_until", _("This day has passed: the case would come down at once."))
        return data
