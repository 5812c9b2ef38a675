"""The proof that the published log has a letter, as files that anybody can check offline, and that check itself."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from foundation.ledger.keys import policy_text
from foundation.ledger.models import Op
from foundation.ledger.queries import NotYet, later_places, log_reader, prove
from pledges import keys
from pledges.models import IssuerKey, Letter, LetterState, PublicRecord
from pledges.queries.public import public_record
from tlog import leaf
from tlog.errors import Refused, TlogError
from tlog.leaf import canonical
from tlog.proof import LogProof
from tlog.reader import Reader
from tlog.verify import FAILS, HOLDS, Finding, verify


def proof_of(record: PublicRecord, reader: Reader | None = None) -> LogProof:
    """The proof of a letter's entry, against the log as published now, or as `reader` has it. No statement if
    `entry__place` is loaded. Raises NotYet while it has no place that anybody can read."""
    place = getattr(record.entry, "place", None)
    if place is None:
        raise NotYet(record.entry.event_key)
    place.entry = record.entry
    return prove(row=place, salt=bytes(record.salt), reader=reader or log_reader())


def files_of(record: PublicRecord, reader: Reader | None = None) -> dict[str, bytes]:
    """`{"ID.json": record, "ID.tlog-proof": proof}`. Raises NotYet."""
    name = record.letter.public_id
    return {f"{name}.json": record.body.encode(), f"{name}.tlog-proof": proof_of(record, reader).text().encode()}


def issuer_document() -> dict[str, Any]:
    """The did:web document: every key that ever signed a record here. One statement."""
    rows = [
        {"id": row.method, "type": "Multikey", "controller": keys.did(), "publicKeyMultibase": row.multibase}
        for row in IssuerKey.objects.order_by("pk")
    ]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": keys.did(),
        "verificationMethod": rows,
        "assertionMethod": [row["id"] for row in rows],
    }


@dataclass(frozen=True, slots=True)
class Later:
    """Something that the log says happened to a letter after it was signed."""

    op: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found. `standing` says what this site knows of the letter now: "in_force", "expired", "withdrawn"
    or "unknown"; nobody can tell that from a file alone."""

    findings: tuple[Finding, ...]
    standing: str
    public_id: str = ""
    place: int | None = None
    later: tuple[Later, ...] = field(default=())

    @property
    def ok(self) -> bool:
        """Everything that was to be checked holds."""
        results = {f.name: f.result for f in self.findings}
        return FAILS not in results.values() and all(
            results.get(name) == HOLDS for name in ("entry", "checkpoint", "issuer")
        )


def check_files(record: bytes, proof: bytes, pdf: bytes = b"") -> Verdict:
    """Check a record and its proof, from wherever they come, as `python -m tlog verify` does. Never raises for bad
    input. An empty `proof` is taken from here. Of a `pdf` that they were taken from, the seal is checked: its
    visible text could be another than that of the record inside."""
    public_id = _named(record)
    own = public_record(public_id) if public_id else None
    if not proof and own is not None:
        proof = _own_proof(own)
    report = verify(
        record_bytes=record,
        proof_bytes=proof,
        policy_bytes=policy_text().encode(),
        issuer_bytes=canonical(issuer_document()),
        pdf_bytes=pdf or None,
    )
    history = _history(public_id, own)
    return Verdict(report.findings, history.standing, public_id, history.place, history.later)


@dataclass(frozen=True, slots=True)
class History:
    """What this site knows of a letter by now; "unknown" for one that is absent or was never public."""

    standing: str
    place: int | None = None
    later: tuple[Later, ...] = field(default=())


def history_of(public_id: str) -> History:
    """What became of the letter with this code."""
    return _history(public_id, public_record(public_id) if public_id else None)


def _history(public_id: str, own: PublicRecord | None) -> History:
    rows = later_places(own.entry) if own else []
    later = tuple(Later(row.entry.op, datetime.fromtimestamp(row.logged_at, UTC)) for row in rows)
    place = getattr(own.entry, "place", None) if own else None
    return History(_standing(public_id, later), place.place if place else None, later)


def pinned() -> dict[str, str]:
    """Whom a page that checks letters trusts: the log's policy and the issuer's keys, as texts. Empty as long as this
    site has no key of a log."""
    try:
        return {"policy": policy_text(), "issuer": canonical(issuer_document()).decode()}
    except Refused:
        return {}


def check_published(public_id: str) -> Verdict | None:
    """The same for what is published under a code here; None if nothing is."""
    record = public_record(public_id)
    return check_files(record.body.encode(), b"") if record else None


def _own_proof(record: PublicRecord) -> bytes:
    try:
        return proof_of(record).text().encode()
    except (NotYet, TlogError):
        return b""


def _named(record: bytes) -> str:
    """The verification code that a record says it has; "" if it says none."""
    try:
        body = leaf.load(record)
    except TlogError:
        return ""
    subject = body.get("credentialSubject") if isinstance(body, dict) else None
    code = subject.get("verificationCode") if isinstance(subject, dict) else None
    return code if isinstance(code, str) and len(code) <= 12 else ""


def _standing(public_id: str, later: tuple[Later, ...]) -> str:
    letter = Letter.objects.filter(public_id=public_id, publication__isnull=False).first()
    if letter is None:
        return "unknown"
    if letter.state != LetterState.IN_FORCE:
        return "withdrawn"
    is_over = letter.valid_until is not None and letter.valid_until < timezone.localdate()
    return "expired" if is_over or any(event.op == Op.EXPIRE for event in later) else "in_force"
