"""Requests to organisations for a letter."""

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import QuerySet
from django.utils import timezone

from organisations.models import Membership, Role
from organisations.queries import led_by
from pledges.models import LetterRequest, LetterTemplate, RequestState, Subject, VersionState

REQUESTING_ROLES = (Role.COORDINATOR, Role.MANAGER)


def templates_of(user: AbstractBaseUser) -> QuerySet[LetterTemplate]:
    """Templates for organisations, ready to sign, whose accepting unit `user` coordinates or manages."""
    return (
        LetterTemplate.objects.filter(
            subject=Subject.ORGANISATION,
            accepting_unit__in=led_by(user, REQUESTING_ROLES),
            versions__state=VersionState.READY,
        )
        .select_related("accepting_unit")
        .distinct()
        .order_by("title")
    )


def may_request(user: AbstractBaseUser, template: LetterTemplate) -> bool:
    """True if `user` speaks for the template's accepting unit."""
    return templates_of(user).filter(pk=template.pk).exists()


def requests_of(user: AbstractBaseUser) -> QuerySet[LetterRequest]:
    """Requests of all units that `user` coordinates or manages, newest first."""
    return (
        LetterRequest.objects.filter(template__accepting_unit__in=led_by(user, REQUESTING_ROLES))
        .select_related("template__accepting_unit", "letter")
        .order_by("-created_at", "-pk")
    )


def open_request(token: str) -> LetterRequest | None:
    """The request behind a link while it can be signed; used, cancelled, expired and unknown are all None."""
    return (
        LetterRequest.objects.filter(token=token, state=RequestState.OPEN, expires_on__gte=timezone.localdate())
        .select_related("template__accepting_unit")
        .first()
    )


def belongs_to(user: AbstractBaseUser, uscc: str) -> bool:
    """True if `user` holds a current membership in the organisation with this code."""
    return Membership.objects.current().filter(user_id=user.pk, organisation__uscc=uscc).exists()
