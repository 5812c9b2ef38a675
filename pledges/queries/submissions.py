"""Keys of departments' systems and what came with them."""

from datetime import datetime

from django.db.models import QuerySet

from pledges.models import ApiKey, Submission


def api_key(prefix: str, at: datetime) -> ApiKey | None:
    """The key with this beginning, if it is in force at `at`."""
    found = ApiKey.objects.filter(prefix=prefix, revoked_at=None, expires_at__gt=at)
    return found.select_related("organisation").first()


def submission(organisation_id: int, source_code: str) -> Submission | None:
    """What a unit sent under its own code."""
    found = Submission.objects.filter(organisation_id=organisation_id, source_code=source_code)
    return found.select_related("letter__publication").first()


def submissions_of(organisation_id: int, after: int) -> QuerySet[Submission]:
    """What a unit sent, in order, behind the row `after`. One statement."""
    found = Submission.objects.filter(organisation_id=organisation_id, pk__gt=after)
    return found.select_related("letter").order_by("pk")
