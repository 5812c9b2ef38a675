"""The evidence record of a signature: who, what, how, when, where. Sealed, committed to in the log."""

import ipaddress
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from django.db import transaction

from accounts.models import User
from foundation.audit.actions import record
from foundation.clock import clock_state
from foundation.ledger.actions import append
from foundation.ledger.models import Kind, Op
from pledges import keys, queries, steps
from pledges.contracts import Wording
from pledges.exports import instant, plain
from pledges.models import (
    ExtraKind,
    Letter,
    LetterRecord,
    PublicRecord,
    SealedEvidence,
    SealedExtra,
    SigningEvidence,
)
from tlog import leaf
from tlog.errors import BadProof

if TYPE_CHECKING:
    from pledges.actions.signing import Reading

KEEP_ADDRESS = timedelta(days=90)
CONSENT_TEXT = "sign-and-publish/1"
# What the page says before anything is asked (templates/pledges/parts_public.html).
DISCLOSED = ["what may be public", "what is never public", "publication is decided apart", "withdrawal and copies"]


def network_of(address: str) -> str:
    """The network that an address lies in: /24, or /48 of IPv6. Empty for none."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(ipaddress.ip_network(f"{known}/{24 if known.version == 4 else 48}", strict=False))


def keep_extras(*, letter: Letter, address: str, strokes: str) -> dict[str, str]:
    """Seal what does not stay as long as the evidence; returns the hashes that the evidence keeps of it.
    In the caller's transaction."""
    hashes = {}
    ends = {ExtraKind.ADDRESS: letter.made_on + KEEP_ADDRESS, ExtraKind.SIGNATURE: None}
    for kind, value in ((ExtraKind.ADDRESS, address), (ExtraKind.SIGNATURE, strokes)):
        if value:
            body = leaf.canonical({"salt": leaf.b64url(leaf.new_salt()), "value": value})
            sealed = keys.seal(body, about=f"{letter.public_id}/{kind}")
            SealedExtra.objects.create(letter=letter, kind=kind, sealed=sealed, delete_on=ends[kind])
            hashes[str(kind.value)] = sha256(body).hexdigest()
    return hashes


def seal_evidence(
    *,
    evidence: SigningEvidence,
    texts: LetterRecord,
    wording: Wording,
    reading: "Reading",
    extras: Mapping[str, str],
    published: PublicRecord | None,
) -> SealedEvidence:
    """Encrypt the evidence record of a signature and put a commitment to it into the log, except a minor's.

    In the caller's transaction.
    """
    letter = evidence.letter
    body: dict[str, Any] = plain(
        {
            "v": "pledge-evidence/2",
            "who": _who(evidence, texts),
            "what": _what(evidence, texts, wording, published),
            "how": _how(evidence, reading, extras),
            "when": _when(evidence, reading),
            "where": {"network": network_of(reading.address), "addressHash": extras.get("address", ""),
                      "userAgent": reading.user_agent[:300], **_texts(reading.context, "language", "timeZone")},
            "system": _system(reading),
        }
    )  # fmt: skip
    salt, entry = leaf.new_salt(), None
    if not letter.signer_is_minor and letter.subject != "class":
        entry = append(
            event_key=f"evidence:{letter.public_id}:add",
            kind=Kind.EVIDENCE,
            op=Op.ADD,
            commitment=leaf.commitment(body, salt),
            at=letter.signed_at,
        )
    sealed = keys.seal(leaf.canonical({"salt": leaf.b64url(salt), "evidence": body}), about=letter.public_id)
    return SealedEvidence.objects.create(letter=letter, sealed=sealed, entry=entry)


def _texts(context: Mapping[str, Any], *names: str) -> dict[str, str]:
    return {name: str(context.get(name, ""))[:200] for name in names}


def _who(evidence: SigningEvidence, texts: LetterRecord) -> dict[str, Any]:
    """The signer, how sure we are of them, and who stood by."""
    letter, signer, by = evidence.letter, evidence.letter.signer, evidence.confirmed_by
    assert signer is not None  # signed here: the database checks it
    return {
        "id": signer.public_id, "name": texts.subject_name, "unit": texts.unit_name, "ageClass": signer.age_class,
        "roles": queries.roles_of(signer), "identity": queries.identity_of(signer), "level": evidence.level,
        "method": evidence.method, "guardianConsent": queries.consent_of(signer) if letter.signer_is_minor else "",
        "confirmedBy": {"id": by.public_id, "name": by.get_full_name(), "roles": queries.roles_of(by)} if by else {},
    }  # fmt: skip


def _what(
    evidence: SigningEvidence, texts: LetterRecord, wording: Wording, published: PublicRecord | None
) -> dict[str, Any]:
    """The letter, word for word as hashes, and the exams that opened its gate."""
    letter = evidence.letter
    version = letter.version
    assert version is not None  # signed here: the database checks it
    return {
        "letter": letter.public_id, "code": letter.code, "template": version.template.slug, "version": version.number,
        "language": wording.language, "textShown": evidence.text_digest, "textSigned": wording.digest,
        "record": texts.digest, "publication": letter.visibility,
        "recordHash": sha256(published.body.encode()).hexdigest() if published else "",
        "results": steps.results_of(letter.enrolment_id), "renews": letter.renews.public_id if letter.renews else "",
    }  # fmt: skip


def _how(evidence: SigningEvidence, reading: "Reading", extras: Mapping[str, str]) -> dict[str, Any]:
    """What the signer did."""
    return {
        "consent": CONSENT_TEXT, "disclosed": DISCLOSED, "typedName": reading.typed_name,
        "saysToHaveRead": evidence.confirmed_reading, "strokes": evidence.strokes_sha256,
        "signatureHash": extras.get("signature", ""), "passkey": dict(reading.passkey or {}),
        "session": str(reading.context.get("session", "")), "signedIn": list(reading.context.get("signedIn", [])),
    }  # fmt: skip


def _when(evidence: SigningEvidence, reading: "Reading") -> dict[str, Any]:
    """Our clock, and what the browser says of the reading."""
    end, seconds = evidence.read_to_end_at, evidence.visible_seconds
    return {
        "opened": instant(evidence.opened_at), "signed": instant(evidence.letter.signed_at), "clock": clock_state(),
        "readToEnd": instant(end) if end else "", "visibleSeconds": seconds,
        **_texts(reading.context, "agreed"),
    }  # fmt: skip


def _system(reading: "Reading") -> dict[str, str]:
    """What showed the letter."""
    try:
        release = version("xinxing")
    except PackageNotFoundError:
        release = "source"
    return {"release": release, **_texts(reading.context, "page", "request")}


@transaction.atomic
def open_evidence(*, code: str, reason: str, by: User | None = None) -> dict[str, Any]:
    """The evidence record of a signature, unsealed, after its commitment in the log was checked, with what came later:
    its place in the log, what happened to the letter, who opened it before.

    Raises Letter.DoesNotExist, SealedEvidence.DoesNotExist, cryptography's InvalidTag if a byte was changed, and
    tlog.errors.BadProof if it is not what the log's entry commits to.
    """
    letter = queries.letter_by_code(code)
    row = SealedEvidence.objects.select_related("entry__place").get(letter=letter)
    body = leaf.load(keys.unseal(bytes(row.sealed), about=letter.public_id))
    if row.entry is not None and leaf.commitment(body["evidence"], leaf.unb64url(body["salt"])) != row.entry.commitment:
        raise BadProof("the evidence is not what the log commits to", reason="other-record")
    target, details = f"pledges.Letter:{letter.pk}", {"reason": reason}
    found: dict[str, Any] = body["evidence"]
    found = found | {"later": queries.appendices_of(letter, row), "extras": _extras(letter)}
    record(action="pledges.open_evidence", actor=by, target=target, details=details)
    return found


def _extras(letter: Letter) -> dict[str, Any]:
    """The full address while it is kept, and the strokes of a drawn signature."""
    found = {}
    for row in SealedExtra.objects.filter(letter=letter):
        body = leaf.load(keys.unseal(bytes(row.sealed), about=f"{letter.public_id}/{row.kind}"))
        found[row.kind] = body["value"]
    return found
