"""The public record as data."""

from typing import Any

from pledges.queries import PublicLetter


def public_record(letter: PublicLetter, *, address: str) -> dict[str, Any]:
    """One published letter in the field names of the national layout (承诺编码, 承诺人名称 …). A hidden name or a
    person's identification code is not there at all."""
    return {
        "verification_code": letter.public_id,
        "url": address,
        "pledge_code": letter.code,
        "subject_name": letter.name,
        "subject_unit": letter.unit,
        "subject_category": str(letter.category),
        "subject_id_code": letter.uscc,
        "pledge_type": str(letter.pledge_type),
        "title": letter.title,
        "reason": letter.reason,
        "preamble": letter.preamble,
        "content": [{"id": clause.id, "text": clause.text} for clause in letter.clauses],
        "breach_liability": letter.breach_liability,
        "made_on": letter.made_on.isoformat(),
        "valid_until": letter.valid_until.isoformat() if letter.valid_until else None,
        "accepting_unit": letter.accepting_unit,
        "accepting_unit_uscc": letter.accepting_unit_uscc,
        "publication_type": letter.publication_type,
        "published_at": letter.published_at.isoformat(),
        "digest": letter.digest,
    }
