"""Take letters in that came ready: from a department's system or from a table. Many cost hardly more than one."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.audit.actions import record
from foundation.identifiers import code12
from foundation.ledger.actions import append_all
from foundation.ledger.models import Kind
from organisations.models import Organisation
from pledges import queries
from pledges.actions.afterwards import NotPossible, find_fulfilment
from pledges.actions.changes import note_changes
from pledges.actions.entries import issuer
from pledges.actions.refusals import NothingToSign
from pledges.actions.registry import registry_row, store_rows
from pledges.contracts import choices_within, number_clauses, pledge_code, text_hash
from pledges.exports import credential, instant
from pledges.importers import KEPT, LATER, InvalidRow, Row, read_row
from pledges.models import (
    ApiKey,
    CodeCounter,
    Letter,
    LetterImport,
    LetterRecord,
    Publication,
    PublicRecord,
    SignatureLevel,
    Submission,
    Visibility,
)
from tlog import leaf
from tlog.record import sign


class SentOtherwise(ValueError):
    """The sender used this code before, for another text."""


@dataclass(frozen=True, slots=True)
class Received:
    """A letter that was sent, now or before."""

    letter: Letter
    is_new: bool


@dataclass(frozen=True, slots=True)
class Sender:
    """In whose name letters come, and through which door: a key, or an import."""

    unit: Organisation
    key: ApiKey | None = None
    batch: LetterImport | None = None


@dataclass(frozen=True, slots=True)
class _Sent:
    """A row that could be read, and the digest of all of it."""

    row: Row
    digest: str


Outcome = Received | InvalidRow | SentOtherwise


@transaction.atomic
def submit_letters(*, sender: Sender, rows: Sequence[Mapping[str, Any]], at: datetime | None = None) -> list[Outcome]:
    """Take letters that a department sends: letter, record, log entry and publication together, in some thirty
    statements for all of them. One outcome for each row, in order; a row that is refused leaves the others alone.
    Their PDFs are made when the worker has little to do.

    Sent again with the same code and text it is the first letter.
    """
    moment = at or timezone.now()
    return _submit(sender, [_read(sender.unit, row, moment) for row in rows], moment)


@transaction.atomic
def submit_rows(*, sender: Sender, rows: Sequence[Row], at: datetime | None = None) -> list[Outcome]:
    """The same for rows that were read and checked before."""
    return _submit(sender, [_Sent(row, digest_of(row)) for row in rows], at or timezone.now())


def submit_letter(*, key: ApiKey, data: Mapping[str, Any], at: datetime | None = None) -> Received:
    """`submit_letters` for one. Raises InvalidRow, or SentOtherwise if the text is another one."""
    sender = Sender(key.organisation, key=key)
    (outcome,) = submit_letters(sender=sender, rows=[data], at=at)
    if isinstance(outcome, Received):
        return outcome
    raise outcome


def _submit(sender: Sender, read: Sequence[_Sent | InvalidRow], at: datetime) -> list[Outcome]:
    try:
        with transaction.atomic():
            return _take(sender, read, at)
    except IntegrityError:  # another call with the same codes was faster: now they are known
        return _take(sender, read, at)


def _read(unit: Organisation, data: Mapping[str, Any], at: datetime) -> _Sent | InvalidRow:
    try:
        row = read_row(data, today=timezone.localdate(at))
    except InvalidRow as wrong:
        return wrong
    if row.accepting_unit_uscc and row.accepting_unit_uscc.upper() != (unit.uscc or ""):
        return InvalidRow({"accepting_unit_uscc": "is not the code of the unit whose key this is"})
    return _Sent(row, digest_of(row))


def digest_of(row: Row) -> str:
    """What tells whether a row that comes again is the same letter, however it was kept meanwhile. A letter from before
    a field came to be has the digest that it had."""
    said = {
        name: str(value) for name, value in asdict(row).items() if name not in KEPT and (value or name not in LATER)
    }
    return sha256(leaf.canonical(said)).hexdigest()


def _take(sender: Sender, read: Sequence[_Sent | InvalidRow], at: datetime) -> list[Outcome]:
    """Store what is new; say of everything else what it is."""
    codes = {sent.row.source_code for sent in read if isinstance(sent, _Sent)}
    known = queries.submissions_by_code(sender.unit.pk, codes)
    new: dict[str, _Sent] = {}
    for sent in read:
        if isinstance(sent, _Sent) and sent.row.source_code not in known:
            new.setdefault(sent.row.source_code, sent)
    stored = dict(zip(new, _store(sender, list(new.values()), at), strict=True)) if new else {}
    newest = queries.newest_fulfilments([before.letter_id for before in known.values()])
    first: set[str] = set()
    found: list[Outcome] = []
    for sent in read:
        if isinstance(sent, InvalidRow):
            found.append(sent)
            continue
        code = sent.row.source_code
        before = known.get(code)
        letter, digest = (before.letter, before.digest) if before else (stored[code], new[code].digest)
        is_new = before is None and code not in first
        if digest != sent.digest:
            found.append(SentOtherwise(code))
        elif code not in first and queries.has_news(sent.row, newest.get(letter.pk)):
            found.append(_kept(letter, sent.row, is_new, at))
        else:
            found.append(Received(letter, is_new))
        first.add(code)
    return found


def _kept(letter: Letter, row: Row, is_new: bool, at: datetime) -> Outcome:
    """Write down how the letter was kept, as the row says."""
    try:
        find_fulfilment(
            by=None, letter=letter, status=row.fulfilment_status, unfulfilled_content=row.unfulfilled_content,
            sanction_content=row.sanction_content, decided_on=row.status_decided_on, at=at,
            found_by=(row.status_unit, row.status_unit_uscc.upper()),
        )  # fmt: skip
    except NotPossible as refusal:
        return InvalidRow({"fulfilment_status": str(refusal)})
    details = {"status": row.fulfilment_status, "source_code": row.source_code}
    record(action="pledges.record_sent_fulfilment", actor=None, target=f"pledges.Letter:{letter.pk}", details=details)
    return Received(letter, is_new)


def _store(sender: Sender, sent: list[_Sent], at: datetime) -> list[Letter]:
    """Letters with all that belongs to them."""
    codes = take_codes(unit=sender.unit, days=[one.row.made_on for one in sent])
    letters = Letter.objects.bulk_create(
        _letter(one.row, district_and_code, at) for one, district_and_code in zip(sent, codes, strict=True)
    )
    records = LetterRecord.objects.bulk_create(
        _record(letter, sender.unit, one.row) for letter, one in zip(letters, sent, strict=True)
    )
    Submission.objects.bulk_create(
        Submission(
            letter=letter,
            organisation=sender.unit,
            source_code=one.row.source_code,
            digest=one.digest,
            key=sender.key,
            batch=sender.batch,
            received_at=at,
        )
        for letter, one in zip(letters, sent, strict=True)
    )
    public = [pair for pair in zip(letters, records, strict=True) if pair[0].is_public_choice]
    _publish(public, at)
    note_changes(organisation_id=sender.unit.pk, letter_ids=[letter.pk for letter in letters], what="received", at=at)
    details = {"key": sender.key.prefix if sender.key else "", "letters": len(letters), "first": letters[0].code}
    record(action="pledges.submit_letters", actor=None, target=f"pledges.Letter:{letters[0].pk}", details=details)
    return letters


def _publish(public: list[tuple[Letter, LetterRecord]], at: datetime) -> None:
    """Sign the records, put them into the log, show them: at once, since ten thousand jobs would hold up the rest."""
    if not public:
        return
    key, method = issuer(at)
    created = instant(at)
    bodies, commitments, salts = [], {}, []
    for letter, texts in public:
        body = sign(
            credential(letter=letter, record=texts, level=SignatureLevel.SUBMITTED), key, method=method, created=created
        )
        salt = leaf.new_salt()
        bodies.append(leaf.canonical(body).decode())
        salts.append(salt)
        commitments[f"pledge:{letter.public_id}:add"] = leaf.commitment(body, salt)
    entries = append_all(kind=Kind.PLEDGE, commitments=commitments, at=at)
    PublicRecord.objects.bulk_create(
        PublicRecord(letter=letter, body=body, salt=salt, entry=entry)
        for (letter, _texts), body, salt, entry in zip(public, bodies, salts, entries, strict=True)
    )
    publications = Publication.objects.bulk_create(
        Publication(letter=letter, published_at=at) for letter, _texts in public
    )
    store_rows(
        [
            registry_row(letter, texts, publication, has_scan=False, level=SignatureLevel.SUBMITTED)
            for (letter, texts), publication in zip(public, publications, strict=True)
        ]
    )


def take_codes(*, unit: Organisation, days: Sequence[date]) -> list[tuple[str, str]]:
    """A pledge code for each of `days`, as (division, code), in order. Raises NothingToSign if the unit lies in no
    division, ValueError if a day has no codes left. The counters' rows are held until commit."""
    district = queries.district_of(unit)
    if not district:
        raise NothingToSign(_("The accepting unit has no administrative division code."))
    latest: dict[date, int] = {}
    for day, many in sorted(Counter(days).items()):
        counter, _made = CodeCounter.objects.get_or_create(district=district, day=day)
        CodeCounter.objects.filter(pk=counter.pk).update(latest=F("latest") + many)
        counter.refresh_from_db(fields=["latest"])
        latest[day] = counter.latest - many
    codes = []
    for day in days:
        latest[day] += 1
        codes.append((district, pledge_code(district, day, latest[day])))
    return codes


def _letter(row: Row, district_and_code: tuple[str, str], at: datetime) -> Letter:
    subject = "person" if row.is_person else "organisation"
    offered = choices_within(
        subject=subject, widest=row.publication_type, signer_is_minor=False, unit_may_be_named=True
    )
    # "limited" is for a certain circle: a person who never chose to be on the open internet is not put there.
    is_hidden = row.is_person and row.publication_type == "limited"
    district, code = district_and_code
    return Letter(
        public_id=code12(),
        code=code,
        district=district,
        made_on=row.made_on,
        signed_at=at,
        valid_until=row.valid_until,
        subject=subject,
        audience=row.audience,
        visibility=Visibility.NONE if is_hidden else offered[0],
        signer_is_minor=False,
    )


def _record(letter: Letter, unit: Organisation, row: Row) -> LetterRecord:
    public_name = row.subject_name if letter.visibility == Visibility.NAMED else ""
    public_unit = (row.subject_unit or row.subject_name) if letter.visibility == Visibility.NAMED else row.subject_unit
    if letter.visibility == Visibility.NONE:
        public_unit = ""
    title = row.title or "信用承诺书"
    clauses = number_clauses([line for line in row.content.splitlines() if line.strip()], ())
    shown = [letter.public_id, letter.code, public_name, public_unit, title, row.reason, row.content]
    shown += [row.pledge_type_text] if row.pledge_type_text else []
    return LetterRecord(
        letter=letter,
        title=title,
        subject_name=row.subject_name,
        subject_category=row.subject_category,
        subject_id_code=row.subject_id_code.upper(),
        unit_name=row.subject_unit or row.subject_name,
        public_name=public_name,
        public_unit=public_unit,
        pledge_type=row.pledge_type,
        pledge_type_text=row.pledge_type_text,
        remarks=row.remarks,
        reason=row.reason,
        clauses=[clause.as_json() for clause in clauses],
        breach_liability=row.breach_liability,
        accepting_unit=unit.name,
        accepting_unit_uscc=unit.uscc or "",
        publication_type=row.publication_type,
        made_on=row.made_on,
        valid_until=row.valid_until,
        digest=text_hash(*shown, row.breach_liability, unit.name, str(row.made_on), str(row.valid_until)),
    )
