"""What guardians have answered, class by class."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Q

from accounts.models import User
from organisations.models import ConsentBatch, ConsentRefusal, ConsentText, GuardianConsent, Organisation
from organisations.queries.doors import members_of

ERASED = "erased-"  # how the username of an erased account begins
OLDER, GIVEN, REFUSED, WITHDRAWN, MISSING = "older", "given", "refused", "withdrawn", "missing"


def newest_text() -> ConsentText | None:
    """The text that is handed out now."""
    return ConsentText.objects.order_by("-published_at", "-pk").first()


def texts() -> Sequence[ConsentText]:
    """Every version, the newest first: papers of an older one still come back."""
    return list(ConsentText.objects.order_by("-published_at", "-pk"))


def consent_states(users: Iterable[User]) -> dict[int, str]:
    """For each of these people what their guardian has said. Two statements."""
    people = {user.pk: user for user in users}
    refused = set(ConsentRefusal.objects.filter(user__in=people, ended_at=None).values_list("user_id", flat=True))
    withdrawn = set(
        GuardianConsent.objects.filter(user__in=people).exclude(withdrawn_at=None).values_list("user_id", flat=True)
    )
    return {pk: _state(user, pk in refused, pk in withdrawn) for pk, user in people.items()}


def _state(user: User, is_refused: bool, is_withdrawn: bool) -> str:
    if user.age_class != User.AgeClass.CHILD:
        return OLDER
    if user.has_consent:
        return GIVEN
    if is_refused:
        return REFUSED
    return WITHDRAWN if is_withdrawn else MISSING


def children_waiting(school_class: Organisation) -> list[tuple[int | None, User]]:
    """The pupils under 14 of a class whose guardians have not answered, or have said no before: (seat, child)."""
    members = members_of(school_class).filter(user__age_class=User.AgeClass.CHILD, user__has_consent=False)
    return [(member.seat, member.user) for member in members]


def children_of(school_class: Organisation) -> list[tuple[int | None, User]]:
    """All pupils under 14 of a class: (seat, child)."""
    return [(m.seat, m.user) for m in members_of(school_class).filter(user__age_class=User.AgeClass.CHILD)]


def batches_of(school_class: Organisation) -> Sequence[ConsentBatch]:
    """The last answers that were entered for a class."""
    found = ConsentBatch.objects.filter(organisation=school_class).select_related("recorded_by", "undone_by")
    return list(found.order_by("-pk")[:10])


def to_forget(before: datetime, limit: int) -> list[User]:
    """Children whose guardian has said no, or withdrew, before that moment and has not agreed since.

    The moment of a "no" is when it was entered, not the day on the slip: whoever entered it has the days of grace to
    take it back.
    """
    entered = Q(batch__recorded_at__lte=before) | Q(batch=None, told_at__lte=before)
    refused = ConsentRefusal.objects.filter(entered, ended_at=None).values("user")
    gone = GuardianConsent.objects.filter(withdrawn_at__lte=before).values("user")
    later = GuardianConsent.objects.filter(withdrawn_at__gt=before).values("user")
    children = User.objects.filter(age_class=User.AgeClass.CHILD, has_consent=False).exclude(
        username__startswith=ERASED
    )
    return list(children.filter(Q(pk__in=refused) | (Q(pk__in=gone) & ~Q(pk__in=later))).order_by("pk")[:limit])
