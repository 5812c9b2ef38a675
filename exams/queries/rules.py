"""By which rules somebody stands to a paper: attempts left, session, grants, extra time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Exists, JSONField, OuterRef
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now
from django.utils import timezone

from exams.models import Attempt, AttemptKind, AttemptState, ExtraAttempt, Paper, PaperStep, PreparedPaper, SittingRules


@dataclass(frozen=True, slots=True)
class SessionView:
    """The session that somebody belongs to."""

    id: int
    name: str
    place: str
    opens_at: datetime
    closes_at: datetime
    code: str


@dataclass(frozen=True, slots=True)
class GrantView:
    """A make-up or deferral that is not used and not over."""

    id: int
    kind: str
    opens_at: datetime | None
    closes_at: datetime | None

    def rank(self, now: datetime) -> tuple[bool, bool, float, int]:
        """Deferrals come first, then what is open, then what opens next."""
        opens = self.opens_at.timestamp() if self.opens_at else 0.0
        return self.kind != AttemptKind.DEFERRED, bool(self.opens_at and self.opens_at > now), opens, self.id


@dataclass(frozen=True, slots=True)
class Rules:
    """How one enrolment stands to the paper of one step, at `now` (the database's clock unless the caller said).

    `used` counts what was begun in turn or deferred, `makeups` what is granted beyond and neither used nor over;
    `grant` is the one of these, or the deferral, that is in force now or next.
    """

    paper: Paper
    sitting: SittingRules
    now: datetime
    used: int
    makeups: int
    last_number: int
    last_handed_in: datetime | None
    open_attempt_id: int | None
    has_prepared: bool
    session: SessionView | None = None
    grant: GrantView | None = None
    extra: timedelta = timedelta()

    @property
    def regular_left(self) -> int:
        """Attempts left without any grant."""
        return max(0, self.paper.attempts_allowed - self.used)

    @property
    def extra_minutes(self) -> int:
        """The person's extra time in whole minutes."""
        return int(self.extra.total_seconds()) // 60

    @property
    def deferral(self) -> GrantView | None:
        """The deferral that is in force, if there is one."""
        return self.grant if self.grant and self.grant.kind == AttemptKind.DEFERRED else None

    @property
    def left(self) -> int:
        """Attempts left, granted ones included."""
        return max(self.regular_left, int(self.deferral is not None)) + self.makeups


def rules_of(*, step_id: int, enrolment_id: int, at: datetime | None = None) -> Rules | None:
    """The rules as of `at` (the database's now), or None if no paper is set for the step. One statement.

    What may be several rows comes as a JSON list in a column of its own and is weighed here, in Python.
    """
    row: Any = (
        PaperStep.objects.filter(step_id=step_id)
        .select_related("paper__sitting_rules")
        .annotate(
            now=Now(),
            has_prepared=Exists(PreparedPaper.objects.filter(paper=OuterRef("paper"))),
            **{name: _listed(name, enrolment_id) for name in SOURCES},
        )
        .first()
    )
    if row is None:
        return None
    now = at or row.now
    attempts, grants = row.attempts or [], [GrantView(**_read(grant)) for grant in row.grants or []]
    grants = sorted((g for g in grants if g.closes_at is None or g.closes_at > now), key=lambda g: g.rank(now))
    return Rules(
        paper=row.paper,
        sitting=getattr(row.paper, "sitting_rules", None) or SittingRules(paper=row.paper),
        now=now,
        used=sum(a["state"] != AttemptState.VOID and a["kind"] != AttemptKind.MAKEUP for a in attempts),
        makeups=sum(grant.kind == AttemptKind.MAKEUP for grant in grants),
        last_number=max((a["number"] for a in attempts), default=0),
        last_handed_in=max((_moment(a["at"]) for a in attempts if a["at"]), default=None),
        open_attempt_id=next((a["id"] for a in attempts if a["state"] == AttemptState.OPEN), None),
        has_prepared=row.has_prepared,
        session=_session(row.sessions or [], now),
        grant=grants[0] if grants else None,
        extra=_extra(row.extra_times or [], row.paper.minutes or 0, now),
    )


def _table(field: str) -> str:
    model: Any = Attempt._meta.get_field(field).related_model
    return str(model._meta.db_table)


def _sources() -> dict[str, tuple[dict[str, str], str, int]]:
    """{name: (fields of one object, FROM … WHERE …, how often the enrolment's id stands in it)}, for both databases.

    A grant counts that is the enrolment's own, or a unit's above its own if it has not passed; not if it is used.
    """
    enrolment = _table("enrolment")
    unit = str(ExtraAttempt._meta.get_field("organisation").related_model._meta.db_table)  # type: ignore[union-attr]
    home = f"(SELECT o.path FROM {enrolment} e JOIN {unit} o ON o.id = e.organisation_id WHERE e.id = %s)"  # noqa: S608
    own = "a.enrolment_id = %s AND a.paper_id = exams_paperstep.paper_id"
    window = {"opens_at": "x.opens_at", "closes_at": "x.closes_at"}
    return {
        "attempts": (
            {"id": "a.id", "number": "a.number", "state": "a.state", "kind": "a.kind", "at": "a.submitted_at"},
            f"exams_attempt a WHERE {own}",
            1,
        ),
        "sessions": (
            {"id": "x.id", "name": "x.name", "place": "x.place", "code": "x.code", "depth": "length(u.path)", **window},
            "exams_session x JOIN exams_session_units m ON m.session_id = x.id"
            f" JOIN {unit} u ON u.id = m.organisation_id"
            f" WHERE x.paper_id = exams_paperstep.paper_id AND {home} LIKE u.path || '%%'",
            1,
        ),
        "grants": (
            {"id": "x.id", "kind": "x.kind", **window},
            f"exams_extraattempt x LEFT JOIN {unit} u ON u.id = x.organisation_id"  # noqa: S608
            " WHERE x.paper_id = exams_paperstep.paper_id AND (x.enrolment_id = %s OR u.id IS NOT NULL"
            f" AND {home} LIKE u.path || '%%' AND NOT EXISTS (SELECT 1 FROM exams_attempt a WHERE {own}"
            " AND a.state = 'submitted' AND a.passed)) AND NOT EXISTS (SELECT 1 FROM exams_attempt a"
            " WHERE a.grant_id = x.id AND a.enrolment_id = %s AND a.state <> 'void')",
            4,
        ),
        "extra_times": (
            {"id": "x.id", "percent": "x.percent", "minutes": "x.minutes", "from": "x.from_on", "until": "x.until_on"},
            f"exams_extratime x WHERE x.user_id = (SELECT e.user_id FROM {enrolment} e WHERE e.id = %s)",  # noqa: S608
            1,
        ),
    }


SOURCES = ("attempts", "sessions", "grants", "extra_times")


@cache
def _listing(name: str, vendor: str) -> tuple[str, int]:
    """SQL that makes a JSON list of objects, and how often the enrolment's id stands in it."""
    fields, source, times = _sources()[name]
    pairs = ", ".join(f"'{key}', {column}" for key, column in fields.items())
    if vendor == "postgresql":
        return f"(SELECT jsonb_agg(jsonb_build_object({pairs})) FROM {source})", times  # noqa: S608
    return f"(SELECT json_group_array(json_object({pairs})) FROM {source})", times  # noqa: S608


def _listed(name: str, enrolment_id: int) -> RawSQL:
    sql, times = _listing(name, connection.vendor)
    return RawSQL(sql, [enrolment_id] * times, output_field=JSONField())  # noqa: S611  # our own text, ids as parameters


def _moment(text: str) -> datetime:
    """A moment out of JSON. SQLite writes them without the offset, which is UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _read(row: Mapping[str, Any]) -> dict[str, Any]:
    """`row` with its window as moments."""
    return {key: _moment(value) if key.endswith("_at") and value else value for key, value in row.items()}


def _session(rows: Sequence[Mapping[str, Any]], now: datetime) -> SessionView | None:
    """Of the nearest unit that has any: the one that is open or opens next, else the last."""
    depth = max((row["depth"] for row in rows), default=0)
    nearest = [_read(row) for row in rows if row["depth"] == depth]
    coming = sorted((r for r in nearest if r["closes_at"] > now), key=lambda r: (r["opens_at"], r["id"]))
    over = sorted(nearest, key=lambda r: (r["closes_at"], r["id"]))
    for row in [*coming[:1], *over[-1:]]:
        return SessionView(**{key: value for key, value in row.items() if key != "depth"})
    return None


def _extra(rows: Sequence[Mapping[str, Any]], minutes: int, now: datetime) -> timedelta:
    """The newest extra time in force today in China."""
    today = timezone.localdate(now).isoformat()
    for row in sorted(rows, key=lambda r: -r["id"]):
        if row["from"] <= today and (row["until"] is None or today <= row["until"]):
            return extra_of(minutes, row["percent"], row["minutes"])
    return timedelta()


def extra_of(minutes_of_paper: int, percent: int, minutes: int) -> timedelta:
    """The extra time that somebody has in an exam of so many minutes; part minutes count as whole ones."""
    return timedelta(minutes=-(-minutes_of_paper * percent // 100) + minutes)
