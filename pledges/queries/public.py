"""What a stranger may see. Everything public about letters is read here, and only from `public_…` columns."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from foundation.ledger.models import LogPlace
from foundation.ledger.queries import log_ended_at, published_size
from pledges.contracts import CHINESE, Clause, read_code, show_code
from pledges.models import (
    EventKind,
    IssuerKey,
    Letter,
    LetterEvent,
    LetterPdf,
    LetterState,
    PublicationType,
    PublicRecord,
    SignatureLevel,
    Subject,
)


@dataclass(frozen=True, slots=True)
class PublicLetter:
    """A published letter as a stranger reads it. `name` is empty where the signer shows the unit only."""

    public_id: str
    code: str
    subject: str
    title: str
    title_en: str
    name: str
    unit: str
    uscc: str
    category: str
    pledge_type: str
    reason: str
    preamble: str
    clauses: list[Clause]
    breach_liability: str
    accepting_unit: str
    accepting_unit_uscc: str
    publication_type: str
    visibility: str
    made_on: date
    valid_until: date | None
    published_at: datetime
    digest: str
    level: Any  # in the language of the page that shows it
    has_pdf: bool
    has_scan: bool
    has_record: bool
    place: int | None
    logged_at: datetime | None
    commitment: str
    language: str = CHINESE

    @property
    def in_log(self) -> bool:
        """The published log has it: its proof can be had."""
        return self.place is not None

    @property
    def shown_code(self) -> str:
        """The verification code in groups of four."""
        return show_code(self.public_id)

    @property
    def is_expired(self) -> bool:
        """Its last day lies before today in China."""
        return self.valid_until is not None and self.valid_until < timezone.localdate()


@dataclass(frozen=True, slots=True)
class Tombstone:
    """All that the address of a letter still says when it has ended: that and when, and of one declared invalid why, in
    neutral words, and by which unit."""

    public_id: str
    withdrawn_at: datetime
    is_invalid: bool = False
    reason: str = ""
    unit: str = ""

    @property
    def shown_code(self) -> str:
        """The verification code in groups of four."""
        return show_code(self.public_id)


# What a public face is copied from, in one statement.
FACE = ("record", "publication", "pdf", "signing", "sent_scan", "evidence", "public_record__entry__place")


def public_letters() -> QuerySet[Letter]:
    """Published letters in force, newest publication first, with what a list row shows. One statement."""
    return Letter.objects.public().select_related("record", "publication").order_by("-publication__published_at", "-pk")


def public_letter(public_id: str) -> PublicLetter | Tombstone | None:
    """The letter behind an address: its public face, its tombstone if it was public and is withdrawn, else None.

    Unknown, never published and not yet published are all None: nobody can tell one from another. One statement
    for a letter in force.
    """
    letter = Letter.objects.filter(public_id=public_id, publication__isnull=False).select_related(*FACE).first()
    if letter is None:
        return None
    return _public_face(letter) if letter.state == LetterState.IN_FORCE else _tombstone(letter)


def _tombstone(letter: Letter) -> Tombstone:
    assert letter.withdrawn_at is not None  # the database checks it
    if letter.state == LetterState.WITHDRAWN:
        return Tombstone(letter.public_id, letter.withdrawn_at)
    event = LetterEvent.objects.filter(letter=letter, kind=EventKind.INVALIDATED).order_by("-pk").first()
    reason, unit = (str(event.get_reason_display()), event.unit_name) if event else ("", "")
    return Tombstone(letter.public_id, letter.withdrawn_at, True, reason, unit)


def published_face(letter_id: int) -> PublicLetter | None:
    """The public face of a letter by its key, for the job that renders it; None unless it is public now."""
    found = Letter.objects.public().filter(pk=letter_id).select_related(*FACE).first()
    return _public_face(found) if found else None


def _public_face(letter: Letter) -> PublicLetter:
    """Copy what is public, and only that."""
    record = letter.record
    signing, public_record = getattr(letter, "signing", None), getattr(letter, "public_record", None)
    place: LogPlace | None = getattr(public_record.entry, "place", None) if public_record else None
    if place is not None and place.place >= published_size():
        place = None
    return PublicLetter(
        public_id=letter.public_id,
        code=letter.code,
        subject=letter.subject,
        title=record.title,
        title_en=record.title_en,
        name=record.public_name,
        unit=record.public_unit,
        uscc=record.subject_id_code if letter.subject == "organisation" else "",
        category=record.get_subject_category_display(),
        pledge_type=record.type_words,
        reason=record.reason,
        preamble=record.preamble,
        clauses=record.clause_list,
        breach_liability=record.breach_liability,
        accepting_unit=record.accepting_unit,
        accepting_unit_uscc=record.accepting_unit_uscc,
        publication_type=record.publication_type,
        visibility=letter.visibility,
        made_on=letter.made_on,
        valid_until=letter.valid_until,
        published_at=letter.publication.published_at,
        digest=record.digest,
        level=SignatureLevel(letter.evidence.level if hasattr(letter, "evidence") else "submitted").label,
        has_pdf=hasattr(letter, "pdf"),
        has_scan=(signing is not None and signing.scan_is_public) or hasattr(letter, "sent_scan"),
        has_record=public_record is not None,
        place=place.place if place else None,
        logged_at=datetime.fromtimestamp(place.logged_at, UTC) if place else None,
        commitment=public_record.entry.commitment if public_record and place else "",
        language=record.locale,
    )


def look_up(typed: str) -> str | None:
    """The address code of the published letter with this verification or pledge code, else None: absent, non-public
    and withdrawn are told alike."""
    code = read_code(typed)
    return Letter.objects.public().filter(Q(public_id=code) | Q(code=code)).values_list("public_id", flat=True).first()


def unrendered() -> QuerySet[Letter]:
    """Published letters in force that have a place in the log and no PDF yet, newest first."""
    return Letter.objects.public().filter(pdf=None, public_record__entry__place__isnull=False).order_by("-pk")


def outdated_pdfs() -> QuerySet[Letter]:
    """Published letters whose PDF nobody can check any more, and that have their place in the log: the log ended since,
    or the key of the seal was revoked. Three statements."""
    revoked = IssuerKey.objects.aggregate(last=Max("revoked_at"))["last"]
    ended = max(filter(None, (log_ended_at(), revoked)), default=None)
    if ended is None:
        return Letter.objects.none()
    placed = Letter.objects.public().filter(public_record__entry__place__isnull=False)
    return placed.filter(pdf__rendered_at__lt=ended).order_by("-pk")


def waits_for_log(letter_id: int) -> bool:
    """A published letter that nobody can find in the log yet."""
    found = PublicRecord.objects.filter(letter__in=Letter.objects.public(), letter_id=letter_id)
    row = found.select_related("entry__place").first()
    place = getattr(row.entry, "place", None) if row else None
    return row is not None and (place is None or place.place >= published_size())


def pdf_of(public_id: str) -> LetterPdf | None:
    """The stored PDF of a published letter, if it has been made."""
    return LetterPdf.objects.filter(letter__in=Letter.objects.public(), letter__public_id=public_id).first()


def pdf_by_letter(letter_id: int) -> LetterPdf | None:
    """The same for a background job, which knows the letter's key."""
    return LetterPdf.objects.filter(letter__in=Letter.objects.public(), letter_id=letter_id).first()


def ending_stamps(before: datetime) -> QuerySet[LetterPdf]:
    """PDFs of published letters whose last time stamp does not hold beyond `before`, first the one that ends first."""
    return LetterPdf.objects.filter(letter__in=Letter.objects.public(), stamp_ends_at__lt=before).order_by(
        "stamp_ends_at"
    )


def scan_of(public_id: str) -> tuple[str, str]:
    """(file, type) of the stamped scan that is public. Raises Letter.DoesNotExist."""
    letter = Letter.objects.public().select_related("signing", "sent_scan").get(public_id=public_id)
    sent = getattr(letter, "sent_scan", None)
    if sent is not None:
        return sent.file, sent.media_type
    signing = getattr(letter, "signing", None)
    if signing is None or not signing.scan_is_public:
        raise Letter.DoesNotExist(public_id)
    return signing.scan, signing.scan_type


def public_records() -> QuerySet[PublicRecord]:
    """Records of published letters in force, with their place in the log, oldest entry first."""
    found = PublicRecord.objects.filter(letter__in=Letter.objects.public())
    return found.select_related("letter", "entry__place").order_by("entry_id")


def public_record(public_id: str) -> PublicRecord | None:
    """The record of one published letter."""
    return public_records().filter(letter__public_id=public_id).first()


def shown_though_limited() -> QuerySet[Letter]:
    """Persons' letters that departments sent as "limited" and that are public, or were and could be again."""
    sent = Letter.objects.filter(submission__isnull=False, subject=Subject.PERSON, publication__isnull=False)
    return sent.exclude(state=LetterState.WITHDRAWN).filter(record__publication_type=PublicationType.LIMITED)


def unlogged() -> QuerySet[Letter]:
    """Published letters in force that were signed before letters went into the log."""
    return Letter.objects.public().filter(public_record=None).select_related("record", "evidence")


def expired_unsaid(today: date) -> QuerySet[Letter]:
    """Letters in force whose last day lies before `today` and of which nobody has written down that it does."""
    said = LetterEvent.objects.filter(letter=OuterRef("pk"), kind=EventKind.EXPIRED)
    over = Letter.objects.in_force().filter(valid_until__lt=today)
    return over.exclude(Exists(said)).order_by("valid_until", "pk")
