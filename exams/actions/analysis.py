"""Have the item analysis of a paper worked out and kept."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from exams.models import Paper, PaperAnalysis
from foundation.audit.actions import record
from foundation.jobs.actions import enqueue

ANALYSE_JOB = "exams.analyse"


@transaction.atomic
def request_analysis(*, by: AbstractBaseUser | None, paper: Paper, sample: str) -> None:
    """Queue it; the page shows it when it is there."""
    enqueue(kind=ANALYSE_JOB, payload={"paper": paper.pk, "sample": sample})
    record(action="exams.request_analysis", actor=by, target=f"exams.Paper:{paper.pk}", details={"sample": sample})


def keep_analysis(*, paper_id: int, sample: str, found: dict[str, Any], at: datetime | None = None) -> PaperAnalysis:
    """Keep what was worked out in the place of what was kept before, in the job's transaction."""
    kept, _created = PaperAnalysis.objects.update_or_create(
        paper_id=paper_id, sample=sample, defaults={"found": found, "made_at": at or timezone.now()}
    )
    return kept
