"""Whether one may begin now, in which window, and until when. Rules in, a decision out; no statement."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.crypto import constant_time_compare

from exams.models import AttemptKind, PaperMode
from exams.queries.rules import GrantView, Rules
from exams.queries.seb import SebProof, seb_allows


class NotAdmitted(ValueError):
    """One may not begin now. `word` says why, `at` is the moment that belongs to it.

    "no-attempts-left"; "not-open-yet", "deferred" (opens at); "over" (ended at); "late" (until when one could have
    entered); "wait" (when the waiting time is over); "no-session" (the unit is in no session, so there is no code);
    "code" (the invigilator's code is needed), "code-wrong"; "seb" (only in Safe Exam Browser).
    """

    def __init__(self, word: str, at: datetime | None = None) -> None:
        self.word = word
        self.at = at
        super().__init__(word)


class NoAttemptsLeft(NotAdmitted):
    """All attempts are used; only a make-up (补考) grants another."""

    def __init__(self) -> None:
        super().__init__("no-attempts-left")


@dataclass(frozen=True, slots=True)
class Admission:
    """One may begin: as what kind of attempt, on which grant, in which session, with its code, and until when."""

    kind: str = AttemptKind.REGULAR
    grant_id: int | None = None
    session_id: int | None = None
    code: str = ""
    closes_at: datetime | None = None


def admission(rules: Rules) -> Admission:
    """How the next attempt may be begun at `rules.now`. Raises NotAdmitted.

    A deferral in force takes the place of the regular sitting. Else a regular attempt, if one is left and its window
    is open; else a make-up. Drills and self-assessments have no such rules.
    """
    if rules.paper.mode != PaperMode.EXAM:
        return Admission()
    if rules.deferral:
        return _granted(rules, rules.deferral)
    try:
        return _regular(rules)
    except NotAdmitted as refused:
        if rules.grant is None or refused.word in ("not-open-yet", "wait"):
            raise
    return _granted(rules, rules.grant)


def _regular(rules: Rules) -> Admission:
    if not rules.regular_left:
        raise NoAttemptsLeft
    admitted = _in_window(rules)
    hours = rules.sitting.wait_hours
    if hours and rules.last_handed_in and rules.now < rules.last_handed_in + timedelta(hours=hours):
        raise NotAdmitted("wait", rules.last_handed_in + timedelta(hours=hours))
    return admitted


def _in_window(rules: Rules, kind: str = AttemptKind.REGULAR, grant_id: int | None = None) -> Admission:
    """Within the window of the session, else of the paper."""
    session, sitting = rules.session, rules.sitting
    if session is None and sitting.code_needed:
        raise NotAdmitted("no-session")
    opens, closes = (session.opens_at, session.closes_at) if session else (sitting.opens_at, sitting.closes_at)
    _check(rules.now, opens, closes)
    if opens and sitting.late_entry_minutes is not None:
        last = opens + timedelta(minutes=sitting.late_entry_minutes)
        if rules.now > last:
            raise NotAdmitted("late", last)
    code = session.code if session and sitting.code_needed else ""
    return Admission(kind, grant_id, session.id if session else None, code, closes)


def _granted(rules: Rules, grant: GrantView) -> Admission:
    """Within the grant's own window, else as regular ones. An own window has no late entry, and needs the code only
    if a session of the unit is open at the same time."""
    if grant.opens_at is None:
        return _in_window(rules, grant.kind, grant.id)
    word = "deferred" if grant.kind == AttemptKind.DEFERRED else "not-open-yet"
    _check(rules.now, grant.opens_at, grant.closes_at, word)
    session = rules.session
    if session and session.opens_at <= rules.now < session.closes_at:
        code = session.code if rules.sitting.code_needed else ""
        return Admission(grant.kind, grant.id, session.id, code, grant.closes_at)
    return Admission(grant.kind, grant.id, closes_at=grant.closes_at)


def _check(now: datetime, opens: datetime | None, closes: datetime | None, early: str = "not-open-yet") -> None:
    if opens and now < opens:
        raise NotAdmitted(early, opens)
    if closes and now >= closes:
        raise NotAdmitted("over", closes)


def admit(rules: Rules, *, code: str = "", seb: SebProof | None = None) -> Admission:
    """`admission` for somebody at the door: with the invigilator's code and Safe Exam Browser, where the rules ask
    for them. Raises NotAdmitted."""
    admitted = admission(rules)
    if rules.paper.mode == PaperMode.EXAM and not seb_allows(rules.sitting, seb):
        raise NotAdmitted("seb")
    if admitted.code:
        given = "".join(code.split()).upper()
        if not given:
            raise NotAdmitted("code")
        if not constant_time_compare(given, admitted.code):
            raise NotAdmitted("code-wrong")
    return admitted


def deadline_of(rules: Rules, admitted: Admission, programme: Any) -> datetime | None:
    """When an attempt begun now ends: after the paper's minutes and the person's extra time, and not later than the
    window's end plus the extra time, nor than the last moment of the programme's last day in China."""
    if rules.paper.minutes is None:
        return None
    ends = [rules.now + timedelta(minutes=rules.paper.minutes) + rules.extra, end_of(programme)]
    if admitted.closes_at:
        ends.append(admitted.closes_at + rules.extra)
    return min(ends)


def end_of(programme: Any) -> datetime:
    """The first moment after the programme's last day in China."""
    return datetime.combine(programme.closes_on + timedelta(days=1), time.min, timezone.get_default_timezone())
