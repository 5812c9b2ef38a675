"""Background work: archives, and forgetting."""

from typing import Any

from django.utils import timezone, translation

from foundation.jobs.registry import Payload
from privacy import actions, files, queries
from privacy.models import DataRequest


def make_export(payload: Payload) -> tuple[str, int] | None:
    """Write the archive outside any transaction; None if the request is gone."""
    asked = DataRequest.objects.filter(pk=payload["request"], state="waiting").select_related("user").first()
    if asked is None:
        return None
    with translation.override("zh-hans"):
        data = files.archive(queries.sections_of(asked.user), made_at=timezone.now())
    return files.keep(data), len(data)


def keep_export(payload: Payload, result: Any) -> None:
    """Hand the archive over."""
    if result is not None:
        actions.keep_export(request_id=payload["request"], file=result[0], size=result[1])


def prune(_payload: Payload) -> None:
    """Once a day."""
    actions.prune()
