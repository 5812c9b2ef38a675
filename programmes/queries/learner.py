"""The learner's own history and calendar."""

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Count

from programmes.models import CalendarFeed, Enrolment, EnrolmentState, Step, StepCompletion


def history_of(user_id: int) -> list[tuple[Enrolment, int, int]]:
    """All enrolments of one person, every year and round, newest first, with steps done and steps in all. Three
    statements."""
    rows = list(
        Enrolment.objects.filter(user_id=user_id)
        .select_related("programme", "organisation")
        .order_by("-enrolled_at", "-pk")
    )
    done = dict(
        StepCompletion.objects.filter(enrolment__in=[row.pk for row in rows])
        .order_by()
        .values_list("enrolment_id")
        .annotate(n=Count("pk"))
    )
    steps = dict(
        Step.objects.filter(programme_id__in={row.programme_id for row in rows})
        .order_by()
        .values_list("programme_id")
        .annotate(n=Count("pk"))
    )
    return [(row, done.get(row.pk, 0), steps.get(row.programme_id, 0)) for row in rows]


def calendar_token_of(user: AbstractBaseUser) -> str:
    """The secret of the learner's calendar, "" before they asked for one."""
    return CalendarFeed.objects.filter(user_id=user.pk).values_list("token", flat=True).first() or ""


def deadlines_behind(token: str) -> list[Enrolment] | None:
    """What the owner of a calendar has to finish; None if there is no such calendar, or its owner may not sign in."""
    feed = CalendarFeed.objects.filter(token=token, user__is_active=True).first()
    if feed is None:
        return None
    found = Enrolment.objects.filter(user_id=feed.user_id, state=EnrolmentState.ACTIVE, finished_at=None)
    return list(found.select_related("programme").order_by("due_on", "pk"))
