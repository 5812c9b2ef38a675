"""The history of a unit, beside the audit log: what a coordinator may read about their own unit."""

from typing import Any

from django.utils import timezone

from organisations.models import Organisation, OrganisationEvent


def note(kind: str, organisation: Organisation, by: Any, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Write down one thing that happened, in the caller's transaction. The action has the entry in the audit log."""
    name = by.get_full_name() if by is not None else ""
    OrganisationEvent.objects.create(
        organisation=organisation, kind=kind, at=timezone.now(), actor=name[:150], before=before, after=after
    )
