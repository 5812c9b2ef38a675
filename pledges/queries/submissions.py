"""Keys of departments' systems and what came with them."""

from collections.abc import Collection
from datetime import datetime

from pledges.importers import Row
from pledges.models import ApiKey, Fulfilment, Submission

MOST = 900


def api_key(prefix: str, at: datetime) -> ApiKey | None:
    """The key with this beginning, if it is in force at `at`."""
    found = ApiKey.objects.filter(prefix=prefix, revoked_at=None, expires_at__gt=at)
    return found.select_related("organisation").first()


def submissions_by_code(organisation_id: int, codes: Collection[str]) -> dict[str, Submission]:
    """What a unit sent under these codes of its own. One statement for each thousand."""
    found: dict[str, Submission] = {}
    ordered = sorted(codes)
    for start in range(0, len(ordered), MOST):
        rows = Submission.objects.filter(
            organisation_id=organisation_id, source_code__in=ordered[start : start + MOST]
        ).select_related("letter")
        found |= {row.source_code: row for row in rows}
    return found


def newest_fulfilments(letter_ids: Collection[int]) -> dict[int, Fulfilment]:
    """The newest finding about each of these letters that has one. One statement for each thousand."""
    found: dict[int, Fulfilment] = {}
    ordered = sorted(letter_ids)
    for start in range(0, len(ordered), MOST):
        rows = Fulfilment.objects.filter(event__letter__in=ordered[start : start + MOST]).select_related("event")
        found |= {row.event.letter_id: row for row in rows.order_by("pk")}
    return found


def has_news(row: Row, newest: Fulfilment | None) -> bool:
    """The row says of a letter how it was kept, and the newest finding says something else."""
    if not row.fulfilment_status:
        return False
    if newest is None:
        return True
    told = (row.fulfilment_status, row.unfulfilled_content, row.sanction_content)
    day = row.status_decided_on or newest.decided_on
    return (*told, day) != (newest.status, newest.unfulfilled_content, newest.sanction_content, newest.decided_on)
