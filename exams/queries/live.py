"""What an invigilator sees of a session: who is in, how far, and what was noticed. Never an answer, never a score."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Window
from django.db.models.functions import Now, RowNumber

from exams.models import Attempt, AttemptState, EventKind, PaperStep, Response, Session, SittingEvent
from exams.queries.invigilation import presence_of
from exams.queries.sittings import is_answer

LOST_AFTER = timedelta(seconds=90)
STATES = ("not-begun", "in", "locked", "lost", "done", "void")
SORTS = ("unit", "name", "seen", "left")


class SessionUnknown(LookupError):
    """No such session, or not this person's to supervise: told alike."""


def sessions_of(user: AbstractBaseUser, *, manages: bool) -> QuerySet[Session]:
    """The sessions that `user` may supervise: as one of the invigilators, or all of them as exam manager."""
    sessions = Session.objects.select_related("paper").annotate(now=Now()).order_by("-opens_at", "pk")
    if manages:
        return sessions
    link = Session.invigilators.through._default_manager.filter(session=OuterRef("pk"), user=user.pk)
    return sessions.filter(Exists(link))


def session_of(user: AbstractBaseUser, public_id: str, *, manages: bool) -> Session:
    """One of these, with its paper and `now` from the database. One statement. Raises SessionUnknown."""
    session = sessions_of(user, manages=manages).filter(public_id=public_id).first()
    if session is None:
        raise SessionUnknown(public_id)
    return session


def attempt_in(session: Session, public_id: str) -> Attempt:
    """One attempt of the session, with whom it belongs to, presence and `now`. Raises SessionUnknown."""
    attempt = (
        Attempt.objects.filter(session=session, public_id=public_id)
        .select_related("enrolment__user", "enrolment__organisation", "paper", "presence")
        .annotate(now=Now())
        .first()
    )
    if attempt is None:
        raise SessionUnknown(public_id)
    return attempt


def candidates(session: Session) -> QuerySet[Any]:
    """Enrolments that belong to the session: of its units, unless another session names a unit nearer to them or
    they have sat the paper there; and whoever has an attempt in it. Two statements so far, with `attempt_id`,
    `attempt_state`, `locked_at`, `seen_at` and `left_count` of the newest attempt."""
    own = list(session.units.values_list("path", flat=True))
    others = Session.objects.filter(paper=session.paper_id).exclude(pk=session.pk)
    below = others.filter(_under("units__path", own) & ~Q(units__path__in=own)).values_list("units__path", flat=True)
    inside, nearer = _under("organisation__path", own), _under("organisation__path", below)
    here = Attempt.objects.filter(enrolment=OuterRef("pk"), session=session).order_by("-number")
    there = Attempt.objects.filter(enrolment=OuterRef("pk"), session__paper=session.paper_id).exclude(session=session)
    model: Any = Attempt._meta.get_field("enrolment").related_model
    asked = PaperStep.objects.filter(paper=session.paper_id).values("step__programme")
    found: QuerySet[Any] = (
        model._default_manager.filter(
            Exists(here) | Q(inside, programme__in=asked, state="active") & ~nearer & ~Exists(there)
        )
        .select_related("user", "organisation")
        .annotate(
            attempt_id=Subquery(here.values("pk")[:1]),
            attempt_state=Subquery(here.values("state")[:1]),
            locked_at=Subquery(here.values("locked_at")[:1]),
            seen_at=Subquery(here.values("presence__seen_at")[:1]),
            left_count=Subquery(here.values("presence__left_count")[:1]),
        )
    )
    return found


def _under(field: str, paths: Iterable[str | None]) -> Q:
    """Rows whose `field` is one of `paths` or below one of them; none without paths."""
    found = Q(pk__in=[])
    for path in paths:
        found |= Q(**{f"{field}__startswith": path})
    return found


def in_state(state: str, now: datetime) -> Q:
    """Candidates in one of STATES; everybody for another word."""
    is_open, lost = Q(attempt_state=AttemptState.OPEN), Q(seen_at__lt=now - LOST_AFTER)
    return {
        "not-begun": Q(attempt_id=None),
        "in": is_open,
        "locked": is_open & Q(locked_at__isnull=False),
        "lost": is_open & lost,
        "done": Q(attempt_state__isnull=False) & ~Q(attempt_state__in=[AttemptState.OPEN, AttemptState.VOID]),
        "void": Q(attempt_state=AttemptState.VOID),
    }.get(state, Q())


def tally(found: QuerySet[Any], now: datetime) -> dict[str, int]:
    """How many candidates are in each of STATES, and "all". One statement."""
    counts = {f"n{n}": Count("pk", filter=in_state(state, now)) for n, state in enumerate(STATES)}
    row = found.aggregate(every=Count("pk"), **counts)
    return {"all": row["every"], **{state: row[f"n{n}"] for n, state in enumerate(STATES)}}


def named(found: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Candidates whose name, user name, employee number or unit contains `text`."""
    who = Q(user__name__icontains=text) | Q(user__username__icontains=text) | Q(user__employee_number__icontains=text)
    return found.filter(who | Q(organisation__name__icontains=text))


def ordered(found: QuerySet[Any], sort: str) -> QuerySet[Any]:
    """By unit, name, who was seen longest ago, or who left the page most often."""
    first = {
        "name": [],
        "seen": [F("seen_at").asc(nulls_last=True)],
        "left": [F("left_count").desc(nulls_last=True)],
    }.get(sort, ["organisation__path"])
    return found.order_by(*first, "user__name", "pk")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One row of the invigilator's table."""

    enrolment: Any
    attempt: Attempt | None
    state: str
    answered: int = 0
    total: int = 0
    seen_ago: int | None = None
    waiting: int = 0
    is_lost: bool = False
    is_away: bool = False
    left_count: int = 0
    left_seconds: int = 0
    events: Counter[str] = field(default_factory=Counter)


def rows_of(found: Sequence[Any], now: datetime) -> list[Candidate]:
    """A page of candidates with progress, connection and what was noticed. Three statements however many."""
    ids = [row.attempt_id for row in found if row.attempt_id]
    attempts = Attempt.objects.select_related("presence").in_bulk(ids)
    answered, noticed = answered_in(ids), events_in(ids)
    return [_row(row, attempts.get(row.attempt_id), answered, noticed, now) for row in found]


def row_of(attempt: Attempt, now: datetime) -> Candidate:
    """One attempt as a row (`attempt_in` brought what it needs). Two statements."""
    return _row(attempt.enrolment, attempt, answered_in([attempt.pk]), events_in([attempt.pk]), now)


def _row(
    enrolment: Any,
    attempt: Attempt | None,
    answered: Mapping[int, int],
    noticed: Mapping[int, Counter[str]],
    now: datetime,
) -> Candidate:
    if attempt is None:
        return Candidate(enrolment, None, "not-begun")
    presence = presence_of(attempt)
    is_open = attempt.state == AttemptState.OPEN
    ago = max(0, int((now - presence.seen_at).total_seconds())) if presence.seen_at else None
    state = "void" if attempt.state == AttemptState.VOID else "done"
    if is_open:
        state = "locked" if attempt.locked_at else "in"
    return Candidate(
        enrolment=enrolment,
        attempt=attempt,
        state=state,
        answered=answered.get(attempt.pk, 0),
        total=len(attempt.drawn),
        seen_ago=ago if is_open else None,
        waiting=presence.waiting,
        is_lost=is_open and ago is not None and ago > LOST_AFTER.total_seconds(),
        is_away=is_open and presence.away_since is not None,
        left_count=presence.left_count,
        left_seconds=presence.left_seconds,
        events=noticed.get(attempt.pk, Counter()),
    )


def answered_in(attempt_ids: Sequence[int]) -> dict[int, int]:
    """How many questions of each attempt have an answer that counts. One statement."""
    newest = Window(RowNumber(), partition_by=["attempt_id", "position"], order_by=[F("epoch").desc(), F("seq").desc()])
    rows = Response.objects.filter(attempt__in=attempt_ids, late=False).annotate(age=newest).filter(age=1)
    return dict(Counter(pk for pk, text in rows.values_list("attempt_id", "value") if is_answer(json.loads(text))))


def events_in(attempt_ids: Sequence[int]) -> dict[int, Counter[str]]:
    """How often each kind of event was noticed in each attempt; 0 for the others. One statement."""
    rows = SittingEvent.objects.filter(attempt__in=attempt_ids).values("attempt_id", "kind").annotate(n=Count("pk"))
    found: dict[int, Counter[str]] = {}
    for row in rows:
        found.setdefault(row["attempt_id"], Counter())[row["kind"]] = row["n"]
    return found


def events_of(attempt: Attempt) -> QuerySet[SittingEvent]:
    """Everything noticed in one attempt, newest first, with who did it."""
    return SittingEvent.objects.filter(attempt=attempt).select_related("by").order_by("-at", "-pk")


def minutes_given(attempt_ids: Sequence[int]) -> dict[int, int]:
    """Minutes that invigilators have given to each attempt so far. One statement."""
    rows = SittingEvent.objects.filter(attempt__in=attempt_ids, kind=EventKind.EXTENDED).values("attempt_id")
    return {row["attempt_id"]: row["s"] // 60 for row in rows.annotate(s=Sum("seconds"))}
