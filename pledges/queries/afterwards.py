"""What became of letters, who decides about them, and what waits for an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from foundation.audit.models import Entry
from foundation.ledger.models import LogEntry
from foundation.ledger.queries import published_size
from notifications.queries import working_days
from organisations.models import GuardianConsent, IdentityConfirmation, Membership, Organisation, Role
from organisations.queries import home_organisation, led_by
from pledges.contracts import read_code
from pledges.models import (
    ArchivedLetter,
    Copy,
    EventKind,
    Fulfilment,
    Letter,
    LetterEvent,
    LetterState,
    LetterTemplate,
    Objection,
    ObjectionState,
    SealedEvidence,
    Subject,
    Submission,
)
from pledges.queries.requests import REQUESTING_ROLES

RENEW_BEFORE = timedelta(days=60)
OPEN = (ObjectionState.FILED, ObjectionState.CHECKING)
DECIDE, OPEN_EVIDENCE = "pledges.change_objection", "pledges.open_evidence"


def accepting_unit_of(letter: Letter) -> Organisation:
    """The unit that accepted a letter: its template's, or whose system sent it."""
    if letter.version is not None:
        return letter.version.template.accepting_unit
    return letter.submission.organisation


def letters_decided_by(user: AbstractBaseUser) -> QuerySet[Letter]:
    """The letters whose accepting unit `user` speaks for; all of them for the credit office. Never those of classes and
    of people under 18: only they and their teacher see these."""
    found = (
        Letter.objects.exclude(subject=Subject.CLASS)
        .filter(signer_is_minor=False)
        .select_related("record", "publication", "version__template__accepting_unit")
    )
    if isinstance(user, User) and user.has_perm(DECIDE):
        return found
    units = led_by(user, REQUESTING_ROLES)
    return found.filter(Q(version__template__accepting_unit__in=units) | Q(submission__organisation__in=units))


def decides(user: AbstractBaseUser) -> bool:
    """True if there is anything for `user` to decide: they speak for a unit that accepts letters, or for the office."""
    if isinstance(user, User) and user.has_perm(DECIDE):
        return True
    units = led_by(user, REQUESTING_ROLES)
    if LetterTemplate.objects.filter(accepting_unit__in=units).exists():
        return True
    return Submission.objects.filter(organisation__in=units).exists()  # units whose letters come from their own system


def leads_any(user: AbstractBaseUser) -> bool:
    """True if `user` leads a unit."""
    return led_by(user).exists()


def may_decide(user: AbstractBaseUser, letter: Letter) -> bool:
    """True if `user` speaks for the unit that accepted `letter`, or for the credit office. About a letter of somebody
    under 18 the credit office decides only while an objection to it waits."""
    if letters_decided_by(user).filter(pk=letter.pk).exists():
        return True
    return objections_for(user).filter(letter_id=letter.pk, state__in=OPEN).exists()


def archived_for(user: AbstractBaseUser, *, text: str = "") -> QuerySet[ArchivedLetter]:
    """Sealed copies of ended letters that the units of `user` keep, the newest end first; `text` is a code."""
    found = ArchivedLetter.objects.filter(letter__in=letters_decided_by(user).order_by().values("pk"))
    if text:
        code = read_code(text)
        found = found.filter(Q(letter__public_id=code) | Q(letter__code=code))
    return found.select_related("letter").order_by("-archived_at", "-pk")


def objections_for(user: AbstractBaseUser) -> QuerySet[Objection]:
    """Objections that `user` answers, open ones first by their last day, then the newest answers. One statement. The
    credit office also answers people under 18, whose letters are in no list: nobody else could."""
    if isinstance(user, User) and user.has_perm(DECIDE):
        found = Objection.objects.exclude(letter__subject=Subject.CLASS)
    else:
        found = Objection.objects.filter(letter__in=letters_decided_by(user).order_by().values("pk"))
    return found.select_related("letter__version__template", "letter__record", "by").order_by(
        "decided_at", "due_on", "pk"
    )


def objections_of(user: AbstractBaseUser) -> QuerySet[Objection]:
    """What `user` has filed, newest first."""
    return Objection.objects.filter(by_id=user.pk).select_related("letter").order_by("-filed_at", "-pk")


def days_left(objection: Objection, today: date) -> int:
    """Working days from tomorrow to the day on which the answer is due; 0 on that day and after it."""
    return working_days().count(today, objection.due_on)


def days_late(objection: Objection, today: date) -> int:
    """Working days since the answer was due; 0 in time."""
    return working_days().count(objection.due_on, today)


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of a letter's history as anybody may read it."""

    kind: str
    word: str
    at: datetime
    unit: str
    reason: str
    note: str
    successor: str
    place: int | None
    fulfilment: Fulfilment | None
    statement: int  # its number, if anybody can check what was said; else 0


def happenings_of(letter: Letter) -> list[Happening]:
    """What became of a letter, oldest first. One statement, and one for the size of the log."""
    events = (
        LetterEvent.objects.filter(letter=letter)
        .select_related("statement", "fulfilment", "entry__place", "successor__publication")
        .order_by("at", "pk")
    )
    size, found = published_size(), list(events)
    numbers = {pk: number for number, pk in enumerate(sorted(event.pk for event in found), 1)}
    can_be_had = letter.state == LetterState.IN_FORCE
    return [_happening(event, size, numbers[event.pk] if can_be_had else 0) for event in found]


def _happening(event: LetterEvent, size: int, number: int) -> Happening:
    said, successor = getattr(event, "statement", None), event.successor
    place = getattr(event.entry, "place", None) if event.entry else None
    is_shown = successor is not None and hasattr(successor, "publication") and successor.state == LetterState.IN_FORCE
    is_placed = place is not None and place.place < size
    return Happening(
        kind=event.kind,
        word=event.get_kind_display(),
        at=event.at,
        unit=event.unit_name if event.kind != EventKind.WITHDRAWN else "",
        reason=event.get_reason_display() if event.reason else "",
        note=said.note if said else "",
        successor=successor.public_id if successor is not None and is_shown else "",
        place=place.place if place is not None and is_placed else None,
        fulfilment=getattr(event, "fulfilment", None),
        statement=number if is_placed and said is not None and said.body else 0,
    )


@dataclass(frozen=True, slots=True)
class Afterwards:
    """What the page of a published letter says of what came after it."""

    history: list[Happening]
    fulfilment: Fulfilment | None
    checked_since: datetime | None
    answer_due: date | None


def afterwards_of(public_id: str) -> Afterwards:
    """For one letter that exists. A constant number of statements. Raises Letter.DoesNotExist."""
    letter = Letter.objects.get(public_id=public_id)
    objection = checked_since(letter)
    return Afterwards(
        history=happenings_of(letter),
        fulfilment=fulfilment_of(letter),
        checked_since=objection.filed_at if objection else None,
        answer_due=objection.due_on if objection else None,
    )


def fulfilment_of(letter: Letter) -> Fulfilment | None:
    """The newest finding about an organisation's letter; a person's never has one."""
    if letter.subject != Subject.ORGANISATION:
        return None
    return Fulfilment.objects.filter(event__letter=letter).order_by("-pk").first()


def checked_since(letter: Letter) -> Objection | None:
    """The objection because of which a letter is being checked now; the oldest of several."""
    found = Objection.objects.filter(letter=letter, state=ObjectionState.CHECKING)
    return found.order_by("filed_at", "pk").first()


def renewal_of(letter: Letter) -> Letter | None:
    """The letter in force that came in place of this one."""
    return Letter.objects.in_force().filter(renews=letter).first()


def is_renewable(letter: Letter, user: AbstractBaseUser, today: date) -> bool:
    """The person's own letter, which runs out soon or has run out, and which nothing has replaced."""
    return (
        letter.signer_id == user.pk
        and letter.subject == Subject.PERSON
        and letter.state == LetterState.IN_FORCE
        and letter.valid_until is not None
        and letter.valid_until - RENEW_BEFORE <= today
        and renewal_of(letter) is None
    )


def renewable_by_request(user: AbstractBaseUser, template: LetterTemplate, uscc: str) -> QuerySet[Letter]:
    """Letters in force of the organisation with this code to the same template that nothing has replaced yet."""
    found = letters_decided_by(user).filter(version__template=template, record__subject_id_code=uscc.strip().upper())
    replaced = Letter.objects.in_force().filter(renews__isnull=False).values("renews")
    return found.filter(state=LetterState.IN_FORCE).exclude(pk__in=replaced)


def unit_of_signer(letter: Letter) -> Organisation:
    """The unit in whose name a person renews a letter: where they belong now, else where they signed."""
    assert letter.signer is not None  # only letters signed here are renewed
    unit = home_organisation(letter.signer)
    if unit is None:
        unit = letter.enrolment.organisation if letter.enrolment else accepting_unit_of(letter)
    return unit


def filing_unit(letter: Letter) -> Organisation:
    """The unit that files the second copy: the signer's school or department, never a section or class of it."""
    unit = unit_of_signer(letter)
    while unit.kind in ("section", "grade", "class") and unit.parent is not None:
        unit = unit.parent
    return unit


def copies_of(user: AbstractBaseUser) -> QuerySet[Copy]:
    """The copies that the units led by `user` keep, newest first."""
    found = Copy.objects.filter(unit__in=led_by(user, REQUESTING_ROLES), holder="unit")
    return found.select_related("letter__record", "letter__version__template", "unit").order_by("-made_at", "-pk")


def lacking_copies(limit: int) -> Sequence[int]:
    """Letters in force whose template asks for two copies and of which none was made yet."""
    found = Letter.objects.in_force().filter(version__template__copies=2, copies=None)
    return list(found.order_by("-pk").values_list("pk", flat=True)[:limit])


def may_confirm(user: AbstractBaseUser, *, signer: User, unit: Organisation) -> bool:
    """Another person, of age, who leads the signer's unit, may confirm on the spot who signs."""
    if user.pk == signer.pk or (isinstance(user, User) and user.is_minor):
        return False
    roles = (Role.COORDINATOR, Role.MANAGER, Role.TEACHER)
    return led_by(user, roles).filter(pk=unit.pk).exists()


def roles_of(user: User) -> list[str]:
    """Where somebody belongs now and as what, for the evidence: "coordinator of 市水利局"."""
    found = Membership.objects.current().filter(user=user).select_related("organisation").order_by("pk")
    return [f"{row.role} of {row.organisation.name}" for row in found]


def identity_of(user: User) -> dict[str, str]:
    """How sure the organisation department is of who an account belongs to."""
    found = IdentityConfirmation.objects.filter(user=user, withdrawn_at=None).select_related("confirmed_by").first()
    if found is None:
        return {"method": "account"}
    by = found.confirmed_by.public_id
    return {"method": "confirmed", "by": by, "at": found.confirmed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}


def consent_of(user: User) -> str:
    """The reference of the guardian's consent in force; "" for none."""
    found = GuardianConsent.objects.filter(user=user, withdrawn_at=None).first()
    return f"organisations.GuardianConsent:{found.pk}" if found else ""


def evidence_due(before: datetime) -> QuerySet[SealedEvidence]:
    """Evidence of letters whose last day and, if they ended sooner or later, whose end lie before that day. A letter in
    force that names no last day keeps its evidence."""
    ended = Q(letter__valid_until__lt=timezone.localdate(before)) | Q(
        letter__valid_until=None, letter__withdrawn_at__isnull=False
    )
    return SealedEvidence.objects.filter(ended).exclude(letter__withdrawn_at__gte=before).order_by("pk")


def evidence_link(user: Any, key: str) -> tuple[str, str] | None:
    """Where who may open evidence opens that of the letter with this key; None for others, and where there is none."""
    if not key.isdecimal() or not user.has_perm(OPEN_EVIDENCE):
        return None
    row = SealedEvidence.objects.filter(letter=int(key)).select_related("letter").first()
    if row is None:
        return None
    return str(_("Open the evidence")), f"{reverse('pledges:evidence')}?code={row.letter.public_id}"


def appendices_of(letter: Letter, row: SealedEvidence) -> dict[str, Any]:
    """What came after the evidence was sealed: its place in the log, what happened, who looked and why."""
    place = getattr(row.entry, "place", None) if row.entry else None
    pledge = LogEntry.objects.filter(event_key=f"pledge:{letter.public_id}:add").select_related("place").first()
    published = getattr(pledge, "place", None) if pledge else None
    opened = Entry.objects.filter(target=f"pledges.Letter:{letter.pk}", action="pledges.open_evidence").order_by("pk")
    return {
        "evidencePlace": place.place if place else None,
        "letterPlace": published.place if published else None,
        "logSize": published_size(),
        "events": [{"kind": e.kind, "at": e.at.isoformat(), "reason": e.reason} for e in letter.events.order_by("pk")],
        "objections": [
            {"code": o.code, "state": o.state, "filed": o.filed_at.isoformat()}
            for o in letter.objections.order_by("pk")
        ],
        "openedBefore": [
            {"at": e.at.isoformat(), "by": e.actor, "reason": e.details.get("reason", "")} for e in opened
        ],
    }
