"""What stands in the addresses under /admin/: found in the demo city, or made where the demo has none."""

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from courses.models import CoursePage, TrainingSession
from exams import actions as exams
from exams.models import Item, ItemVersion
from foundation.jobs.models import Job, State
from newsletters.actions import submit_news
from notifications.actions import log_delivery
from notifications.models import Message
from organisations.models import GuardianConsent, Membership
from privacy.actions import request_erasure
from programmes.models import Step

if TYPE_CHECKING:
    from tests.permissions.world import World


def make(world: "World") -> None:
    """One of each kind that the demo city lacks, so that its admin pages have something to show."""
    people, today = world.people, timezone.localdate()
    message = Message.objects.get(public_id=world.message)
    log_delivery(message_id=message.pk, channel="email", address="a@example.org")
    submit_news(by=people["reporter"], department=_reported(world), title="简讯", body="全部合格。", happened_on=today)
    exams.grant_time(
        by=people["exams"], user=people["owner"], percent=25, minutes=0, reason="手伤", from_on=today, until_on=None
    )
    exams.set_rules(by=people["exams"], paper=world.attempt.paper, leave_count=3)


def values(world: "World") -> list[tuple[str, dict[str, Any]]]:
    """(beginning of the route, what stands in its parameters); the first that fits counts."""
    dead = Job.objects.create(kind="x", state=State.DEAD, run_at=timezone.now(), created_at=timezone.now())
    programme = {"pk": world.enrolment.programme_id, "step_pk": _step(world, "exam")}
    session = {"pk": TrainingSession.objects.order_by("pk")[0].pk}
    member = Membership.objects.get(user=world.people["learner"])
    paper, item = world.attempt.paper, Item.objects.order_by("pk")[0]
    version = ItemVersion.objects.filter(state="ready").order_by("pk")[0]
    erasure = request_erasure(user=world.people["learner"], reason="")
    return [
        ("admin/background-jobs/<int:pk>/retry/", {"pk": dead.pk}),
        ("admin/consents/<int:pk>/", {"pk": GuardianConsent.objects.order_by("pk")[0].pk}),
        ("admin/courses/<int:course_id>/", {"course_id": CoursePage.objects.order_by("pk")[0].pk}),
        ("admin/courses/steps/<int:step_id>/course/", {"step_id": _step(world, "course")}),
        ("admin/courses/steps/<int:step_id>/sessions/", {"step_id": _step(world, "session")}),
        ("admin/data/erasures/<str:public_id>/", {"public_id": erasure.public_id}),
        ("admin/exam-items/papers/<int:pk>/", {"pk": paper.pk}),
        ("admin/exam-items/results/papers/", {"paper_id": paper.pk}),
        ("admin/exam-items/results/versions/", {"version_id": version.pk}),
        ("admin/exam-items/steps/", {"step_id": _step(world, "exam")}),
        ("admin/exam-items/<int:pk>/", {"pk": item.pk}),
        ("admin/memberships/<int:pk>/", {"pk": member.pk}),
        ("admin/organisations/<int:pk>/", {"pk": world.unit.pk}),
        ("admin/pledges/steps/", {"step_id": _step(world, "pledge")}),
        ("admin/practice/steps/", {"step_id": _step(world, "practise")}),
        ("admin/programmes/<int:pk>/", programme),
        ("admin/training-sessions/<int:pk>/", session),
    ]


def _step(world: "World", kind: str) -> int:
    return Step.objects.filter(programme=world.enrolment.programme, kind=kind).order_by("pk")[0].pk


def _reported(world: "World") -> Any:
    """A unit that the reporter reports for."""
    found = Membership.objects.filter(user=world.people["reporter"]).select_related("organisation")
    return found.order_by("pk")[0].organisation
