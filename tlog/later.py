"""What was said of a letter later: a statement of its own, signed and in the log, whose entry acts on the letter's."""

from collections.abc import Iterable

from tlog import leaf, proof
from tlog.errors import BadProof, Malformed, TlogError
from tlog.verify import FAILS, HOLDS, Finding, verify


def check_later(
    *,
    record_bytes: bytes,
    proof_bytes: bytes,
    statements: Iterable[tuple[bytes, bytes]],
    policy_bytes: bytes,
    issuer_bytes: bytes | None = None,
) -> list[Finding]:
    """One finding for each statement with its proof. It holds if it would as a record, and is about this record: it
    names it, and its entry acts on the entry of the record. Never raises for bad input."""
    return [
        _statement(record_bytes, proof_bytes, body, own, policy_bytes, issuer_bytes) for body, own in statements
    ]  # fmt: skip


def _statement(
    record: bytes, record_proof: bytes, body: bytes, own: bytes, policy_bytes: bytes, issuer: bytes | None
) -> Finding:
    report = verify(record_bytes=body, proof_bytes=own, policy_bytes=policy_bytes, issuer_bytes=issuer)
    wrong = next((found for found in report.findings if found.result == FAILS), None)
    if wrong is not None:
        return Finding("statement", FAILS, f"{wrong.name}: {wrong.text}", wrong.reason)
    try:
        return Finding("statement", HOLDS, _about(record, record_proof, body, own))
    except TlogError as refused:
        return Finding("statement", FAILS, str(refused), refused.reason)


def _about(record: bytes, record_proof: bytes, body: bytes, own: bytes) -> str:
    """What it says in short. Raises BadProof if it is about another record."""
    letter, said = leaf.load(record), leaf.load(body)
    subject = said.get("credentialSubject")
    first, later = proof.parse(record_proof), proof.parse(own)
    extra = leaf.load(later.extra or b"")
    if not isinstance(subject, dict) or not isinstance(letter, dict):
        raise Malformed("this is not a statement about a record")
    same_log = first.signed.checkpoint.origin == later.signed.checkpoint.origin
    if not same_log or extra.get("p") != first.index or subject.get("about") != letter.get("id"):
        raise BadProof("the statement is about another record", reason="other-record")
    return f"entry {later.index}, {said.get('validFrom')}: {subject.get('event')}"
