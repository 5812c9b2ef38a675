"""Departments' own systems publish through the same door: keys, and letters that came with one."""

import hmac
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from foundation.audit.actions import record
from foundation.identifiers import code12, random_code
from organisations.models import Organisation
from pledges import queries
from pledges.actions.entries import enter_record
from pledges.actions.refusals import NothingToSign
from pledges.actions.registry import keep_registry
from pledges.actions.signing import next_code
from pledges.contracts import choices_within, number_clauses, text_hash
from pledges.importers import InvalidRow, Row, read_row
from pledges.models import (
    ApiKey,
    Letter,
    LetterRecord,
    Publication,
    SignatureLevel,
    Submission,
    Visibility,
)
from tlog.leaf import canonical

PREFIX, SECRET = 8, 32
KEY_DAYS = 365


class UnknownKey(PermissionError):
    """No key, a wrong one, one that has expired or was revoked: nobody can tell which."""


class SentOtherwise(ValueError):
    """The sender used this code before, for another text."""


@transaction.atomic
def create_api_key(
    *, by: User | None, organisation: Organisation, name: str, days: int = KEY_DAYS, at: datetime | None = None
) -> tuple[ApiKey, str]:
    """Make a key for a unit's system; returns it with its text, which is shown once and kept nowhere.

    Raises NothingToSign if the unit lies in no administrative division: its letters could have no code.
    """
    if not queries.district_of(organisation):
        raise NothingToSign(_("The accepting unit has no administrative division code."))
    moment, secret = at or timezone.now(), random_code(SECRET)
    key = ApiKey.objects.create(
        prefix=random_code(PREFIX),
        secret_sha256=sha256(secret.encode()).hexdigest(),
        organisation=organisation,
        name=name,
        created_by=by,
        created_at=moment,
        expires_at=moment + timedelta(days=days),
    )
    record(action="pledges.create_api_key", actor=by, target=f"pledges.ApiKey:{key.pk}")
    return key, f"{key.prefix}-{secret}"


@transaction.atomic
def revoke_api_key(*, by: User | None, key: ApiKey, at: datetime | None = None) -> bool:
    """End a key at once; False if it was ended before."""
    changed = ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=at or timezone.now())
    if changed:
        record(action="pledges.revoke_api_key", actor=by, target=f"pledges.ApiKey:{key.pk}")
    return bool(changed)


def open_key(*, text: str, at: datetime | None = None) -> ApiKey:
    """The key behind what a system sent. Raises UnknownKey."""
    prefix, _dash, secret = text.partition("-")
    key = queries.api_key(prefix, at or timezone.now())
    expected = key.secret_sha256 if key else "0" * 64
    if not hmac.compare_digest(sha256(secret.encode()).hexdigest(), expected) or key is None:
        raise UnknownKey
    return key


@dataclass(frozen=True, slots=True)
class Received:
    """A letter that was sent, now or before."""

    letter: Letter
    is_new: bool


@transaction.atomic
def submit_letter(*, key: ApiKey, data: Mapping[str, Any], at: datetime | None = None) -> Received:
    """Take a letter that a department's system sends: letter, record, log entry and publication together. Its PDF is
    made when the worker has little to do.

    Sent again with the same code and text it is the first letter. Raises InvalidRow, or SentOtherwise if the text is
    another one.
    """
    moment = at or timezone.now()
    row = read_row(data, today=timezone.localdate(moment))
    _own_unit(key.organisation, row)
    digest = sha256(canonical({name: str(value) for name, value in asdict(row).items()})).hexdigest()
    before = _sent_before(key, row, digest)
    if before is not None:
        return before
    try:
        with transaction.atomic():
            letter = _store(key, row, digest, moment)
    except IntegrityError:
        before = _sent_before(key, row, digest)
        if before is None:
            raise
        return before
    details = {"key": key.prefix, "source_code": row.source_code}
    record(action="pledges.submit_letter", actor=None, target=f"pledges.Letter:{letter.pk}", details=details)
    return Received(letter, True)


def _own_unit(unit: Organisation, row: Row) -> None:
    if row.accepting_unit_uscc and row.accepting_unit_uscc.upper() != (unit.uscc or ""):
        raise InvalidRow({"accepting_unit_uscc": "is not the code of the unit whose key this is"})


def _sent_before(key: ApiKey, row: Row, digest: str) -> Received | None:
    before = queries.submission(key.organisation_id, row.source_code)
    if before is None:
        return None
    if before.digest != digest:
        raise SentOtherwise(row.source_code)
    return Received(before.letter, False)


def _store(key: ApiKey, row: Row, digest: str, at: datetime) -> Letter:
    subject = "person" if row.is_person else "organisation"
    offered = choices_within(
        subject=subject, widest=row.publication_type, signer_is_minor=False, unit_may_be_named=True
    )
    district, code = next_code(unit=key.organisation, made_on=row.made_on)
    letter = Letter.objects.create(
        public_id=code12(),
        code=code,
        district=district,
        made_on=row.made_on,
        signed_at=at,
        valid_until=row.valid_until,
        subject=subject,
        audience=row.audience,
        visibility=offered[0],
        signer_is_minor=False,
    )
    texts = _store_record(letter, key.organisation, row)
    Submission.objects.create(
        letter=letter,
        organisation=key.organisation,
        source_code=row.source_code,
        digest=digest,
        key=key,
        received_at=at,
    )
    if letter.is_public_choice:
        enter_record(letter=letter, texts=texts, level=SignatureLevel.SUBMITTED, at=at)
        Publication.objects.create(letter=letter, published_at=at)  # at once: ten thousand jobs would hold up the rest
        keep_registry(letter_ids=[letter.pk])
    return letter


def _store_record(letter: Letter, unit: Organisation, row: Row) -> LetterRecord:
    public_name = row.subject_name if letter.visibility == Visibility.NAMED else ""
    public_unit = (row.subject_unit or row.subject_name) if letter.visibility == Visibility.NAMED else row.subject_unit
    if letter.visibility == Visibility.NONE:
        public_unit = ""
    title = row.title or "信用承诺书"
    clauses = number_clauses([line for line in row.content.splitlines() if line.strip()], ())
    shown = (letter.public_id, letter.code, public_name, public_unit, title, row.reason, row.content)
    return LetterRecord.objects.create(
        letter=letter,
        title=title,
        subject_name=row.subject_name,
        subject_category=row.subject_category,
        subject_id_code=row.subject_id_code.upper(),
        unit_name=row.subject_unit or row.subject_name,
        public_name=public_name,
        public_unit=public_unit,
        pledge_type=row.pledge_type,
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
