"""What waits for the reader, in the shape of the figures: it costs no statement of its own."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import CharField, Count, Exists, F, Min, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat

from accounts.models import User
from dashboards.queries.figures import COMES, WAITS, Waiting, nothing, waiting_of
from organisations.models import IdentityConfirmation, Membership, Organisation, RosterImport, RosterState
from pledges.models import LetterRequest, RequestState
from practice.models import Deed, DeedState
from programmes.queries import ASSIGNING_ROLES

MOST_COUNTED = 1000
AT_WORK = (RosterState.READING, RosterState.APPLYING, RosterState.UNDOING)


def waiting_for(user: AbstractBaseUser, unit: Organisation, *, confirms: bool) -> Iterator[QuerySet[Any, Any]]:
    """Deeds, letters, consents, rosters of a unit that `user` leads; identities for who may confirm them."""
    here = Organisation.objects.within(unit)
    deeds = Deed.objects.filter(state=DeedState.SUBMITTED, enrolment__organisation__in=here)
    deeds = deeds.exclude(enrolment__user_id=user.pk)
    yield _counted("deeds", deeds if unit.parent_id else _oldest(deeds), "recorded_at")
    coordinated = Membership.objects.current().filter(user_id=user.pk, role__in=ASSIGNING_ROLES, organisation=unit)
    asked = LetterRequest.objects.filter(state=RequestState.OPEN, template__accepting_unit__in=here)
    yield _counted("letters", asked.filter(Exists(coordinated)), "created_at")
    at_home = Membership.objects.current().filter(is_home=True, organisation__in=here)
    children = at_home.filter(user__age_class=User.AgeClass.CHILD, user__has_consent=False)
    yield _counted("consents", children, "from_on")
    if confirms:
        known = IdentityConfirmation.objects.filter(user=OuterRef("user_id"), withdrawn_at=None)
        grown = at_home.filter(user__age_class=User.AgeClass.ADULT, user__is_active=True)
        yield _counted("identities", grown.filter(~Exists(known)), "from_on")
    rosters = RosterImport.objects.filter(organisation__in=here)
    yield _counted("rosters", rosters.filter(state=RosterState.PREVIEW), "created_at")
    yield _coming(rosters.filter(state__in=AT_WORK))


def waiting_in(user: AbstractBaseUser, unit: Organisation) -> list[Waiting]:
    """What goes with a duty of `user` in a unit and below it, in one statement. Identities are left out: they wait
    for a permission, which no duty carries."""
    *waits, coming = waiting_for(user, unit, confirms=False)
    # PostgreSQL takes the type of a column from the first two arms: the one with real numbers stands first.
    rows = coming.union(*waits, all=True)
    return [
        found for text, what, _n, people in rows if what.startswith(WAITS) for found in waiting_of(text, what, people)
    ]


def _oldest(deeds: QuerySet[Deed]) -> QuerySet[Deed]:
    """The oldest of them, one more than is said: a city's thousands cost no more than a school's dozens."""
    return Deed.objects.filter(pk__in=deeds.order_by("recorded_at").values("pk")[: MOST_COUNTED + 1])


def _counted(kind: str, rows: QuerySet[Any], moment: str) -> QuerySet[Any, Any]:
    """(oldest, "waits:kind", nothing, how many)."""
    counted = rows.order_by().annotate(what=Value(f"{WAITS}:{kind}")).values("what")
    counted = counted.annotate(oldest=Cast(Min(moment), CharField()), number=nothing(), n=Count("pk"))
    told: QuerySet[Any, Any] = counted.values_list("oldest", "what", "number", "n")
    return told


def _coming(rows: QuerySet[RosterImport]) -> QuerySet[Any, Any]:
    """(file, "comes:address", done, expected)."""
    what = Concat(Value(f"{COMES}:"), F("public_id"), output_field=CharField())
    return rows.order_by().annotate(what=what).values_list("filename", "what", "done", "expected")
