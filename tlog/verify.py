"""Check a record offline: what holds, what does not, and what was not looked at. Needs no network and no Django."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from tlog import leaf, policy, proof, record, seal, vkeys
from tlog.errors import Malformed, TlogError
from tlog.policy import Policy
from tlog.proof import LogProof

HOLDS, FAILS, SKIPPED = "holds", "fails", "not checked"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked: its name, whether it holds, and why or what exactly."""

    name: str
    result: str
    text: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was found. `ok` only if nothing fails and the log and the entry were checked."""

    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """True if the record is what the log says, as far as it was checked."""
        held = {f.name for f in self.findings if f.result == HOLDS}
        return {"proof", "entry", "checkpoint"} <= held and FAILS not in {f.result for f in self.findings}


def issuer_keys(document: bytes) -> dict[str, bytes]:
    """Public keys that sign records, by address, from the issuer's DID document. Raises Malformed."""
    found = _multikeys(document)
    return {name: record.public_of(key) for name, key in found.items() if not record.is_seal_key(key)}


def seal_keys(document: bytes) -> set[str]:
    """The multikeys that seal PDFs, from the same document. Raises Malformed."""
    return set(filter(record.is_seal_key, _multikeys(document).values()))


def _multikeys(document: bytes) -> dict[str, str]:
    body = leaf.load(document)
    methods = body.get("verificationMethod") if isinstance(body, dict) else None
    if not isinstance(methods, list):
        raise Malformed("this is not the issuer's key document")
    return {str(row.get("id")): str(row.get("publicKeyMultibase")) for row in methods if isinstance(row, dict)}


def verify(
    *,
    record_bytes: bytes,
    proof_bytes: bytes,
    policy_bytes: bytes,
    issuer_bytes: bytes | None = None,
    pdf_bytes: bytes | None = None,
    also: Sequence[str] = (),
) -> Report:
    """Check one record against its proof and a policy, and the seal of the PDF that carried both. `also` are vkeys that
    must have signed the checkpoint, too. Never raises for bad input: that is a finding."""
    found: list[Finding] = []
    if pdf_bytes is not None:
        _seal(found, pdf_bytes, issuer_bytes)
    trusted = _try(found, "policy", lambda: policy.parse(policy_bytes), lambda p: f"{len(p.logs)} log(s) known")
    body = _try(found, "record", lambda: _object(record_bytes), lambda _r: "is JSON that reads the same everywhere")
    parsed = _try(found, "proof", lambda: proof.parse(proof_bytes), lambda p: f"entry {p.index}")
    if parsed is not None and trusted is not None:
        _checkpoint(found, parsed, trusted)
        _also(found, parsed, also)
    if parsed is not None and body is not None:
        _try(found, "entry", lambda: _entry(parsed, body), _said)
    if body is not None:
        _issuer(found, body, issuer_bytes)
    return Report(tuple(found))


def _try(found: list[Finding], name: str, check: Callable[[], Any], say: Callable[[Any], str]) -> Any:
    try:
        value = check()
    except TlogError as wrong:
        found.append(Finding(name, FAILS, str(wrong), wrong.reason))
        return None
    found.append(Finding(name, HOLDS, say(value)))
    return value


def _object(data: bytes) -> dict[str, Any]:
    body = leaf.load(data)
    if not isinstance(body, dict):
        raise Malformed("a record is an object")
    leaf.canonical(body)
    return body


def _checkpoint(found: list[Finding], parsed: LogProof, trusted: Policy) -> None:
    head = parsed.signed.checkpoint
    _try(
        found,
        "checkpoint",
        lambda: trusted.check(parsed.signed),
        lambda names: f"{head.origin}, {head.size} entries, cosigned by {', '.join(names) or 'nobody'}",
    )


def _also(found: list[Finding], parsed: LogProof, wanted: Sequence[str]) -> None:
    for vkey in wanted:
        check = partial(lambda text: parsed.signed.verify([vkeys.verifier(text)])[0], vkey)
        _try(found, "signature", check, lambda key: f"signed by {key.name}, too, type 0x{key.kind:02x}")


def _entry(parsed: LogProof, body: Mapping[str, Any]) -> leaf.Leaf:
    """The leaf, rebuilt from the record and the proof's `extra`, is in the tree."""
    extra = leaf.load(parsed.extra or b"")
    if not isinstance(extra, dict) or not all(isinstance(extra.get(n), str) for n in ("k", "op", "salt")):
        raise Malformed("the proof does not carry what the entry is made of")
    if type(extra.get("t")) is not int or type(extra.get("p", 0)) is not int:
        raise Malformed("the proof does not carry what the entry is made of")
    salt = leaf.unb64url(extra["salt"])
    rebuilt = leaf.Leaf(leaf.commitment(body, salt), extra["k"], extra["op"], extra["t"], extra.get("p"))
    parsed.check_entry(rebuilt.entry())
    return rebuilt


def _said(entry: leaf.Leaf) -> str:
    return f"the log has exactly this record: {entry.kind}, {entry.op}, Unix time {entry.at}"


def _seal(found: list[Finding], pdf: bytes, document: bytes | None) -> None:
    """Whether every byte of the PDF is under the seal, and whose seal it is."""
    if document is not None:
        _try(found, "seal", lambda: seal.check(pdf, seal_keys(document)), lambda key: f"every byte, sealed by {key}")
        return
    _try(found, "seal", lambda: seal.check(pdf, None), lambda _key: "every byte is sealed")
    if found[-1].result == HOLDS:
        found[-1] = Finding("seal", SKIPPED, "unchanged since it was sealed; whose seal it is needs the key document")


def _issuer(found: list[Finding], body: Mapping[str, Any], document: bytes | None) -> None:
    if document is None:
        found.append(Finding("issuer", SKIPPED, "no key document of the issuer was given"))
        return
    _try(found, "issuer", lambda: record.check(body, issuer_keys(document)), lambda method: f"signed by {method}")
