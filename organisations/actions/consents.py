"""Guardians' answers of a whole class, and the end of what we hold of a child whose guardian says no."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from foundation.audit.actions import Actor, record
from organisations import registry
from organisations.actions.doors import send_out
from organisations.actions.tree import record_consent, withdraw_consent
from organisations.models import (
    ClassEntry,
    ConsentBatch,
    ConsentRefusal,
    ConsentText,
    FreeSeat,
    GuardianConsent,
    Kind,
    Membership,
    Organisation,
    PupilSecret,
)
from organisations.presets import CONSENT_BODY, CONSENT_TITLE, CONSENT_VERSION
from organisations.queries import consents
from organisations.queries.doors import members_of
from privacy.actions import erase_person

FORGET_SLICE = 100


@dataclass(frozen=True, slots=True)
class Answer:
    """What one guardian has said."""

    child: User
    agrees: bool
    guardian: str = ""
    method: str = ""


class NothingAnswered(ValueError):
    """No child of this class waits for one of these answers."""


class AnswersUsed(ValueError):
    """The answers cannot be taken back: they were before, or some have been withdrawn or acted upon since."""


def set_up_consent_text(*, using: str = "default") -> None:
    """The first version of the letter to parents, unless there is one."""
    texts = ConsentText.objects.using(using)
    if not texts.exists():
        texts.create(version=CONSENT_VERSION, title=CONSENT_TITLE, body=CONSENT_BODY, published_at=timezone.now())


@transaction.atomic
def publish_consent_text(*, by: User, version: str, title: str, body: str, at: datetime | None = None) -> ConsentText:
    """A new version of the letter to parents; older ones stay as they were read. Raises ValidationError."""
    now = at or timezone.now()
    text = ConsentText(
        version=version.strip(), title=title.strip(), body=body.strip(), published_by=by, published_at=now
    )
    text.full_clean()
    text.save()
    record(action="organisations.publish_consent_text", actor=by, target=f"organisations.ConsentText:{text.version}")
    return text


@transaction.atomic
def record_answers(
    *,
    by: User,
    school_class: Organisation,
    answers: Sequence[Answer],
    text_version: str,
    given_at: datetime,
    at: datetime | None = None,
) -> ConsentBatch:
    """Record what the guardians of a class have said: a consent opens the child's account, a refusal keeps it closed.

    Answers of children who have moved, or have a consent, are left out. Raises NothingAnswered, or ValidationError for
    an unknown text, a day to come or a consent without a guardian's name.
    """
    now = at or timezone.now()
    if not ConsentText.objects.filter(version=text_version).exists():
        raise ValidationError(_("There is no such version of the text."))
    if given_at > now:
        raise ValidationError(_("A consent is not given on a day to come."))
    waiting = {user.pk: user for _seat, user in consents.children_waiting(school_class)}
    taken = [answer for answer in answers if answer.child.pk in waiting]
    if not taken:
        raise NothingAnswered(school_class.pk)
    batch = ConsentBatch.objects.create(
        organisation=school_class,
        recorded_by=by,
        recorded_at=now,
        agreed=sum(answer.agrees for answer in taken),
        refused=sum(not answer.agrees for answer in taken),
    )
    for answer in taken:
        _take_in(by, waiting[answer.child.pk], answer, text_version, given_at, batch)
    record(
        action="organisations.record_answers",
        actor=by,
        target=f"organisations.ConsentBatch:{batch.public_id}",
        details={"class": school_class.pk, "agreed": batch.agreed, "refused": batch.refused},
    )
    return batch


def _take_in(by: User, child: User, answer: Answer, text_version: str, given_at: datetime, batch: ConsentBatch) -> None:
    ConsentRefusal.objects.filter(user=child, ended_at=None).update(ended_at=batch.recorded_at)
    if not answer.agrees:
        ConsentRefusal.objects.create(
            user=child, batch=batch, text_version=text_version, told_at=given_at, recorded_by=by
        )
        return
    consent = record_consent(
        by=by, child=child, guardian=answer.guardian, method=answer.method, text_version=text_version, at=given_at
    )
    GuardianConsent.objects.filter(pk=consent.pk).update(batch=batch)


@transaction.atomic
def undo_answers(*, by: User, batch: ConsentBatch, at: datetime | None = None) -> None:
    """Take a class's answers back: the accounts are closed again as if nobody had answered. Raises AnswersUsed if they
    were taken back before, or one of the consents was withdrawn, or one of the children forgotten, since.
    """
    found = ConsentBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    given = list(GuardianConsent.objects.filter(batch=found).select_related("user"))
    refused = ConsentRefusal.objects.filter(batch=found, ended_at=None)
    if found.undone_at or any(consent.withdrawn_at for consent in given) or refused.count() != found.refused:
        raise AnswersUsed(found.public_id)
    now = at or timezone.now()
    User.objects.filter(pk__in=[c.user_id for c in given], age_class=User.AgeClass.CHILD).update(
        has_consent=False, is_active=False
    )
    GuardianConsent.objects.filter(batch=found).delete()
    refused.delete()
    ConsentBatch.objects.filter(pk=found.pk).update(undone_at=now, undone_by=by)
    record(
        action="organisations.undo_answers",
        actor=by,
        target=f"organisations.ConsentBatch:{found.public_id}",
        details={"children": sorted(consent.user_id for consent in given)},
    )


@transaction.atomic
def withdraw_for_guardian(*, by: User, child: User, at: datetime | None = None) -> None:
    """A guardian withdraws: the child is signed out everywhere and cannot come in again. What we hold goes after the
    days of grace, unless consent is given anew. Raises NoConsent."""
    now = at or timezone.now()
    withdraw_consent(by=by, child=child, at=now)
    send_out(ClassEntry.objects.filter(user=child), now)
    PupilSecret.objects.filter(user=child).delete()


@transaction.atomic
def forget_child(*, by: Actor | None, child: User, at: datetime | None = None) -> None:
    """Let go of a child without consent: the account names nobody any more (`privacy.actions.erase_person`), and the
    place in class becomes a seat without an account. Raises ValueError for anybody else, Held.
    """
    now = at or timezone.now()
    locked = User.objects.select_for_update().get(pk=child.pk)
    if locked.has_consent or locked.age_class != User.AgeClass.CHILD:
        raise ValueError(child.pk)
    _keep_seats(locked, now)
    erase_person(by=by, user=locked, at=now)
    registry.members_changed([locked.pk])
    record(action="organisations.forget_child", actor=by, target=f"accounts.User:{locked.pk}")


def _keep_seats(child: User, now: datetime) -> None:
    """The child's places in class become seats without an account."""
    for member in Membership.objects.current().filter(user=child).select_related("organisation"):
        if member.seat and member.organisation.kind == Kind.CLASS:
            FreeSeat.objects.get_or_create(
                organisation=member.organisation,
                seat=member.seat,
                until=None,
                defaults={"since": timezone.localdate(now)},
            )


def forget_refused(*, days: int, at: datetime | None = None) -> int:
    """Let go of every child whose guardian has said no, or withdrew, so many days ago; returns how many."""
    now = at or timezone.now()
    found = consents.to_forget(now - timedelta(days=days), FORGET_SLICE)
    for child in found:
        forget_child(by=None, child=child, at=now)
    return len(found)


@transaction.atomic
def keep_free_seats(
    *, by: User, school_class: Organisation, seats: Sequence[int], at: datetime | None = None
) -> list[int]:
    """Say which seats of a class belong to children without an account; returns them. A seat with a pupil is not free.

    Raises ValidationError for a number that is no seat.
    """
    day = timezone.localdate(at)
    taken = set(members_of(school_class).exclude(seat=None).values_list("seat", flat=True))
    wanted = set(seats) - taken
    now_free = FreeSeat.objects.filter(organisation=school_class, until=None)
    now_free.exclude(seat__in=wanted).update(until=day)
    known = set(now_free.values_list("seat", flat=True))
    for seat in sorted(wanted - known):
        free = FreeSeat(organisation=school_class, seat=seat, since=day)
        free.full_clean()
        free.save()
    record(
        action="organisations.keep_free_seats",
        actor=by,
        target=f"organisations.Organisation:{school_class.pk}",
        details={"seats": sorted(wanted)},
    )
    return sorted(wanted)
