"""The public record of a letter as data: a W3C Verifiable Credential 2.0, before its issuer signs it."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from unicodedata import normalize
from zoneinfo import ZoneInfo

from django.conf import settings

from pledges import keys
from pledges.contracts import html_language
from pledges.models import Fulfilment, Letter, LetterRecord

CREDENTIALS = "https://www.w3.org/ns/credentials/v2"


def instant(moment: datetime) -> str:
    """RFC 3339 in UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _end_of(day: date) -> datetime:
    """The first moment after `day` in China."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(settings.TIME_ZONE))


def plain(value: Any) -> Any:
    """`value` as a record may hold it: texts in NFC, and nothing that is empty."""
    if isinstance(value, str):
        return normalize("NFC", value)
    if isinstance(value, list):
        return [plain(part) for part in value]
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items() if part not in ("", None)}
    return value


def credential(*, letter: Letter, record: LetterRecord, level: str) -> dict[str, Any]:
    """What the public may know of a letter, in the fields of the national layout; without its proof.

    Only from `public_…` columns: a hidden name, and a person's identification code, are not there at all.
    """
    address = f"{settings.SITE_URL}/l/{letter.public_id}"
    subject = {
        "verificationCode": letter.public_id,
        "pledgeCode": letter.code,
        "subjectName": record.public_name,
        "subjectUnit": record.public_unit,
        "subjectCategory": record.subject_category,
        "subjectIdCode": record.subject_id_code if letter.subject == "organisation" else "",
        "pledgeType": record.pledge_type,
        "pledgeTypeText": record.pledge_type_text,
        "title": record.title,
        "reason": record.reason,
        "preamble": record.preamble,
        "content": [{"id": clause.id, "text": clause.text} for clause in record.clause_list],
        "breachLiability": record.breach_liability,
        "madeOn": record.made_on.isoformat(),
        "validUntil": record.valid_until.isoformat() if record.valid_until else "",
        "acceptingUnit": record.accepting_unit,
        "acceptingUnitCode": record.accepting_unit_uscc,
        "publicationType": record.publication_type,
        "signatureLevel": level,
        "language": html_language(record.locale),
        "textHash": record.digest,
    }
    body = {
        "@context": [CREDENTIALS, {"@vocab": f"{settings.SITE_URL}/l/terms#"}],
        "id": address,
        "type": ["VerifiableCredential", "CommitmentLetter"],
        "issuer": keys.did(),
        "validFrom": instant(letter.signed_at),
        "validUntil": instant(_end_of(record.valid_until)) if record.valid_until else "",
        "credentialSubject": subject,
    }
    found: dict[str, Any] = plain(body)
    return found


def statement(*, letter: Letter, kind: str, at: datetime, says: Mapping[str, Any]) -> dict[str, Any]:
    """What an amendment says about a public letter, as data, before its issuer signs it."""
    about = f"{settings.SITE_URL}/l/{letter.public_id}"
    body = {
        "@context": [CREDENTIALS, {"@vocab": f"{settings.SITE_URL}/l/terms#"}],
        "id": f"{about}#{kind}-{instant(at)}",
        "type": ["VerifiableCredential", "LetterStatement"],
        "issuer": keys.did(),
        "validFrom": instant(at),
        "credentialSubject": {"about": about, "event": kind, **says},
    }
    found: dict[str, Any] = plain(body)
    return found


def credential_whole(*, letter: Letter, record: LetterRecord) -> dict[str, Any]:
    """All texts of a letter, names included, for its sealed archive, and who signed it for an organisation: never
    public."""
    signing = getattr(letter, "signing", None)
    handler = {"name": signing.handler_name, "position": signing.handler_role} if signing else {}
    body = {
        "verificationCode": letter.public_id, "pledgeCode": letter.code, "signedAt": instant(letter.signed_at),
        "title": record.title, "subjectName": record.subject_name, "subjectCategory": record.subject_category,
        "subjectIdCode": record.subject_id_code, "subjectUnit": record.unit_name, "pledgeType": record.pledge_type,
        "pledgeTypeText": record.pledge_type_text, "remarks": record.remarks,
        "reason": record.reason, "preamble": record.preamble, "content": record.clauses,
        "breachLiability": record.breach_liability, "acceptingUnit": record.accepting_unit,
        "acceptingUnitCode": record.accepting_unit_uscc, "publicationType": record.publication_type,
        "madeOn": record.made_on.isoformat(), "language": record.locale, "textHash": record.digest,
        "validUntil": record.valid_until.isoformat() if record.valid_until else "",
        "handler": handler or "", "scanHash": signing.scan_sha256 if signing else "",
    }  # fmt: skip
    found: dict[str, Any] = plain(body)
    return found


def layout_row(letter: Letter, kept: Fulfilment | None) -> dict[str, str]:
    """A letter in the fields of the national layout, for its accepting unit; of a person no identification code."""
    record = letter.record
    row = {
        "source_code": letter.code, "subject_name": record.subject_name, "subject_category": record.subject_category,
        "subject_id_code": record.subject_id_code, "subject_unit": record.unit_name,
        "audience": letter.audience if letter.subject == "person" else "", "pledge_type": record.pledge_type,
        "pledge_type_text": record.pledge_type_text, "title": record.title, "reason": record.reason,
        "content": record.content, "breach_liability": record.breach_liability,
        "made_on": record.made_on.isoformat(),
        "valid_until": record.valid_until.isoformat() if record.valid_until else "",
        "accepting_unit_uscc": record.accepting_unit_uscc, "publication_type": record.publication_type,
        "remarks": record.remarks,
    }  # fmt: skip
    if kept is not None:
        row |= {
            "fulfilment_status": kept.status, "unfulfilled_content": kept.unfulfilled_content,
            "sanction_content": kept.sanction_content, "status_decided_on": kept.decided_on.isoformat(),
            "status_unit": kept.unit_name, "status_unit_uscc": kept.unit_uscc,
        }  # fmt: skip
    return row
