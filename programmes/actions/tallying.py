"""Keep the figures by unit: differences are inserted beside the facts, folded later, and compared with the truth."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.db import connection, transaction
from django.db.models import Count, Exists, Max, OuterRef, Q, Subquery, Sum
from django.utils import timezone

from foundation.audit.actions import record
from foundation.workdays import monday_of
from programmes import queries
from programmes.models import Enrolment, EnrolmentState, Step, StepCompletion, UnitStepTally, WeekTally

KEY = ("programme_id", "organisation_id", "measure", "step_id")
FOLD_KEYS = 500


def insert_differences(*, differences: Counter[queries.TallyKey]) -> None:
    """Add differences to the figures, in the caller's transaction. Nobody waits for anybody."""
    UnitStepTally.objects.bulk_create(
        [UnitStepTally(**dict(zip(KEY, key, strict=True)), people=n) for key, n in differences.items() if n]
    )


def held(*, enrolment_ids: Sequence[int]) -> dict[int, Enrolment]:
    """These enrolments, kept until the transaction ends from whoever would count or move them."""
    found = Enrolment.objects.select_for_update(no_key=True).filter(pk__in=enrolment_ids).order_by("pk")
    fields = ("programme_id", "organisation_id", "state", "finished_at", "outlook")
    return {enrolment.pk: enrolment for enrolment in found.only(*fields)}


def count_people(*, enrolment_ids: Sequence[int], sign: int) -> None:
    """Take these enrolments into the figures (1) or out of them (-1), as they stand now, before or after a change."""
    held(enrolment_ids=enrolment_ids)
    people = Enrolment.objects.filter(pk__in=enrolment_ids)
    differences = queries.derived_tallies(people, StepCompletion.objects.filter(enrolment_id__in=enrolment_ids))
    insert_differences(differences=Counter({key: sign * n for key, n in differences.items()}))


def fold_tallies(*, limit: int = FOLD_KEYS) -> int:
    """Make one row out of the rows of each of at most `limit` keys; returns how many keys that were."""
    rows = UnitStepTally.objects.values(*KEY).annotate(rows=Count("pk")).filter(rows__gt=1).order_by()[:limit]
    keys = [{name: row[name] for name in KEY} for row in rows]
    for key in keys:
        _fold(key)
    return len(keys)


@transaction.atomic
def _fold(key: dict[str, int | str | None]) -> None:
    found = UnitStepTally.objects.filter(**key)
    if connection.features.has_select_for_update_skip_locked:
        found = found.select_for_update(skip_locked=True)
    people = dict(found.values_list("pk", "people"))
    if len(people) < 2:
        return
    UnitStepTally.objects.filter(pk__in=people).delete()
    total = sum(people.values())
    if total:
        UnitStepTally.objects.create(**key, people=total)


@transaction.atomic
def rebuild_tallies(*, check: bool = False) -> int:
    """Compare the figures of all units with the enrolments; returns how many differed. `check` changes nothing."""
    finished = _mend_finished(check=check)
    truth = queries.derived_tallies(Enrolment.objects.all(), StepCompletion.objects.all())
    stored = queries.stored_tallies()
    wrong = Counter({key: truth[key] - stored[key] for key in {*truth, *stored} if truth[key] != stored[key]})
    if (wrong or finished) and not check:
        insert_differences(differences=wrong)
        record(
            action="programmes.rebuild_tallies",
            actor=None,
            target="programmes.UnitStepTally:all",
            details={"figures": len(wrong), "finished": finished},
        )
    return len(wrong) + finished


def _mend_finished(*, check: bool) -> int:
    """`finished_at` follows from the completions: how many enrolments it was wrong for."""
    done = StepCompletion.objects.filter(enrolment=OuterRef(OuterRef("pk")), step=OuterRef("pk"))
    missing = Exists(Step.objects.filter(programme=OuterRef("programme_id")).filter(~Exists(done)))
    any_step = Exists(Step.objects.filter(programme=OuterRef("programme_id")))
    early = Enrolment.objects.filter(~any_step | missing, finished_at__isnull=False)
    late = Enrolment.objects.filter(any_step & ~missing, finished_at=None)
    if check:
        return early.count() + late.count()
    moments = StepCompletion.objects.filter(enrolment=OuterRef("pk")).order_by().values("enrolment")
    last = Subquery(moments.annotate(last=Max("completed_at")).values("last"))
    return early.update(finished_at=None) + late.update(finished_at=last, outlook=0)


@transaction.atomic
def keep_week(*, today: date) -> int:
    """Write down what each unit has reached this week, over what stood there; returns how many units."""
    week = monday_of(today)
    figures: dict[tuple[int, int], list[int]] = {}
    sums = UnitStepTally.objects.filter(measure__in=("enrolled", "finished")).values_list(*KEY[:3])
    for programme, unit, measure, people in sums.annotate(n=Sum("people")).order_by():
        figures.setdefault((programme, unit), [0, 0])[measure == "finished"] = max(people, 0)
    WeekTally.objects.bulk_create(
        [
            WeekTally(programme_id=key[0], organisation_id=key[1], week_on=week, enrolled=n[0], finished=n[1])
            for key, n in figures.items()
        ],
        batch_size=2000,
        update_conflicts=True,
        unique_fields=["programme", "organisation", "week_on"],
        update_fields=["enrolled", "finished"],
    )
    return len(figures)


@transaction.atomic
def fill_weeks(*, since: date, today: date) -> int:
    """Write down the weeks before this one that nobody wrote down, as the enrolments of today tell them; returns how
    many rows that were. A new site has its trend from the first day, and one that was switched off has no gap."""
    rows: list[WeekTally] = []
    week, this = monday_of(since), monday_of(today)
    while week < this:
        end = timezone.make_aware(datetime.combine(week + timedelta(days=7), time()))
        people = Enrolment.objects.filter(state=EnrolmentState.ACTIVE, enrolled_at__lt=end).order_by()
        figures = people.values_list("programme_id", "organisation_id").annotate(
            n=Count("pk"), through=Count("pk", filter=Q(finished_at__lt=end))
        )
        rows += [
            WeekTally(programme_id=programme, organisation_id=unit, week_on=week, enrolled=n, finished=through)
            for programme, unit, n, through in figures
        ]
        week += timedelta(days=7)
    before = WeekTally.objects.count()
    WeekTally.objects.bulk_create(rows, batch_size=2000, ignore_conflicts=True)
    return WeekTally.objects.count() - before
