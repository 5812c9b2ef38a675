"""The proof that the published log has a letter, as files that anybody can check offline, and that check itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.text import capfirst

from foundation.ledger.keys import policy_text
from foundation.ledger.models import LogEntry
from foundation.ledger.queries import NotYet, log_reader, prove
from pledges import keys
from pledges.models import EventKind, EventStatement, IssuerKey, Letter, LetterEvent, LetterState, PublicRecord
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
    return _proof(record.entry, record.salt, reader)


def _proof(entry: LogEntry | None, salt: bytes | memoryview, reader: Reader | None) -> LogProof:
    place = getattr(entry, "place", None)
    if entry is None or place is None:
        raise NotYet(entry.event_key if entry is not None else "no entry")
    place.entry = entry
    return prove(row=place, salt=bytes(salt), reader=reader or log_reader())


def files_of(record: PublicRecord, reader: Reader | None = None) -> dict[str, bytes]:
    """`{"ID.json": record, "ID.tlog-proof": proof}`. Raises NotYet."""
    name = record.letter.public_id
    return {f"{name}.json": record.body.encode(), f"{name}.tlog-proof": proof_of(record, reader).text().encode()}


def public_statements() -> QuerySet[EventStatement]:
    """What was said later of published letters in force, signed and committed to in the log, oldest first."""
    found = EventStatement.objects.filter(event__letter__in=Letter.objects.public()).exclude(body="")
    return found.select_related("event__letter", "event__entry__place").order_by("event_id")


def statement(public_id: str, number: int) -> EventStatement | None:
    """The statement that belongs to the letter's event of that number, the first one being 1."""
    events = LetterEvent.objects.filter(letter__public_id=public_id).order_by("pk")
    event = events[number - 1 : number].values_list("pk", flat=True).first() if number > 0 else None
    return public_statements().filter(event_id=event).first() if event is not None else None


def statement_number(found: EventStatement) -> int:
    """The number of its event."""
    return LetterEvent.objects.filter(letter=found.event.letter_id, pk__lte=found.event_id).count()


def statement_proof(found: EventStatement, reader: Reader | None = None) -> LogProof:
    """The proof of its entry, with what opens it. Raises NotYet while it has no place that anybody can read."""
    return _proof(found.event.entry, found.salt, reader)


def statement_files(found: EventStatement, reader: Reader | None = None) -> dict[str, bytes]:
    """`{"ID.1.json": statement, "ID.1.tlog-proof": proof}`. Raises NotYet."""
    name = f"{found.event.letter.public_id}.{statement_number(found)}"
    proof = statement_proof(found, reader).text().encode()
    return {f"{name}.json": found.body.encode(), f"{name}.tlog-proof": proof}


def issuer_document() -> dict[str, Any]:
    """The did:web document: every key that ever signed a record or sealed a PDF here and was not revoked. One
    statement."""
    rows = [
        {"id": row.method, "type": "Multikey", "controller": keys.did(), "publicKeyMultibase": row.multibase}
        for row in IssuerKey.objects.filter(revoked_at=None).order_by("pk")
    ]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": keys.did(),
        "verificationMethod": rows,
        "assertionMethod": [row["id"] for row in rows],
    }


@dataclass(frozen=True, slots=True)
class Later:
    """Something that happened to a letter after it was signed."""

    kind: str
    word: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found. `standing` says what this site knows of the letter now: "in_force", "expired", "withdrawn",
    "invalidated" or "unknown"; nobody can tell that from a file alone."""

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


def check_files(record: bytes, proof: bytes, pdf: bytes = b"", *, trusted: Mapping[str, str] | None = None) -> Verdict:
    """Check a record and its proof, from wherever they come, as `python -m tlog verify` does. Never raises for bad
    input. An empty `proof` is taken from here. Of a `pdf` that they were taken from, the seal is checked: its
    visible text could be another than that of the record inside. `trusted` is `pinned()`, where the caller has it."""
    public_id = _named(record)
    own = public_record(public_id) if public_id else None
    if not proof and own is not None:
        proof = _own_proof(own)
    told = pinned() if trusted is None else trusted
    report = verify(
        record_bytes=record,
        proof_bytes=proof,
        policy_bytes=told.get("policy", "").encode(),
        issuer_bytes=told.get("issuer", "").encode(),
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
    letter = Letter.objects.filter(public_id=public_id, publication__isnull=False).first() if public_id else None
    if letter is None:
        return History("unknown")
    place = getattr(own.entry, "place", None) if own else None
    return History(_standing(letter), place.place if place else None, _later(letter))


def _later(letter: Letter) -> tuple[Later, ...]:
    """What the letter's own address tells, too: of a withdrawn one that and when, of one declared invalid also why."""
    if letter.state == LetterState.WITHDRAWN and letter.withdrawn_at is not None:
        return (Later(EventKind.WITHDRAWN, capfirst(letter.get_state_display()), letter.withdrawn_at),)
    events = LetterEvent.objects.filter(letter=letter).order_by("at", "pk")
    if letter.state == LetterState.INVALIDATED:
        events = events.filter(kind=EventKind.INVALIDATED)
    return tuple(Later(event.kind, _said(event), event.at) for event in events)


def _said(event: LetterEvent) -> str:
    word, reason = capfirst(event.get_kind_display()), event.get_reason_display() if event.reason else ""
    return f"{word} · {reason}" if reason else word


def pinned() -> dict[str, str]:
    """Whom a page that checks letters trusts: the log's policy and the issuer's keys, as texts. Empty as long as this
    site has no key of a log."""
    try:
        return {"policy": policy_text(), "issuer": canonical(issuer_document()).decode()}
    except Refused:
        return {}


def check_published(public_id: str, *, trusted: Mapping[str, str] | None = None) -> Verdict | None:
    """The same for what is published under a code here; None if nothing is."""
    record = public_record(public_id)
    return check_files(record.body.encode(), b"", trusted=trusted) if record else None


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


def _standing(letter: Letter) -> str:
    if letter.state != LetterState.IN_FORCE:
        return letter.state
    return "expired" if letter.is_expired else "in_force"
