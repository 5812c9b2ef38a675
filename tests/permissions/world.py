"""The demo city as the place where every address is tried, and who tries it."""

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils import timezone

import exams.models
from accounts.actions import create_account
from accounts.models import User
from certificates.actions import issue_certificates
from certificates.models import Certificate
from courses.models import LessonPage, LessonVisit, TrainingSession
from exams.actions import create_session
from notifications.actions import notify
from notifications.queries import unsubscribe_token
from organisations.actions import add_membership
from organisations.models import Kind, Membership, Organisation, Role
from pledges.models import Letter, LetterRequest
from practice.models import Deed
from privacy.actions import request_export
from programmes.actions import grant_extension, renew_calendar
from programmes.models import Enrolment, Step
from tests.factories.rosters import bring
from tests.permissions import things
from tests.permissions.addresses import Address

# The columns of the table, from left to right. Who is who: docs/permissions.md.
ROLES = ("visitor", "owner", "learner", "pupil", "teacher", "leader", "manager", "other", "reporter", "editor",
         "reviewer", "author", "bank", "exams", "leading", "office", "auditor", "personnel")  # fmt: skip
INSIDE = ROLES[8:]  # who may enter /admin/ at all
OUTSIDE = ("visitor", "owner", "leader")  # nobody without a group: three stand for all
USERNAMES = {"pupil": "QP5A#07", "teacher": "he.qing", "reporter": "reporter", "editor": "editor",
             "reviewer": "reviewer", "author": "author", "bank": "items", "exams": "exams", "leading": "leading",
             "office": "office", "auditor": "auditor", "personnel": "personnel"}  # fmt: skip


@dataclass
class World:
    """People by role, and what stands in the addresses: things of `owner`, in the department of `leader`."""

    people: dict[str, User] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.people = {role: User.objects.get(username=name) for role, name in USERNAMES.items()}
        self.people["owner"] = self.enrolment.user
        self.people["superuser"] = User.objects.get(username="admin")
        far = Organisation.objects.filter(kind=Kind.DEPARTMENT).exclude(pk=self.unit.pk).order_by("pk")[0]
        self._appoint("leader", self.unit, Role.COORDINATOR)
        self._appoint("manager", self.unit, Role.MANAGER)
        self._appoint("other", far, Role.COORDINATOR)
        self._appoint("learner", far, Role.MEMBER)

    def _appoint(self, role: str, unit: Organisation, duty: str) -> None:
        user = create_account(by=None, username=f"permissions.{role}", name=f"权限{role}")
        add_membership(by=None, user=user, organisation=unit, role=duty, is_home=True, from_on=dt.date(2026, 1, 1))
        self.people[role] = user

    @cached_property
    def deed(self) -> Deed:
        """A confirmed deed of a civil servant who has walked all steps, with a lesson, an attempt and a letter."""
        done = Deed.objects.filter(state="confirmed", enrolment__user__age_class="adult")
        return done.filter(enrolment__organisation__kind="section").order_by("pk")[0]

    @cached_property
    def enrolment(self) -> Enrolment:
        """The owner's."""
        return Enrolment.objects.select_related("user", "programme", "organisation").get(pk=self.deed.enrolment_id)

    @cached_property
    def unit(self) -> Organisation:
        """The department above the owner's section."""
        ids = [int(part) for part in self.enrolment.organisation.path.split("/") if part]
        return Organisation.objects.get(pk__in=ids, kind=Kind.DEPARTMENT)

    @cached_property
    def school(self) -> Organisation:
        """The school of the pupil."""
        home = Membership.objects.get(user=self.people["pupil"], is_home=True).organisation
        ids = [int(part) for part in home.path.split("/") if part]
        return Organisation.objects.get(pk__in=ids, kind=Kind.SCHOOL)

    @property
    def lessons_of_the_class(self) -> str:
        """A course step of the programme of the pupil's class."""
        programmes = Enrolment.objects.filter(organisation__code="QP5A").values("programme")
        return Step.objects.filter(programme__in=programmes, kind="course").order_by("stage", "position")[0].public_id

    def step(self, kind: str) -> str:
        """The address part of a step of the owner's programme."""
        steps = Step.objects.filter(programme=self.enrolment.programme, kind=kind).order_by("stage", "position")
        return steps[0].public_id

    @cached_property
    def attempt(self) -> exams.models.Attempt:
        """The owner's, handed in."""
        mine = exams.models.Attempt.objects.filter(enrolment=self.enrolment, step__kind="exam")
        return mine.exclude(state="open").order_by("-pk")[0]

    @cached_property
    def session(self) -> str:
        """A session of that exam for the leader's department, which the exam manager watches."""
        now = timezone.now()
        return create_session(
            by=self.people["exams"], paper=self.attempt.paper, units=[self.unit], invigilators=[self.people["exams"]],
            name="权限场", opens_at=now - dt.timedelta(hours=1), closes_at=now + dt.timedelta(hours=9),
        ).public_id  # fmt: skip

    @cached_property
    def lesson(self) -> LessonPage:
        """One that the owner has read."""
        visit = LessonVisit.objects.filter(enrolment=self.enrolment).order_by("pk")[0]
        return visit.lesson

    @cached_property
    def message(self) -> str:
        """One to the owner."""
        return notify(user=self.people["owner"], kind="programmes.due", subject="快到期了").public_id

    @cached_property
    def roster(self) -> str:
        """A preview of the leader's unit."""
        return bring(self.unit, "姓名,工号\n林致远,R-001\n".encode(), by=self.people["leader"], apply=False).public_id

    @cached_property
    def letter(self) -> str:
        """The owner's, public by name."""
        return Letter.objects.filter(enrolment=self.enrolment, state="in_force").order_by("pk")[0].public_id

    @cached_property
    def certificate(self) -> str:
        """The owner's, who has walked all steps; public."""
        issue_certificates(enrolment_ids=[self.enrolment.pk])
        return Certificate.objects.get(enrolment=self.enrolment).code

    @cached_property
    def allowance(self) -> str:
        """More time for the owner."""
        day = self.enrolment.programme.closes_on
        return grant_extension(
            by=self.people["leader"],
            programme=self.enrolment.programme,
            user=self.people["owner"],
            due_on=day,
            reason="病假",
        ).public_id

    @cached_property
    def values(self) -> list[tuple[str, dict[str, Any]]]:
        """(beginning of the route, what stands in its parameters); the first that fits counts."""
        owner = self.people["owner"]
        things.make(self)
        session = TrainingSession.objects.order_by("pk")[0]
        request = LetterRequest.objects.order_by("pk")[0]
        return [
            ("log/", {"path": "tile/0/000"}),
            ("media/", {"path": "nothing.png"}),
            ("my/data/", {"public_id": request_export(user=owner).public_id}),
            ("my/", {"public_id": self.enrolment.public_id}),
            ("calendar/", {"token": renew_calendar(user=owner).token}),
            ("organisations/<str:code>/new-year/", {"code": self.school.code}),
            ("organisations/<str:code>/class/", {"code": "QP5A"}),
            ("organisations/<str:code>/consents/", {"code": "QP5A"}),
            ("organisations/", {"code": self.unit.code}),
            ("classwork/", {"code": "QP5A", "step_public_id": self.lessons_of_the_class}),
            ("reports/new/", {"code": self.unit.code}),
            ("dashboards/people/", {"public_id": self.enrolment.public_id}),
            ("dashboards/", {"code": self.unit.code}),
            ("assignments/new/", {"code": self.unit.code}),
            ("assignments/exceptions/", {"public_id": self.allowance}),
            ("api/v1/my/steps/", {"public_id": self.step("course")}),
            ("inbox/unsubscribe/", {"token": unsubscribe_token(owner.pk, "programmes.digest")}),
            ("inbox/", {"public_id": self.message}),
            ("rosters/template/", {"code": self.unit.code}),
            ("rosters/", {"public_id": self.roster}),
            (
                "learn/steps/<slug:step_public_id>/sessions/",
                {"step_public_id": self.step("session"), "session_id": session.public_id},
            ),
            ("learn/steps/", {"step_public_id": self.step("course"), "slug": self.lesson.slug, "question_id": "x"}),
            ("learn/sessions/", {"session_id": session.public_id}),
            ("exams/steps/", {"step_public_id": self.step("exam")}),
            ("exams/sessions/", {"public_id": self.session, "attempt_id": self.attempt.public_id}),
            ("exams/units/", {"step_public_id": self.step("exam"), "code": self.unit.code}),
            ("exams/attempts/", {"public_id": self.attempt.public_id, "picture_id": "x", "token": "x"}),
            ("practice/steps/", {"public_id": self.step("practise"), "deed_id": self.deed.public_id}),
            ("practice/", {"deed_id": self.deed.public_id}),
            ("pledges/steps/", {"step_public_id": self.step("pledge")}),
            ("pledges/letters/", {"public_id": self.letter}),
            ("pledges/", {"token": request.token}),
            ("certificates/", {"code": self.certificate}),
            ("c/", {"code": self.certificate}),
            ("v/", {"public_id": self.letter}),
            ("l/", {"public_id": self.letter}),
            *things.values(self),
        ]

    def path_of(self, address: Address) -> str | None:
        """The address filled in; None where this world has nothing to put in."""
        values: dict[str, Any] = {}
        given = self.values  # makes what is missing
        if address.model is not None and address.parameters == ("pk",):
            first = address.model._default_manager.order_by("pk").first()
            values = {"pk": first.pk} if first else {}
        else:
            found = [parts for begin, parts in given if address.route.startswith(begin)]
            values = found[0] if found else {}
        if not set(address.parameters) <= set(values):
            return None
        return address.filled(values)
