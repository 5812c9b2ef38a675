"""Record, correct and take back deeds; confirm them or send them back."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from accounts.models import User
from foundation.audit.actions import record
from foundation.filetypes import EXTENSIONS, HEAD_BYTES, sniff
from notifications.actions import Draft, notify_all
from practice import queries, steps
from practice.models import Deed, DeedQuerySet, DeedState, PractiseStep, evidence_path, private_storage


class StepNotConfigurable(ValueError):
    """Not a practise step, or learners may already work in its programme."""


@transaction.atomic
def configure_step(*, by: User | None, step: steps.Step, required_deeds: int = 2) -> PractiseStep:
    """Say how many confirmed deeds a practise step of a draft programme asks for.

    Raises StepNotConfigurable, or ValidationError unless `required_deeds` is 1 to 50.
    """
    if not steps.is_configurable(step):
        raise StepNotConfigurable(step.public_id)
    row = PractiseStep(step_id=step.pk, required_deeds=required_deeds)
    row.full_clean(validate_unique=False)
    row.save()
    record(
        action="practice.configure_step",
        actor=by,
        target=f"programmes.Step:{step.pk}",
        details={"required_deeds": required_deeds},
    )
    return row


class EvidenceRefused(ValidationError):
    """The evidence is not a file that may be kept. `status` is the HTTP status that says so."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__({"evidence": message})
        self.status = status


@contextmanager
def _kept(upload: UploadedFile | None, happened_on: date) -> Iterator[tuple[str, str]]:
    """Store `upload`, hand out (name, type), and remove it again if what is done with them fails."""
    if upload is None:
        yield "", ""
        return
    if (upload.size or 0) > settings.UPLOAD_MAX_BYTES:
        limit = settings.UPLOAD_MAX_BYTES // (1024 * 1024)
        raise EvidenceRefused(_("The file is larger than %(limit)s MB.") % {"limit": limit}, 413)
    media_type = sniff(upload.read(HEAD_BYTES))
    upload.seek(0)
    if not media_type:
        raise EvidenceRefused(_("Evidence is a PDF or a picture (JPEG, PNG, WebP)."), 415)
    storage = private_storage()
    name = storage.save(evidence_path(Deed(happened_on=happened_on), f"x{EXTENSIONS[media_type]}"), upload)
    try:
        yield name, media_type
    except BaseException:
        storage.delete(name)
        raise


@dataclass(frozen=True, slots=True)
class _Wording:
    """The checked content of a deed."""

    sentence: str
    happened_on: date
    promise_key: str
    promise: str


def _checked(gate: steps.OpenStep, sentence: str, happened_on: date, promise_key: str, today: date) -> _Wording:
    """Check what the learner wrote against the promises of the letter. Raises ValidationError by field."""
    sentence = " ".join(sentence.split())
    if not sentence or len(sentence) > 200:
        raise ValidationError({"sentence": _("Write what you did in one sentence, at most 200 characters.")})
    if happened_on > today:
        raise ValidationError({"happened_on": _("This day has not come yet.")})
    promises = {promise.key: promise for promise in steps.promises(gate.enrolment.pk)}
    if not promises:
        return _Wording(sentence, happened_on, "", "")
    chosen = promises.get(promise_key)
    if chosen is None:
        raise ValidationError({"promise_key": _("Choose the promise that this deed keeps.")})
    if chosen.made_on and happened_on < chosen.made_on:
        raise ValidationError({"happened_on": _("You signed this promise later. Choose a day since then.")})
    return _Wording(sentence, happened_on, chosen.key, chosen.text)


class DeedRecordedBefore(ValueError):
    """The same sentence for the same promise and day stands there already: a double tap, or a copy."""


@transaction.atomic
def record_deed(
    *,
    gate: steps.OpenStep,
    sentence: str,
    happened_on: date,
    promise_key: str = "",
    evidence: UploadedFile | None = None,
    at: datetime | None = None,
) -> Deed:
    """Record a deed. `gate` is what `practice.steps.enter` returned; `evidence` is a PDF or a picture.

    Raises ValidationError by field, EvidenceRefused, or DeedRecordedBefore.
    """
    moment = at or timezone.now()
    wording = _checked(gate, sentence, happened_on, promise_key, timezone.localdate(moment))
    with _kept(evidence, happened_on) as (name, media_type):
        try:
            with transaction.atomic():
                deed = Deed.objects.create(
                    enrolment_id=gate.enrolment.pk,
                    practise_step_id=gate.step.pk,
                    sentence=wording.sentence,
                    happened_on=wording.happened_on,
                    promise_key=wording.promise_key,
                    promise=wording.promise,
                    evidence=name,
                    evidence_type=media_type,
                    recorded_at=moment,
                )
        except IntegrityError:
            raise DeedRecordedBefore(wording.sentence) from None
        record(action="practice.record_deed", actor=gate.enrolment.user, target=f"practice.Deed:{deed.pk}")
    return deed


class WrongState(ValueError):
    """The deed was not in the state that this change starts from: somebody was faster."""


def _resubmit(gate: steps.OpenStep, deed: Deed, wording: _Wording, moment: datetime, files: dict[str, str]) -> None:
    """Put a returned deed back among those that wait. Raises WrongState or DeedRecordedBefore."""
    try:
        with transaction.atomic():
            changed = _own(gate, deed, DeedState.RETURNED).update(
                state=DeedState.SUBMITTED,
                sentence=wording.sentence,
                happened_on=wording.happened_on,
                promise_key=wording.promise_key,
                promise=wording.promise,
                recorded_at=moment,
                decided_by=None,
                decided_at=None,
                reason="",
                **files,
            )
    except IntegrityError:
        raise DeedRecordedBefore(wording.sentence) from None
    if not changed:
        raise WrongState(deed.public_id)


@transaction.atomic
def correct_deed(
    *,
    gate: steps.OpenStep,
    deed: Deed,
    sentence: str,
    happened_on: date,
    promise_key: str = "",
    evidence: UploadedFile | None = None,
    at: datetime | None = None,
) -> None:
    """Correct a returned deed and submit it again. Without new `evidence` the old file stays.

    Raises WrongState, and what `record_deed` raises.
    """
    moment = at or timezone.now()
    wording = _checked(gate, sentence, happened_on, promise_key, timezone.localdate(moment))
    with _kept(evidence, happened_on) as (name, media_type):
        files = {"evidence": name, "evidence_type": media_type} if name else {}
        _resubmit(gate, deed, wording, moment, files)
        record(
            action="practice.correct_deed",
            actor=gate.enrolment.user,
            target=f"practice.Deed:{deed.pk}",
            details={"returned_because": deed.reason},
        )
    if name:
        _remove_on_commit(deed.evidence.name)


@transaction.atomic
def withdraw_deed(*, gate: steps.OpenStep, deed: Deed) -> None:
    """Take a deed back while nobody has confirmed it; its evidence is deleted. Raises WrongState."""
    changed = _own(gate, deed, DeedState.SUBMITTED, DeedState.RETURNED).update(
        state=DeedState.WITHDRAWN, decided_by=None, decided_at=None, reason="", evidence="", evidence_type=""
    )
    if not changed:
        raise WrongState(deed.public_id)
    record(action="practice.withdraw_deed", actor=gate.enrolment.user, target=f"practice.Deed:{deed.pk}")
    _remove_on_commit(deed.evidence.name)


def _own(gate: steps.OpenStep, deed: Deed, *states: DeedState) -> DeedQuerySet:
    """`deed` if it belongs to this enrolment and step and is in one of `states`: the compare of compare-and-set."""
    return Deed.objects.filter(
        pk=deed.pk, enrolment_id=gate.enrolment.pk, practise_step_id=gate.step.pk, state__in=states
    )


def _remove_on_commit(name: str | None) -> None:
    """Delete a file of evidence once the row that named it has let go of it."""
    if name:
        transaction.on_commit(lambda: private_storage().delete(name))


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a bulk confirmation did: `skipped` were decided by somebody else, taken back, or not theirs to confirm."""

    confirmed: int
    skipped: int


@transaction.atomic
def confirm_deeds(*, by: User, public_ids: Sequence[str], at: datetime | None = None) -> Confirmation:
    """Confirm every submitted deed among `public_ids` of the people whom `by` leads; the rest is counted as skipped.

    All deeds of the enrolments concerned are locked first: two coordinators who confirm the last two deeds at the
    same time must not both find one missing.
    """
    asked = set(public_ids)
    allowed = queries.confirmable_by(by).filter(public_id__in=asked, state=DeedState.SUBMITTED)
    enrolment_of = dict(allowed.values_list("pk", "enrolment_id"))
    enrolment_ids = sorted(set(enrolment_of.values()))
    locked = Deed.objects.select_for_update().filter(enrolment_id__in=enrolment_ids).order_by("pk")
    waiting = [deed.pk for deed in locked if deed.pk in enrolment_of and deed.state == DeedState.SUBMITTED]
    confirmed = Deed.objects.filter(pk__in=waiting, state=DeedState.SUBMITTED).update(
        state=DeedState.CONFIRMED, decided_by=by, decided_at=at or timezone.now()
    )
    steps.deeds_confirmed(enrolment_ids=enrolment_ids)
    record(
        action="practice.confirm_deeds",
        actor=by,
        target=f"practice.Deed:{waiting[0] if waiting else 'none'}",
        details={"deeds": waiting, "skipped": len(asked) - confirmed},
        succeeded=bool(confirmed),
    )
    _tell_confirmed(waiting, at)
    return Confirmation(confirmed, len(asked) - confirmed)


def _tell_confirmed(deed_ids: Sequence[int], at: datetime | None) -> None:
    """One message to each learner, however many of their deeds were confirmed."""
    rows = Deed.objects.filter(pk__in=deed_ids).values_list(
        "enrolment__user_id", "practise_step__step__public_id", "practise_step_id"
    )
    with override(settings.LANGUAGE_CODE):
        notify_all(
            drafts=[
                Draft(
                    user_id,
                    "practice.confirmed",
                    ngettext("A deed of yours is confirmed", "%(count)s deeds of yours are confirmed", count)
                    % {"count": count},
                    url=reverse("practice:step", args=[step_public_id]),
                )
                for (user_id, step_public_id, _step_id), count in sorted(Counter(rows).items())
            ],
            at=at,
        )


class NotYours(LookupError):
    """No such deed among the people whom this person leads: told alike for absent and foreign ones."""


@transaction.atomic
def return_deed(*, by: User, public_id: str, reason: str, at: datetime | None = None) -> Deed:
    """Send a submitted deed back with a reason, so that it can be corrected.

    Raises NotYours, WrongState, or ValidationError without a reason of at most 300 characters.
    """
    reason = " ".join(reason.split())
    if not reason or len(reason) > 300:
        raise ValidationError({"reason": _("Say in a sentence what should be changed, at most 300 characters.")})
    deed = (
        queries.confirmable_by(by)
        .filter(public_id=public_id)
        .select_related("enrolment", "practise_step__step")
        .first()
    )
    if deed is None:
        raise NotYours(public_id)
    changed = Deed.objects.filter(pk=deed.pk, state=DeedState.SUBMITTED).update(
        state=DeedState.RETURNED, decided_by=by, decided_at=at or timezone.now(), reason=reason
    )
    if not changed:
        raise WrongState(public_id)
    record(action="practice.return_deed", actor=by, target=f"practice.Deed:{deed.pk}", details={"reason": reason})
    with override(settings.LANGUAGE_CODE):
        subject = _("A deed of yours came back")
        url = reverse("practice:step", args=[deed.practise_step.step.public_id])
    notify_all(drafts=[Draft(deed.enrolment.user_id, "practice.returned", subject, reason, url)], at=at)
    return deed


class NoEvidence(LookupError):
    """No such file for this person: told alike for absent and foreign ones."""


@transaction.atomic
def open_evidence(*, by: User, public_id: str) -> tuple[File, str]:
    """Return the open file of evidence and its type for its learner or who leads them; the look is logged.

    Raises NoEvidence.
    """
    deed = queries.readable_evidence(by, public_id)
    if deed is None:
        raise NoEvidence(public_id)
    try:
        opened = deed.evidence.open("rb")
    except FileNotFoundError:
        raise NoEvidence(public_id) from None
    target = f"accounts.User:{deed.enrolment.user_id}"
    record(action="practice.open_evidence", actor=by, target=target, details={"deed": deed.pk})
    return opened, deed.evidence_type
