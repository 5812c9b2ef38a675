"""Papers drawn beforehand, so that a thousand starts in one second draw nothing, and how often items were asked."""

import logging
import secrets
import time
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Case, F, IntegerField, When
from django.db.models.functions import Cast, Random
from django.utils import timezone

from exams import queries, steps
from exams.models import Bank, Paper, PaperMode, PaperState, PoolEntry, PreparedPaper, UncountedDraw
from exams.sampling import CannotFill

logger = logging.getLogger(__name__)
BATCH = 100
COUNTED_AT_ONCE = 500
LOTS = 2**31 - 1
LONGEST_RUN = 5.0  # seconds: other jobs of the same worker, such as handing in at the deadline, must not wait longer


def prepare_papers(*, paper: Paper, count: int, at: datetime | None = None) -> int:
    """Draw up to `count` papers beforehand, at most a hundred in this transaction; returns how many.

    Nothing for a paper that is not a published exam. Raises CannotFill.
    """
    with transaction.atomic():
        locked = Paper.objects.select_for_update(no_key=True).filter(
            pk=paper.pk, state=PaperState.PUBLISHED, mode=PaperMode.EXAM
        )
        found = locked.first()
        if found is None or count < 1:
            return 0
        plan = queries.plan_for(found)
        _lock_banks(section["bank"] for section in plan["sections"])
        seeds = [secrets.token_hex(16) for _ in range(min(count, BATCH))]
        moment = at or timezone.now()
        papers = queries.draw_many(plan, seeds)
        PreparedPaper.objects.bulk_create(
            PreparedPaper(paper=found, seed=seed, drawn=drawn, prepared_at=moment)
            for seed, drawn in zip(seeds, papers, strict=True)
        )
        _count(papers, 1)
        return len(papers)


def _lock_banks(ids: Iterable[int]) -> None:
    """Whoever changes counters holds their banks, in order: two that do so never wait for each other in a circle."""
    list(Bank.objects.select_for_update(no_key=True).filter(pk__in=set(ids)).order_by("pk").values_list("pk"))


def _count(papers: Iterable[list[list[Any]]], step: int) -> None:
    """Add `step` to the exposure of every item for each paper that asks it, and throw its lot again."""
    seen = Counter(version for drawn in papers for version, _points in drawn)
    by_times: dict[int, list[int]] = {}
    for version, times in seen.items():
        by_times.setdefault(times, []).append(version)
    lot = Cast(Random() * LOTS, IntegerField())
    for times, versions in sorted(by_times.items()):
        fewer = Case(When(exposure__lt=times, then=0), default=F("exposure") - times)
        exposure = F("exposure") + times if step > 0 else fewer
        for start in range(0, len(versions), 1000):
            some = PoolEntry.objects.filter(pk__in=versions[start : start + 1000])
            some.update(exposure=exposure, lot=lot)


def discard_prepared(*, paper: Paper, only_stale: bool = True) -> int:
    """Throw away, unseen, papers drawn beforehand that ask what is no longer ready, or all; returns how many."""
    which = f"AND {queries.stale_sql('p')}" if only_stale else ""
    lock = " FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    field: Any = PreparedPaper._meta.get_field("drawn")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM exams_preparedpaper WHERE id IN (SELECT p.id FROM exams_preparedpaper p"  # noqa: S608
                f" WHERE p.paper_id = %s {which}{lock}) RETURNING drawn",
                [paper.pk],
            )
            gone = [field.from_db_value(row[0], None, connection) for row in cursor.fetchall()]
        if gone:
            _lock_banks(section["bank"] for section in queries.plan_for(paper)["sections"])
            _count(gone, -1)
    return len(gone)


def count_draws(*, limit: int = COUNTED_AT_ONCE) -> int:
    """Count the items of papers that were drawn at the start; returns how many papers."""
    with transaction.atomic():
        rows = UncountedDraw.objects.select_related("attempt").order_by("pk")
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True, of=("self",))
        draws = list(rows[:limit])
        if draws:
            versions = {version for row in draws for version, _points in row.attempt.drawn}
            _lock_banks(PoolEntry.objects.filter(pk__in=versions).values_list("bank_id", flat=True).distinct())
            _count((row.attempt.drawn for row in draws), 1)
            UncountedDraw.objects.filter(pk__in=[row.pk for row in draws]).delete()
    return len(draws)


def keep_stock(*, paper_id: int | None = None, at: datetime | None = None) -> bool:
    """Count what was drawn, throw away what is stale, and draw what is missing, for every paper that is near (or for
    one). Stops after some seconds; returns whether there is more to do.
    """
    until = time.monotonic() + LONGEST_RUN
    while count_draws():
        if time.monotonic() > until:
            return True
    papers = Paper.objects.filter(state=PaperState.PUBLISHED, mode=PaperMode.EXAM).order_by("pk")
    for paper in papers.filter(pk=paper_id) if paper_id else papers:
        discard_prepared(paper=paper)
        if not _top_up(paper, at, until):
            return True
    return False


def _top_up(paper: Paper, at: datetime | None, until: float) -> bool:
    """Draw what is missing of one paper; returns whether there was time for all of it."""
    missing = steps.papers_wanted(paper, at) - queries.stock_of(paper)
    while missing > 0:
        if time.monotonic() > until:
            return False
        try:
            made = prepare_papers(paper=paper, count=missing, at=at)
        except CannotFill as short:
            logger.warning("exams: no papers of %s can be drawn beforehand: %s", paper.slug, short)
            return True
        if not made:
            return True
        missing -= made
    return True
