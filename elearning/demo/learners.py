"""Enrol the demo's people and let each of them get as far as chance says: every state is there to be seen."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from random import Random

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from elearning.demo.walk import Clock, Walker
from organisations.models import Membership, Organisation, Role
from programmes import actions
from programmes.models import Enrolment, Programme, Step, StepKind

SEED = 7
BATCH = 50
# Known learners stay where a visitor would want to begin: nothing done yet.
FRESH = frozenset({"gw00001", "gw00002", "gw00003", "gw00004", "QP5A#01", "QP5A#02", "QP5A#03", "QP5A#07"})
HALFWAY = "lin.zhiyuan"


def walk_all(
    *, programme: Programme, people: Sequence[tuple[User, Organisation]], say: Callable[[str], object], now: dt.datetime
) -> int:
    """Enrol and move everybody who is not enrolled yet; returns how many that were."""
    enrolled = set(Enrolment.objects.filter(programme=programme).values_list("user_id", flat=True))
    steps = list(programme.steps.order_by("stage", "position"))
    leaders = _leaders(unit for _user, unit in people)
    new = [(user, unit) for user, unit in people if user.pk not in enrolled]
    served: set[int] = set()
    for begin in range(0, len(new), BATCH):
        with transaction.atomic():
            for user, unit in new[begin : begin + BATCH]:
                leader = leaders[unit.pk]
                is_first = leader.pk not in served and user.username not in {*FRESH, HALFWAY}
                served |= {leader.pk} if is_first else set()
                walk_one(programme, steps, user, unit, leader, now, is_first=is_first)
        say(f"  {programme.title}: {min(begin + BATCH, len(new))} / {len(new)}")
    return len(new)


def _leaders(units: Iterable[Organisation]) -> dict[int, User]:
    """For each unit somebody who leads it: the nearest coordinator or class teacher up the tree."""
    memberships = Membership.objects.current().filter(role__in=(Role.COORDINATOR, Role.TEACHER))
    by_unit = {m.organisation_id: m.user for m in memberships.select_related("user").order_by("-pk")}
    found: dict[int, User] = {}
    for unit in units:
        chain = [int(part) for part in reversed((unit.path or "").split("/")) if part]
        found[unit.pk] = next(by_unit[pk] for pk in chain if pk in by_unit)
    return found


def leader_of(unit: Organisation) -> User:
    """Somebody who leads `unit`."""
    return _leaders([unit])[unit.pk]


def walk_one(
    programme: Programme,
    steps: Sequence[Step],
    user: User,
    unit: Organisation,
    leader: User,
    now: dt.datetime,
    *,
    is_first: bool = False,
) -> None:
    """One learner. The same seed and username always give the same way.

    The first learner of each leader stands at the last step, so that everybody who leads has a deed to confirm.
    """
    dice = Random(f"{SEED}-{user.username}")  # noqa: S311  # a demo, not a secret
    begin = timezone.make_aware(dt.datetime.combine(programme.opens_on, dt.time(9))) + dt.timedelta(
        days=dice.randint(0, 20), minutes=dice.randint(0, 480)
    )
    enrolment = actions.enrol(by=None, programme=programme, user=user, organisation=unit, at=begin)
    walker = Walker(enrolment, Clock(begin, now, dice), dice, leader, programme.is_for_pupils)
    if user.username == HALFWAY:
        _halfway(walker, steps)
        return
    far = 0 if user.username in FRESH else dice.choices(range(len(steps) + 1), weights=_weights(len(steps)))[0]
    far = len(steps) - 1 if is_first else far
    for number, step in enumerate(steps):
        if number > far or (number == far and not is_first and (far == 0 or dice.random() < 0.4)):
            break
        if not walker.take(step, well=number < far):
            break
    if far == 0 and user.username not in FRESH and dice.random() < 0.15:
        actions.withdraw_enrolment(by=leader, enrolment=enrolment, reason="调离本单位")


def _halfway(walker: Walker, steps: Sequence[Step]) -> None:
    """The account on the front page: courses read, at the drill; the training session is behind him."""
    for step in steps:
        if step.kind == StepKind.COURSE:
            walker.take(step)
    for step in steps:
        if step.kind == StepKind.DRILL:
            walker.take(step, well=False)
        elif step.kind == StepKind.SESSION:
            walker.take(step)


def _weights(steps: int) -> list[int]:
    """Few have not begun, many have finished, the others lie between."""
    return [12] + [6] * (steps - 1) + [40]
