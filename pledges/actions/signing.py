"""Sign a letter: the one place where a signature comes into being."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

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
from pledges.actions.entries import Circumstances, enter_record, seal_evidence
from pledges.contracts import pledge_code, text_hash
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


class SignatureRefused(ValueError):
    """The letter was not signed; nothing was stored. The text is for the signer."""


class NothingToSign(SignatureRefused):
    """The step has no letter yet, or the letter is not ready."""


class WordingChanged(SignatureRefused):
    """A newer version became ready while this one was being read."""


class NotRead(SignatureRefused):
    """The signer has not said that they read the letter to its end."""


class NameDiffers(SignatureRefused):
    """The typed name is not the account's."""


class VisibilityRefused(SignatureRefused):
    """The chosen visibility is wider than the template, the signer's age or the unit allows."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How the letter was read and signed: what goes into the private evidence.

    `method` is "password" (entered again just now) or "session" (signed in, confirmed). `read_to_end_at` is known
    only where the browser reported it.
    """

    opened_at: datetime
    confirmed: bool
    typed_name: str = ""
    method: str = "password"
    read_to_end_at: datetime | None = None
    address: str = ""
    user_agent: str = ""

    @property
    def level(self) -> str:
        """The level that this method reaches."""
        return SignatureLevel.REAUTHENTICATED if self.method == "password" else SignatureLevel.CONFIRMED


@dataclass(frozen=True, slots=True)
class Party:
    """Who makes the promise, as it will stand in the record."""

    name: str
    unit: str
    category: str
    id_code: str = ""


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


def store_letter(
    *,
    version: LetterVersion,
    signer: User,
    party: Party,
    visibility: str,
    reading: Reading,
    at: datetime,
    opened: steps.OpenStep | None = None,
) -> Letter:
    """Insert letter, record and evidence with their log entries, and queue the publication. In the caller's
    transaction: all of it happens, or nothing."""
    template = version.template
    made_on = timezone.localdate(at)
    district, code = next_code(unit=template.accepting_unit, made_on=made_on)
    days = template.validity_days
    letter = Letter.objects.create(
        public_id=code12(),
        code=code,
        district=district,
        made_on=made_on,
        signed_at=at,
        valid_until=made_on + timedelta(days=days) if days else None,
        version=version,
        signer=signer,
        enrolment_id=opened.enrolment.pk if opened else None,
        step_id=opened.step.pk if opened else None,
        subject=template.subject,
        audience=template.audience,
        visibility=visibility,
        signer_is_minor=signer.is_minor,
    )
    _store_texts(letter, version, party, reading)
    return letter


def _store_texts(letter: Letter, version: LetterVersion, party: Party, reading: Reading) -> None:
    """Record and evidence with their entries in the log, and the publication in the outbox."""
    texts = _store_record(letter, version, party)
    where = Circumstances(reading.address, reading.user_agent[:300])
    seal_evidence(evidence=_store_evidence(letter, version, reading), texts=texts, where=where)
    if letter.is_public_choice:
        enter_record(letter=letter, texts=texts, level=reading.level, at=letter.signed_at)
        enqueue(kind="pledges.publish", payload={"letter": letter.pk}, key=f"pledges.publish:{letter.pk}")


def _store_evidence(letter: Letter, version: LetterVersion, reading: Reading) -> SigningEvidence:
    """How the signer read and signed. Where from is only inside the sealed evidence."""
    return SigningEvidence.objects.create(
        letter=letter,
        typed_name=reading.typed_name,
        method=reading.method,
        level=reading.level,
        opened_at=reading.opened_at,
        read_to_end_at=reading.read_to_end_at,
        confirmed_reading=reading.confirmed,
        text_digest=version.digest,
    )


def _store_record(letter: Letter, version: LetterVersion, party: Party) -> LetterRecord:
    """Copy every text as signed. `digest` covers the public face only: a hidden name cannot be tried against it."""
    template = version.template
    unit = template.accepting_unit
    public_name = party.name if letter.visibility == Visibility.NAMED else ""
    public_unit = party.unit if letter.visibility in (Visibility.NAMED, Visibility.UNIT) else ""
    texts = [clause.text for clause in version.clause_list]
    return LetterRecord.objects.create(
        letter=letter,
        title=template.title,
        title_en=template.title_en,
        subject_name=party.name,
        subject_category=party.category,
        subject_id_code=party.id_code,
        unit_name=party.unit,
        public_name=public_name,
        public_unit=public_unit,
        pledge_type=template.pledge_type,
        reason=version.reason,
        preamble=version.preamble,
        clauses=version.clauses,
        breach_liability=version.breach_liability,
        accepting_unit=unit.name,
        accepting_unit_uscc=unit.uscc or "",
        publication_type=template.publication,
        made_on=letter.made_on,
        valid_until=letter.valid_until,
        digest=text_hash(
            letter.public_id, letter.code, public_name, public_unit, template.title, version.reason,
            version.preamble, *texts, version.breach_liability, unit.name, str(letter.made_on), str(letter.valid_until),
        ),
    )  # fmt: skip


def unit_line(organisation: Organisation) -> str:
    """The unit as a letter names it: a section with its department, a class with its school; the city is left out."""
    chain = [unit for unit in ancestors(organisation) if unit.kind != "city"]
    return "".join(unit.name for unit in chain[-2:]) if chain else organisation.name


def _check(version: LetterVersion, signer: User, visibility: str, reading: Reading, unit: Organisation) -> None:
    """Everything that must hold before a person's signature counts. Raises a SignatureRefused."""
    if not reading.confirmed:
        raise NotRead(_("Read the letter to its end and tick that you have, then sign."))
    if version.template.subject != Subject.CLASS and reading.typed_name.strip() != signer.get_full_name():
        raise NameDiffers(_("Type your name as it stands in your account: %(name)s.") % {"name": signer.name})
    if visibility not in queries.offered_visibilities(version=version, signer=signer, unit=unit):
        raise VisibilityRefused(_("Choose one of the offered ways of publication."))


def _version_shown(opened: steps.OpenStep, version_digest: str) -> LetterVersion:
    """The wording to sign. Raises NothingToSign, or WordingChanged if another one was shown."""
    version = queries.version_of_step(opened.step.pk)
    if version is None:
        raise NothingToSign(_("This letter is not ready yet."))
    if version_digest and version_digest != version.digest:
        raise WordingChanged(_("The wording changed while you were reading. Read the new one, then sign."))
    return version


@transaction.atomic
def sign_letter(
    *,
    opened: steps.OpenStep,
    visibility: str,
    reading: Reading,
    version_digest: str = "",
    at: datetime | None = None,
) -> Letter:
    """Sign the letter of a step that is open (`pledges.steps.enter`). A second call returns the first letter.

    `version_digest` is the wording that was shown: a newer one in the meantime must be read first. Signing and
    publication are two decisions: any offered `visibility`, "none" too, completes the step.
    Raises NothingToSign, WordingChanged, NotRead, NameDiffers or VisibilityRefused.
    """
    signed = queries.letter_of_step(opened.enrolment.pk, opened.step.pk)
    if signed is not None:
        return signed
    version = _version_shown(opened, version_digest)
    signer, unit = opened.enrolment.user, opened.enrolment.organisation
    _check(version, signer, visibility, reading, unit)
    party = Party(signer.get_full_name(), unit_line(unit), SubjectCategory.NATURAL)
    try:
        with transaction.atomic():
            letter = store_letter(
                version=version, signer=signer, party=party, visibility=visibility, reading=reading,
                at=at or timezone.now(), opened=opened,
            )  # fmt: skip
    except IntegrityError:
        signed = queries.letter_of_step(opened.enrolment.pk, opened.step.pk)
        if signed is None:
            raise
        return signed
    steps.letter_signed(letter)
    record(
        action="pledges.sign_letter",
        actor=signer,
        target=f"pledges.Letter:{letter.pk}",
        details={"visibility": visibility, "level": reading.level},
    )
    return letter
