"""Which modules a class has, who takes part, and what may be entered for whom."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from classwork.models import ClassworkBatch, Package
from courses.models import CoursePage, CourseStep
from exams.models import Paper, PaperStep
from organisations.models import Organisation
from organisations.queries.boards import free_seats
from organisations.queries.doors import members_of
from programmes.models import Enrolment, EnrolmentState, ProgrammeState, Step, StepCompletion, StepKind

KINDS = (StepKind.COURSE, StepKind.DRILL)


@dataclass(frozen=True, slots=True)
class Module:
    """A step that a class can do without the site: a course or a drill."""

    step: Step
    course: CoursePage | None
    paper: Paper | None

    @property
    def is_drill(self) -> bool:
        """Right answers are entered, not only that it was done."""
        return self.paper is not None

    @property
    def asked(self) -> int:
        """How many questions a sheet has, as the rule of mastery asks."""
        return (self.paper.mastery_of or 10) if self.paper else 0


def modules_of(school_class: Organisation) -> list[Module]:
    """The courses and drills of the open programmes that pupils of a class are enrolled in. Four statements."""
    users = members_of(school_class).values("user")
    programmes = Enrolment.objects.filter(user__in=users, state=EnrolmentState.ACTIVE).values("programme")
    steps = Step.objects.filter(
        programme__in=programmes, programme__state=ProgrammeState.OPEN, kind__in=KINDS
    ).select_related("programme")
    found = list(steps.order_by("-programme__opens_on", "programme_id", "stage", "position"))
    courses = CourseStep.objects.filter(step__in=found).select_related("course")
    by_course = {row.step_id: row.course for row in courses}
    by_paper = {row.step_id: row.paper for row in PaperStep.objects.filter(step__in=found).select_related("paper")}
    modules = [Module(step, by_course.get(step.pk), by_paper.get(step.pk)) for step in found]
    return [module for module in modules if module.course or module.paper]


def module_of(school_class: Organisation, step_public_id: str) -> Module | None:
    """One of them."""
    return next((row for row in modules_of(school_class) if row.step.public_id == step_public_id), None)


def package_of(school_class: Organisation) -> Package | None:
    """The newest package of a class, ready or not. One statement."""
    return Package.objects.filter(organisation=school_class).first()


def packages_before(moment: datetime) -> QuerySet[Package]:
    """Packages that were asked for before that moment, ready or given up."""
    return Package.objects.filter(asked_at__lt=moment).order_by("pk")


@dataclass(frozen=True, slots=True)
class Row:
    """One seat in the grid. `state`: open, done (complete already) or early (earlier steps are missing)."""

    seat: int | None
    name: str
    enrolment: Enrolment | None
    state: str

    @property
    def key(self) -> str:
        """What the fields of this row are called."""
        return self.enrolment.public_id if self.enrolment else f"s{self.seat}"


def rows_of(school_class: Organisation, module: Module) -> list[Row]:
    """Every seat that takes part in a module, with an account or without, in the order of the seats. Six statements."""
    members = list(members_of(school_class))
    enrolments = {
        row.user_id: row
        for row in Enrolment.objects.filter(
            programme_id=module.step.programme_id,
            user__in=[member.user_id for member in members],
            state=EnrolmentState.ACTIVE,
        )
    }
    done = _completed(list(enrolments.values()))
    earlier = set(
        Step.objects.filter(programme_id=module.step.programme_id, stage__lt=module.step.stage).values_list(
            "pk", flat=True
        )
    )
    rows = [
        Row(member.seat, member.user.get_full_name(), enrolment, _state(module, done[enrolment.pk], earlier))
        for member in members
        if (enrolment := enrolments.get(member.user_id))
    ]
    rows += [Row(seat, "", None, "open") for seat in free_seats(school_class)]
    return sorted(rows, key=lambda row: (row.seat is None, row.seat or 0))


def _completed(enrolments: Sequence[Enrolment]) -> dict[int, set[int]]:
    done: dict[int, set[int]] = defaultdict(set)
    for enrolment_id, step_id in StepCompletion.objects.filter(enrolment__in=enrolments).values_list(
        "enrolment_id", "step_id"
    ):
        done[enrolment_id].add(step_id)
    return done


def _state(module: Module, done: set[int], earlier: set[int]) -> str:
    if module.step.pk in done:
        return "done"
    return "open" if earlier <= done else "early"


def batches_of(school_class: Organisation) -> list[ClassworkBatch]:
    """What was entered lately."""
    found = ClassworkBatch.objects.filter(organisation=school_class).select_related("step", "entered_by")
    return list(found.prefetch_related("seats").order_by("-pk")[:20])
