"""Who must be told what today, and who may not make it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import User
from foundation.workdays import Calendar, monday_of
from organisations.models import Membership, Organisation, Role
from programmes.models import (
    Digest,
    Enrolment,
    EnrolmentState,
    Outlook,
    ProgrammeState,
    Reminder,
    ReminderKind,
    Step,
    StepCompletion,
)
from programmes.statistics import SOON_DAYS, Standing, outlook

ASSIGNED_WITHIN_DAYS = 14
ESCALATE_AFTER_WORKING_DAYS = 5
OVERDUE_WITHIN_DAYS = 60
BY_HAND_PAUSE = timedelta(days=3)
COORDINATING: Sequence[str] = (Role.COORDINATOR, Role.TEACHER)


def chased() -> QuerySet[Enrolment]:
    """Enrolments that somebody may be reminded of: active, not through, in an open programme."""
    return Enrolment.objects.filter(
        state=EnrolmentState.ACTIVE,
        finished_at=None,
        programme__state=ProgrammeState.OPEN,
        user__is_active=True,
        due_on__isnull=False,
    )


def to_tell(kind: str, today: date, days: Calendar, limit: int) -> list[Enrolment]:
    """The next enrolments of which `kind` must be told today and was not yet, for this due date.

    What falls on days off is told on the last working day before; what is over, on the first after.
    """
    eve = days.next_after(today) - timedelta(days=1)
    windows: dict[ReminderKind, dict[str, Any]] = {
        ReminderKind.ASSIGNED: {
            "assignment__isnull": False,
            "enrolled_at__gte": timezone.make_aware(
                datetime.combine(today - timedelta(days=ASSIGNED_WITHIN_DAYS), datetime.min.time())
            ),
            "due_on__gte": today,
        },
        ReminderKind.DUE_SOON: {"due_on__gt": eve, "due_on__lte": eve + timedelta(days=SOON_DAYS)},
        ReminderKind.DUE: {"due_on__gte": today, "due_on__lte": eve},
        ReminderKind.OVERDUE: {"due_on__lt": today, "due_on__gte": today - timedelta(days=OVERDUE_WITHIN_DAYS)},
        ReminderKind.ESCALATED: {
            "due_on__lte": _working_days_before(today, ESCALATE_AFTER_WORKING_DAYS, days),
            "due_on__gte": today - timedelta(days=OVERDUE_WITHIN_DAYS),
        },
    }
    told = Reminder.objects.filter(enrolment=OuterRef("pk"), kind=kind, due_on=OuterRef("due_on"))
    found = chased().filter(**windows[ReminderKind(kind)]).exclude(Exists(told))
    return list(found.select_related("programme", "organisation").order_by("pk")[:limit])


def _working_days_before(today: date, number: int, days: Calendar) -> date:
    """The latest day after which `number` working days have passed before today's end."""
    day = today
    while days.count(day, today) < number:
        day -= timedelta(days=1)
    return day


def managers_of(units: Iterable[Organisation]) -> dict[int, list[int]]:
    """{unit id: the managers of the nearest unit, itself or above, that has some}. One statement."""
    chains = {unit.pk: [int(part) for part in reversed((unit.path or "").split("/")) if part] for unit in units}
    wanted = {pk for chain in chains.values() for pk in chain}
    rows = Membership.objects.current().filter(organisation__in=wanted, role=Role.MANAGER, user__is_active=True)
    by_unit: dict[int, list[int]] = {}
    for unit_id, user_id in rows.order_by("pk").values_list("organisation_id", "user_id"):
        by_unit.setdefault(unit_id, []).append(user_id)
    return {pk: next((by_unit[above] for above in chain if above in by_unit), []) for pk, chain in chains.items()}


# ── The forecast ─────────────────────────────────────────────────────────────────────────────────────
def standings(enrolments: Sequence[Enrolment]) -> dict[int, Standing]:
    """What the forecast knows of each, two statements whatever their number."""
    steps = dict(
        Step.objects.filter(programme_id__in={e.programme_id for e in enrolments})
        .values_list("programme_id")
        .annotate(n=Count("pk"))
    )
    done = dict(
        StepCompletion.objects.filter(enrolment__in=[e.pk for e in enrolments])
        .values_list("enrolment_id")
        .annotate(n=Count("pk"))
    )
    return {
        e.pk: Standing(
            timezone.localdate(e.enrolled_at), e.due_on or date.max, steps.get(e.programme_id, 0), done.get(e.pk, 0)
        )
        for e in enrolments
    }


def changed_outlooks(after: int, limit: int, today: date, days: Calendar) -> tuple[int, dict[int, list[int]]]:
    """Look at the next enrolments: the id of the last one (0 if there are no more), and whose outlook is another now,
    as {outlook: enrolment ids}."""
    fields = ("programme_id", "enrolled_at", "due_on", "outlook")
    people = list(chased().filter(pk__gt=after).order_by("pk").only(*fields)[:limit])
    changed: dict[int, list[int]] = {}
    cache: dict[Standing, int] = {}
    known = standings(people)
    for enrolment in people:
        standing = known[enrolment.pk]
        if standing not in cache:
            cache[standing] = outlook(standing, today, days)
        if cache[standing] != enrolment.outlook:
            changed.setdefault(cache[standing], []).append(enrolment.pk)
    return (people[-1].pk if people else 0), changed


# ── The weekly summary ───────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Summary:
    """What one coordinator is told once a week of one unit with all below it."""

    unit: Organisation
    unfinished: int
    doubtful: int
    overdue: int
    names: list[str]

    @property
    def late(self) -> int:
        """Who may not make it, or has not."""
        return self.doubtful + self.overdue


MOST_NAMES = 8


def to_digest(today: date, limit: int) -> dict[int, list[Organisation]]:
    """The next coordinators and class teachers who have no summary of this week yet, each with the units that they look
    after, in their order; those that lie in another unit of theirs are told of there. Two statements."""
    sent = Digest.objects.filter(user_id=OuterRef("user_id"), week_on=monday_of(today))
    rows = Membership.objects.current().filter(role__in=COORDINATING, user__is_active=True).exclude(Exists(sent))
    people = list(rows.order_by("user_id").values_list("user_id", flat=True).distinct()[:limit])
    theirs = Membership.objects.current().filter(role__in=COORDINATING, user__in=people)
    found: dict[int, list[Organisation]] = {user_id: [] for user_id in people}
    for row in theirs.select_related("organisation").order_by("user_id", "organisation__path"):
        units = found[row.user_id]
        if not units or not (row.organisation.path or "").startswith(units[-1].path or "-"):
            units.append(row.organisation)
    return found


def summary(unit: Organisation) -> Summary:
    """How the people of a unit stand. Two statements."""
    people = chased().filter(organisation__in=Organisation.objects.within(unit))
    counts = dict(people.order_by().values_list("outlook").annotate(n=Count("pk")))
    doubtful, overdue = counts.get(Outlook.DOUBTFUL.value, 0), counts.get(Outlook.OVERDUE.value, 0)
    worst = people.filter(outlook__gte=Outlook.DOUBTFUL).order_by("-outlook", "due_on", "pk").select_related("user")
    names = [str(row.user) for row in worst[:MOST_NAMES]]
    return Summary(unit, sum(counts.values()), doubtful, overdue, names)


# ── By hand ──────────────────────────────────────────────────────────────────────────────────────────
def last_reminders(enrolment_ids: Sequence[int]) -> dict[int, datetime]:
    """When each was last reminded by hand, in any of their programmes. One statement."""
    people = dict(Enrolment.objects.filter(pk__in=enrolment_ids).values_list("pk", "user_id"))
    rows = Reminder.objects.filter(kind=ReminderKind.BY_HAND, enrolment__user_id__in=set(people.values()))
    last = dict(rows.order_by().values_list("enrolment__user_id").annotate(last=Max("sent_at")))
    return {pk: last[user_id] for pk, user_id in people.items() if user_id in last}


def hold_people(user_ids: Iterable[int]) -> None:
    """Let one transaction at a time remind these people."""
    rows = User.objects.select_for_update(no_key=True).filter(pk__in=sorted(user_ids)).order_by("pk")
    list(rows.values_list("pk", flat=True))
