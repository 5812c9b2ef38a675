"""Deeds: the learner's own, and those of the people whom a coordinator leads."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber

from organisations.models import Organisation
from organisations.queries import led_by
from practice.models import Deed, DeedQuerySet, DeedState, PractiseStep


def proofs(enrolment_ids: Sequence[int] | None = None) -> QuerySet[Deed]:
    """The deed that completed each (enrolment, step): the last of the required number, in order of confirmation."""
    confirmed = Deed.objects.filter(state=DeedState.CONFIRMED)
    if enrolment_ids is not None:
        confirmed = confirmed.filter(enrolment_id__in=enrolment_ids)
    return confirmed.annotate(
        rank=Window(RowNumber(), partition_by=["enrolment", "practise_step"], order_by=["decided_at", "pk"])
    ).filter(rank=F("practise_step__required_deeds"))


def deeds_of(enrolment_id: int, step_id: int) -> DeedQuerySet:
    """The learner's deeds of one step, newest first, without those taken back."""
    return (
        Deed.objects.filter(enrolment_id=enrolment_id, practise_step_id=step_id)
        .exclude(state=DeedState.WITHDRAWN)
        .select_related("decided_by")
        .order_by("-recorded_at", "-pk")
    )


@dataclass(frozen=True, slots=True)
class Tally:
    """How many deeds of one step are confirmed, and how many wait."""

    required: int
    confirmed: int
    waiting: int
    returned: int

    @property
    def missing(self) -> int:
        """How many more must be confirmed."""
        return max(self.required - self.confirmed, 0)


def tallies(enrolment_id: int, step_ids: Sequence[int]) -> dict[int, Tally]:
    """{step id: tally} of one enrolment. Two statements."""
    required = dict(PractiseStep.objects.filter(pk__in=step_ids).values_list("pk", "required_deeds"))
    rows = (
        Deed.objects.filter(enrolment_id=enrolment_id, practise_step_id__in=step_ids)
        .values_list("practise_step_id", "state")
        .annotate(n=Count("pk"))
    )
    counts = {(step_id, state): n for step_id, state, n in rows}
    return {
        step_id: Tally(
            asked,
            counts.get((step_id, DeedState.CONFIRMED), 0),
            counts.get((step_id, DeedState.SUBMITTED), 0),
            counts.get((step_id, DeedState.RETURNED), 0),
        )
        for step_id, asked in required.items()
    }


def confirmable_by(user: AbstractBaseUser) -> DeedQuerySet:
    """Deeds of the people in the units that `user` leads, never one's own, without those taken back."""
    return (
        Deed.objects.filter(enrolment__organisation__in=led_by(user))
        .exclude(enrolment__user_id=user.pk)
        .exclude(state=DeedState.WITHDRAWN)
    )


def deeds_to_confirm(user: AbstractBaseUser, *, unit_code: str = "", state: str = DeedState.SUBMITTED) -> DeedQuerySet:
    """The coordinator's list, oldest first. A unit that `user` does not lead gives an empty list."""
    deeds = confirmable_by(user).filter(state=state)
    if unit_code:
        unit = led_by(user).filter(code=unit_code).first()
        deeds = deeds.filter(enrolment__organisation__in=Organisation.objects.within(unit)) if unit else deeds.none()
    return deeds.select_related("enrolment__user", "enrolment__organisation", "enrolment__programme").order_by(
        "recorded_at", "pk"
    )


def units_with_deeds(user: AbstractBaseUser) -> QuerySet[Organisation]:
    """The units that `user` leads, in the order of the tree, for the filter."""
    return led_by(user).filter(closed_on=None).order_by("path")


def readable_evidence(user: AbstractBaseUser, public_id: str) -> Deed | None:
    """The deed with evidence if `user` recorded it or leads its unit, else None."""
    deed = (
        Deed.objects.filter(public_id=public_id)
        .exclude(evidence="")
        .select_related("enrolment__organisation", "enrolment__user")
        .first()
    )
    if deed is None:
        return None
    if deed.enrolment.user_id == user.pk or led_by(user).filter(pk=deed.enrolment.organisation_id).exists():
        return deed
    return None
