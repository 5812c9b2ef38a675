"""Sign a letter: the one place where a signature comes into being."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from foundation.audit.actions import record
from foundation.identifiers import code12
from foundation.jobs.actions import enqueue
from organisations.models import Organisation
from organisations.queries import ancestors
from pledges import queries, steps
from pledges.actions.entries import enter_record
from pledges.actions.evidence import keep_extras, seal_evidence
from pledges.actions.refusals import (
    NameDiffers,
    NothingToSign,
    NotOnTheSpot,
    NotRead,
    SignatureRefused,
    VisibilityRefused,
)
from pledges.actions.wording import Words, fill_in, signable
from pledges.contracts import Wording, pledge_code, text_hash
from pledges.models import (
    CodeCounter,
    Letter,
    LetterRecord,
    LetterVersion,
    SignatureLevel,
    SigningEvidence,
    Subject,
    SubjectCategory,
    Visibility,
)

LEVELS = {
    "password": SignatureLevel.REAUTHENTICATED,
    "drawn": SignatureLevel.DRAWN,
    "passkey": SignatureLevel.PASSKEY,
    "on_the_spot": SignatureLevel.ON_THE_SPOT,
    "session": SignatureLevel.CONFIRMED,
}


@dataclass(frozen=True, slots=True)
class Reading:
    """How the letter was read and signed: what goes into the private evidence.

    `method` is "password" (entered again just now), "drawn" (password, and `strokes` as RFC 8785 JSON), "passkey" (its
    verified answer in `passkey`), "on_the_spot" (before `confirmed_by`) or "session" (signed in, confirmed).
    `read_to_end_at` and `visible_seconds` are known only where the browser reported them. `context` holds whatever
    else is known of the moment (language, time zone, how one is signed in).
    """

    opened_at: datetime
    confirmed: bool
    typed_name: str = ""
    method: str = "password"
    read_to_end_at: datetime | None = None
    visible_seconds: int | None = None
    address: str = ""
    user_agent: str = ""
    strokes: str = ""
    passkey: Mapping[str, str] | None = None
    confirmed_by: User | None = None
    context: Mapping[str, Any] = field(default_factory=dict)

    @property
    def level(self) -> str:
        """The level that this method reaches."""
        return LEVELS[self.method]


@dataclass(frozen=True, slots=True)
class Party:
    """Who makes the promise, as it will stand in the record."""

    name: str
    unit: str
    category: str
    id_code: str = ""


@dataclass(frozen=True, slots=True)
class Signing:
    """Everything that one signature is made of."""

    version: LetterVersion
    wording: Wording
    signer: User
    party: Party
    visibility: str
    reading: Reading
    at: datetime
    opened: steps.OpenStep | None = None
    renews: Letter | None = None


def next_code(*, unit: Organisation, made_on: date) -> tuple[str, str]:
    """Take the next pledge code of the unit's division for that day; returns (division, code). In a transaction.

    The UPDATE holds the counter's row until the caller's commit, so two signers never read the same number. Raises
    NothingToSign if the unit lies in no division.
    """
    district = queries.district_of(unit)
    if not district:
        raise NothingToSign(_("The accepting unit has no administrative division code."))
    counter, _made = CodeCounter.objects.get_or_create(district=district, day=made_on)
    CodeCounter.objects.filter(pk=counter.pk).update(latest=F("latest") + 1)
    counter.refresh_from_db(fields=["latest"])
    return district, pledge_code(district, made_on, counter.latest)


def store_letter(signing: Signing) -> Letter:
    """Insert letter, record and evidence with their log entries, and queue publication and copies. In the caller's
    transaction: all of it happens, or nothing."""
    template, opened = signing.version.template, signing.opened
    made_on = timezone.localdate(signing.at)
    district, code = next_code(unit=template.accepting_unit, made_on=made_on)
    days = template.validity_days
    letter = Letter.objects.create(
        public_id=code12(),
        code=code,
        district=district,
        made_on=made_on,
        signed_at=signing.at,
        valid_until=made_on + timedelta(days=days) if days else None,
        version=signing.version,
        signer=signing.signer,
        enrolment_id=opened.enrolment.pk if opened else None,
        step_id=opened.step.pk if opened else None,
        renews=signing.renews,
        subject=template.subject,
        audience=template.audience,
        visibility=signing.visibility,
        signer_is_minor=signing.signer.is_minor,
    )
    _store_texts(letter, signing)
    return letter


def _store_texts(letter: Letter, signing: Signing) -> None:
    """Record and evidence with their entries in the log, and the publication in the outbox."""
    reading = signing.reading
    texts = _store_record(letter, signing)
    evidence = _store_evidence(letter, signing.version, reading)
    published = None
    if letter.is_public_choice:
        published = enter_record(letter=letter, texts=texts, level=reading.level, at=letter.signed_at)
        enqueue(kind="pledges.publish", payload={"letter": letter.pk}, key=f"pledges.publish:{letter.pk}")
    extras = keep_extras(letter=letter, address=reading.address, strokes=reading.strokes)
    seal_evidence(
        evidence=evidence, texts=texts, wording=signing.wording, reading=reading, extras=extras, published=published
    )
    if signing.version.template.copies > 1:
        enqueue(kind="pledges.copies", payload={"letter": letter.pk}, key=f"pledges.copies:{letter.pk}")


def _store_evidence(letter: Letter, version: LetterVersion, reading: Reading) -> SigningEvidence:
    """How the signer read and signed. Where from is only inside the sealed evidence."""
    return SigningEvidence.objects.create(
        letter=letter,
        method=reading.method,
        level=reading.level,
        opened_at=reading.opened_at,
        read_to_end_at=reading.read_to_end_at,
        visible_seconds=reading.visible_seconds,
        confirmed_reading=reading.confirmed,
        text_digest=version.digest,
        strokes_sha256=sha256(reading.strokes.encode()).hexdigest() if reading.strokes else "",
        confirmed_by=reading.confirmed_by,
    )


def _store_record(letter: Letter, signing: Signing) -> LetterRecord:
    """Copy every text as signed. `digest` covers the public face only: a hidden name cannot be tried against it."""
    template, wording, party = signing.version.template, signing.wording, signing.party
    unit = template.accepting_unit
    public_name = party.name if letter.visibility == Visibility.NAMED else ""
    public_unit = party.unit if letter.visibility in (Visibility.NAMED, Visibility.UNIT) else ""
    texts = [clause.text for clause in wording.clauses]
    texts += [template.pledge_type_text] if template.pledge_type_text else []
    return LetterRecord.objects.create(
        letter=letter,
        title=wording.title,
        title_en=template.title_en,
        subject_name=party.name,
        subject_category=party.category,
        subject_id_code=party.id_code,
        unit_name=party.unit,
        public_name=public_name,
        public_unit=public_unit,
        pledge_type=template.pledge_type,
        pledge_type_text=template.pledge_type_text,
        reason=wording.reason,
        preamble=wording.preamble,
        clauses=[clause.as_json() for clause in wording.clauses],
        breach_liability=wording.breach_liability,
        accepting_unit=unit.name,
        accepting_unit_uscc=unit.uscc or "",
        publication_type=template.publication,
        made_on=letter.made_on,
        valid_until=letter.valid_until,
        locale=wording.language,
        digest=text_hash(
            letter.public_id, letter.code, public_name, public_unit, wording.title, wording.reason, wording.preamble,
            *texts, wording.breach_liability, unit.name, str(letter.made_on), str(letter.valid_until),
        ),
    )  # fmt: skip


def unit_line(organisation: Organisation) -> str:
    """The unit as a letter names it: a section with its department, a class with its school; the city is left out."""
    chain = [unit for unit in ancestors(organisation) if unit.kind != "city"]
    return "".join(unit.name for unit in chain[-2:]) if chain else organisation.name


def check_passkey(reading: Reading) -> None:
    """Whoever signs with a passkey has its answer. Raises SignatureRefused."""
    if reading.method == "passkey" and not reading.passkey:
        raise SignatureRefused(_("Your passkey did not answer. Nothing was signed."))


def check_signer(version: LetterVersion, signer: User, visibility: str, reading: Reading, unit: Organisation) -> None:
    """Everything that must hold before a person's signature counts. Raises a SignatureRefused."""
    if not reading.confirmed:
        raise NotRead(_("Read the letter to its end and tick that you have, then sign."))
    if version.template.subject != Subject.CLASS and reading.typed_name.strip() != signer.get_full_name():
        raise NameDiffers(_("Type your name as it stands in your account: %(name)s.") % {"name": signer.name})
    if visibility not in queries.offered_visibilities(version=version, signer=signer, unit=unit):
        raise VisibilityRefused(_("Choose one of the offered ways of publication."))
    if reading.method == "drawn" and not reading.strokes:
        raise SignatureRefused(_("Draw your signature, or choose another way to sign."))
    check_passkey(reading)
    if reading.method == "on_the_spot":
        confirmer = reading.confirmed_by
        if confirmer is None or not queries.may_confirm(confirmer, signer=signer, unit=unit):
            raise NotOnTheSpot(_("Only somebody else, who leads the signer's unit, can confirm who signs."))


@transaction.atomic
def sign_letter(
    *,
    opened: steps.OpenStep,
    visibility: str,
    reading: Reading,
    version_digest: str = "",
    words: Words | None = None,
    at: datetime | None = None,
) -> Letter:
    """Sign the letter of a step that is open (`pledges.steps.enter`). A second call returns the first letter.

    `version_digest` is the wording that was shown: a newer one in the meantime must be read first. Signing and
    publication are two decisions: any offered `visibility`, "none" too, completes the step.
    Raises a SignatureRefused.
    """
    signed = queries.letter_of_step(opened.enrolment.pk, opened.step.pk)
    if signed is not None:
        return signed
    moment = at or timezone.now()
    version = signable(queries.version_of_step(opened.step.pk), version_digest, timezone.localdate(moment))
    signer, unit = opened.enrolment.user, opened.enrolment.organisation
    check_signer(version, signer, visibility, reading, unit)
    name = signer.get_full_name()
    wording = fill_in(version, words or Words(), visibility=visibility, name=name)
    party = Party(name, unit_line(unit), SubjectCategory.NATURAL)
    signing = Signing(version, wording, signer, party, visibility, reading, moment, opened)
    try:
        with transaction.atomic():
            letter = store_letter(signing)
    except IntegrityError:
        signed = queries.letter_of_step(opened.enrolment.pk, opened.step.pk)
        if signed is None:
            raise
        return signed
    steps.letter_signed(letter)
    note_signed(letter=letter, reading=reading)
    return letter


def note_signed(*, letter: Letter, reading: Reading) -> None:
    """The audit entry of a person's signature; the actor is who worked the screen."""
    details: dict[str, Any] = {"visibility": letter.visibility, "level": reading.level}
    if reading.confirmed_by is not None:
        details["signer"] = letter.signer_id
    record(
        action="pledges.sign_letter",
        actor=reading.confirmed_by or letter.signer,
        target=f"pledges.Letter:{letter.pk}",
        details=details,
    )
