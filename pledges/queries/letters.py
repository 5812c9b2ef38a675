"""What can be signed, and what somebody has signed."""

from collections.abc import Iterator, Sequence

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Q, QuerySet

from accounts.models import User
from organisations.models import Organisation
from organisations.queries import ancestors, may_be_named
from pledges.contracts import Clause, choices_within, read_code
from pledges.models import Letter, LetterState, LetterTemplate, LetterVersion, PledgeStep, Subject, VersionState
from pledges.queries.afterwards import letters_decided_by

BATCH = 1000


def current_version(template: LetterTemplate) -> LetterVersion | None:
    """The newest version that is ready to sign, else None."""
    return (
        LetterVersion.objects.filter(template=template, state=VersionState.READY)
        .select_related("template__accepting_unit")
        .order_by("-number")
        .first()
    )


def askable_letters() -> QuerySet[LetterTemplate]:
    """What a step may ask for: wording that a second person has found ready, signed by a person or a class."""
    ready = LetterVersion.objects.filter(state=VersionState.READY).values("template")
    return LetterTemplate.objects.filter(pk__in=ready).exclude(subject=Subject.ORGANISATION)


def version_of_step(step_id: int) -> LetterVersion | None:
    """The version that a step asks for now; None if the step has no letter or the letter is not ready."""
    setting = PledgeStep.objects.filter(step_id=step_id).select_related("template").first()
    return current_version(setting.template) if setting else None


def letter_of_step(enrolment_id: int, step_id: int) -> Letter | None:
    """The letter in force that this enrolment has signed for this step."""
    found = Letter.objects.in_force().filter(enrolment_id=enrolment_id, step_id=step_id)
    return found.select_related("record", "publication", "pdf").first()


def letters_of(user: AbstractBaseUser) -> QuerySet[Letter]:
    """Everything that `user` has signed, newest first; withdrawn letters too (they have no record)."""
    found = Letter.objects.filter(signer_id=user.pk).select_related("record", "publication", "version__template")
    return found.order_by("-signed_at", "-pk")


def own_letter(user: AbstractBaseUser, public_id: str) -> Letter | None:
    """One letter of `user`, with all that its page shows; None for a foreign or unknown one."""
    found = Letter.objects.filter(signer_id=user.pk, public_id=public_id)
    return found.select_related("record", "publication", "pdf", "evidence__confirmed_by", "version__template").first()


def office_letters(user: AbstractBaseUser, *, text: str = "") -> QuerySet[Letter]:
    """The letters that `user` decides about, newest first; `text` is part of a name or a code."""
    found = letters_decided_by(user).exclude(state=LetterState.WITHDRAWN)
    if text:
        code = read_code(text)
        found = found.filter(
            Q(record__subject_name__icontains=text) | Q(code=code) | Q(public_id=code) | Q(record__subject_id_code=code)
        )
    return found.order_by("-pk")


def in_batches(found: QuerySet[Letter]) -> Iterator[list[Letter]]:
    """`found` whole, newest first, some at a time, each from where the one before ended: what is signed or ends
    meanwhile moves nothing. One statement for each batch."""
    found = found.order_by("-pk")
    batch = list(found[:BATCH])
    while batch:
        yield batch
        batch = list(found.filter(pk__lt=batch[-1].pk)[:BATCH]) if len(batch) == BATCH else []


def on_the_spot_of(user: AbstractBaseUser, step_ids: Sequence[int]) -> QuerySet[Letter]:
    """Letters that were signed before `user`."""
    found = Letter.objects.filter(evidence__confirmed_by_id=user.pk, step_id__in=step_ids)
    return found.select_related("record").order_by("-signed_at")


def letter_in_force(letter_id: int) -> Letter | None:
    """One letter in force with its texts, by its key, for jobs."""
    found = Letter.objects.in_force().filter(pk=letter_id)
    return found.select_related("record", "signer", "evidence", "version__template").first()


def letter_by_code(typed: str) -> Letter:
    """Any letter, public or not, by its verification or pledge code: for those who keep the evidence.
    Raises Letter.DoesNotExist."""
    code = read_code(typed)
    return Letter.objects.get(Q(public_id=code) | Q(code=code))


def step_letters(enrolment_ids: Sequence[int] | None = None) -> QuerySet[Letter]:
    """Letters in force that complete a step."""
    found = Letter.objects.in_force().filter(enrolment__isnull=False)
    return found if enrolment_ids is None else found.filter(enrolment_id__in=enrolment_ids)


def promises_of(enrolment_id: int) -> list[tuple[Letter, Clause]]:
    """The clauses that count as promises, of all letters in force of this enrolment, in their order."""
    letters = Letter.objects.in_force().filter(enrolment_id=enrolment_id).select_related("record").order_by("pk")
    return [(letter, clause) for letter in letters for clause in letter.record.clause_list if clause.is_promise]


def offered_visibilities(*, version: LetterVersion, signer: User, unit: Organisation) -> tuple[str, ...]:
    """Which visibilities `signer` of `unit` may choose from for this letter, widest first."""
    subject = version.template.subject
    return choices_within(
        subject=subject,
        widest=version.template.publication,
        signer_is_minor=signer.is_minor,
        unit_may_be_named=subject == Subject.CLASS or may_be_named(unit),
    )


def district_of(unit: Organisation) -> str:
    """The administrative division code of `unit`, or of the nearest unit above that has one; "" if none has."""
    return next((above.district_code for above in reversed(ancestors(unit)) if above.district_code), "")
