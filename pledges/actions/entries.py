"""What a letter puts into the public log: its record, its evidence, and later what became of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from foundation.audit.actions import record
from foundation.ledger.actions import append
from foundation.ledger.models import Kind, LogEntry, Op
from pledges import keys, queries
from pledges.exports import credential, instant, plain
from pledges.models import IssuerKey, Letter, LetterPdf, LetterRecord, PublicRecord, SealedEvidence, SigningEvidence
from tlog import leaf
from tlog.errors import BadProof
from tlog.record import multikey, seal_multikey, sign
from tlog.seal import point

BATCH = 200


def _issuer(at: datetime) -> tuple[Any, str]:
    """`(key, its address)` of what signs records."""
    key = keys.issuer_key()
    public = key.public_key().public_bytes_raw()
    method = keys.method_of(public)
    _make_known(method, multikey(public), at)
    return key, method


def know_seal(*, at: datetime) -> None:
    """Make the key that seals PDFs known. In the caller's transaction."""
    multibase = seal_multikey(point(keys.pdf_seal().public))
    _make_known(keys.seal_method_of(multibase), multibase, at)


def _make_known(method: str, multibase: str, at: datetime) -> None:
    """A key that is used for the first time is written down for ever, and logged."""
    if IssuerKey.objects.filter(method=method).exists():
        return
    salt = leaf.new_salt()
    body = {"id": method, "type": "Multikey", "controller": keys.did(), "publicKeyMultibase": multibase}
    entry = append(
        event_key=f"key:{method}:add", kind=Kind.KEY, op=Op.ADD, commitment=leaf.commitment(body, salt), at=at
    )
    IssuerKey.objects.create(method=method, multibase=multibase, since=at, salt=salt, entry=entry)


def enter_record(*, letter: Letter, texts: LetterRecord, level: str, at: datetime) -> PublicRecord:
    """Sign the public record of a letter and put it into the log. In the caller's transaction; once per letter."""
    key, method = _issuer(at)
    body = sign(credential(letter=letter, record=texts, level=level), key, method=method, created=instant(at))
    salt = leaf.new_salt()
    entry = append(
        event_key=f"pledge:{letter.public_id}:add",
        kind=Kind.PLEDGE,
        op=Op.ADD,
        commitment=leaf.commitment(body, salt),
        at=at,
    )
    return PublicRecord.objects.create(letter=letter, body=leaf.canonical(body).decode(), salt=salt, entry=entry)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Where a signature was given. Kept only inside the sealed evidence."""

    address: str
    user_agent: str


def seal_evidence(*, evidence: SigningEvidence, texts: LetterRecord, where: Circumstances) -> SealedEvidence:
    """Encrypt the evidence record of a signature and put a commitment to it into the log, except a minor's.

    In the caller's transaction.
    """
    letter = evidence.letter
    signer, version = letter.signer, letter.version
    assert signer is not None and version is not None  # noqa: PT018  # signed here: the database checks it
    body: dict[str, Any] = plain(
        {
            "who": {"id": signer.public_id, "name": texts.subject_name, "unit": texts.unit_name,
                    "ageClass": signer.age_class, "level": evidence.level, "method": evidence.method},
            "what": {"letter": letter.public_id, "code": letter.code, "template": version.template.slug,
                     "version": version.number, "textShown": evidence.text_digest, "record": texts.digest,
                     "publication": letter.visibility},
            "how": {"typedName": evidence.typed_name, "saysToHaveRead": evidence.confirmed_reading},
            "when": {"opened": instant(evidence.opened_at), "signed": instant(letter.signed_at),
                     "readToEnd": instant(evidence.read_to_end_at) if evidence.read_to_end_at else ""},
            "where": {"address": where.address, "userAgent": where.user_agent},
        }
    )  # fmt: skip
    salt = leaf.new_salt()
    entry = None
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


def enter_end(*, letter: Letter, op: str, at: datetime) -> LogEntry | None:
    """Tell the log that a public letter was withdrawn or has expired: once, and only if it is in there.

    The entry points at the letter's first one and repeats its commitment. In the caller's transaction.
    """
    first = LogEntry.objects.filter(event_key=f"pledge:{letter.public_id}:add").first()
    if first is None:
        return None
    return append(
        event_key=f"pledge:{letter.public_id}:{op}",
        kind=Kind.PLEDGE,
        op=op,
        commitment=first.commitment,
        acts_on=first,
        at=at,
    )


@transaction.atomic
def log_letter(*, letter_id: int, at: datetime | None = None) -> PublicRecord | None:
    """Give a published letter from before the log its record and its entry; None if it has them or is not public.

    Its PDF is made again, with both inside.
    """
    letter = queries.unlogged().select_for_update(of=("self",)).filter(pk=letter_id).first()
    if letter is None:
        return None
    made = enter_record(letter=letter, texts=letter.record, level=letter.evidence.level, at=at or timezone.now())
    LetterPdf.objects.filter(letter=letter).delete()
    record(action="pledges.log_letter", actor=None, target=f"pledges.Letter:{letter.pk}")
    return made


def log_letters(*, limit: int | None = None) -> int:
    """`log_letter` for all that lack an entry, one transaction each; returns how many. Stopping and starting again
    goes on where it stopped."""
    done = 0
    while limit is None or done < limit:
        size = BATCH if limit is None else min(BATCH, limit - done)
        waiting = list(queries.unlogged().order_by("pk").values_list("pk", flat=True)[:size])
        if not waiting:
            break
        done += sum(log_letter(letter_id=letter_id) is not None for letter_id in waiting)
    return done


@transaction.atomic
def expire_letters(*, at: datetime | None = None) -> int:
    """Tell the log of public letters whose last day is over; returns how many. Told once each."""
    moment = at or timezone.now()
    over = list(queries.expired_unsaid(timezone.localdate(moment))[:BATCH])
    for letter in over:
        enter_end(letter=letter, op=Op.EXPIRE, at=moment)
    if over:
        record(action="pledges.expire_letters", actor=None, target="pledges.Letter", details={"count": len(over)})
    return len(over)


@transaction.atomic
def open_evidence(*, code: str, reason: str) -> dict[str, Any]:
    """The evidence record of a signature, unsealed, after its commitment in the log was checked.

    Raises Letter.DoesNotExist, SealedEvidence.DoesNotExist, cryptography's InvalidTag if a byte was changed, and
    tlog.errors.BadProof if it is not what the log's entry commits to.
    """
    letter = queries.letter_by_code(code)
    row = SealedEvidence.objects.select_related("entry").get(letter=letter)
    body = leaf.load(keys.unseal(bytes(row.sealed), about=letter.public_id))
    if row.entry is not None and leaf.commitment(body["evidence"], leaf.unb64url(body["salt"])) != row.entry.commitment:
        raise BadProof("the evidence is not what the log commits to", reason="other-record")
    target, details = f"pledges.Letter:{letter.pk}", {"reason": reason}
    record(action="pledges.open_evidence", actor=None, target=target, details=details)
    found: dict[str, Any] = body["evidence"]
    return found
