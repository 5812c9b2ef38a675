"""A programme is set up in Wagtail's admin, from the draft to its opening, without a shell."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cms import registry
from courses.models import CourseStep, SessionState, SessionStep
from courses.queries.sessions import sessions_to_choose
from exams.models import PaperStep
from foundation.audit.models import Entry
from pledges.models import PledgeStep
from practice.models import PractiseStep
from programmes import actions, queries
from programmes.contracts import CONFIGURATORS
from programmes.models import Programme, ProgrammeState, Stage, Step, StepKind
from tests.factories import exams as papers
from tests.factories import pledges as letters
from tests.factories.accounts import UserFactory
from tests.factories.courses import make_course
from tests.factories.groups import member
from tests.factories.programmes import ProgrammeFactory, StepFactory
from tests.factories.sessions import TrainingSessionFactory

pytestmark = pytest.mark.django_db
MANAGERS = (registry.EXAM_MANAGER, registry.CREDIT_OFFICE)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def manager():
    return signed_in(member(registry.EXAM_MANAGER))


@pytest.fixture
def draft():
    return ProgrammeFactory(state=ProgrammeState.DRAFT)


def look(programme):
    return reverse("programmes_admin:inspect", args=[programme.pk])


def add(client, programme, stage, kind, title="一步"):
    fields = {"stage": stage, "kind": kind, "title": title}
    return client.post(reverse("add_step", args=[programme.pk]), fields, follow=True)


def choose(client, step, **fields):
    return client.post(CONFIGURATORS[step.kind].configure_url(step.pk), fields)


def titles(programme):
    return [(step.stage, step.title) for step in Step.objects.filter(programme=programme).order_by("stage", "position")]


def audited():
    return list(Entry.objects.order_by("pk").values_list("action", flat=True))


@pytest.mark.parametrize("group", MANAGERS)
def test_a_manager_sets_up_a_step_of_every_kind_and_opens_the_programme(group, draft):
    client = signed_in(member(group))
    course, session, letter = make_course(), TrainingSessionFactory(), letters.template()
    made = {mode: papers.paper(mode) for mode in ("drill", "exam", "survey")}
    answers = {
        "course": {"course": course.pk},
        "session": {"sessions": [session.pk]},
        **{mode: {"paper": paper.pk} for mode, paper in made.items()},
        "pledge": {"template": letter.pk},
        "practise": {"required_deeds": 3},
    }
    stages = dict(zip(StepKind.values, [1, 2, 2, 3, 3, 4, 5], strict=True))
    for kind, stage in stages.items():
        assert add(client, draft, stage, kind, f"步骤{kind}").status_code == 200
    for step in Step.objects.filter(programme=draft):
        assert client.get(CONFIGURATORS[step.kind].configure_url(step.pk)).status_code == 200
        assert choose(client, step, **answers[step.kind])["Location"] == look(draft)
    asked = {row.step.kind: row.asks_for for row in queries.settings_of(draft)}
    day = timezone.localtime(session.starts_at)
    assert asked == {
        "course": course.title,
        "session": f"{session.title} {day.year}年{day.month}月{day.day}日",
        **{mode: paper.title for mode, paper in made.items()},
        "pledge": letter.title,
        "practise": "3件已确认的事",
    }
    page = client.get(look(draft)).content.decode()
    assert [text for text in asked.values() if text not in page] == []
    client.post(reverse("open_programme", args=[draft.pk]))
    assert Programme.objects.get().state == ProgrammeState.OPEN


def test_a_programme_with_a_step_that_asks_for_nothing_is_not_opened_and_the_step_is_named(manager, draft):
    StepFactory(programme=draft, title="没有选课程的一步")
    StepFactory(programme=draft, title="没有选承诺书的一步", kind=StepKind.PLEDGE, stage=Stage.PLEDGE)
    done = StepFactory(programme=draft, title="选好的一步", kind=StepKind.PRACTISE, stage=Stage.PRACTISE)
    choose(manager, done, required_deeds=1)
    before = audited()
    page = manager.post(reverse("open_programme", args=[draft.pk]), follow=True).content.decode()
    assert "没有开放。请先为“没有选课程的一步”、“没有选承诺书的一步”选好内容。" in page
    assert (Programme.objects.get().state, audited()) == (ProgrammeState.DRAFT, before)
    with pytest.raises(actions.StepsNotSet) as refusal:
        actions.open_programme(by=None, programme=draft)
    assert [step.title for step in refusal.value.steps] == ["没有选课程的一步", "没有选承诺书的一步"]


def test_sessions_that_are_all_cancelled_count_as_nothing_chosen(draft):
    session = TrainingSessionFactory(state=SessionState.CANCELLED)
    step = StepFactory(programme=draft, kind=StepKind.SESSION)
    SessionStep.objects.create(step=step).sessions.add(session)
    with pytest.raises(actions.StepsNotSet):
        actions.open_programme(by=None, programme=draft)


def test_steps_of_a_draft_are_added_moved_and_removed(manager, draft):
    for title in ("甲", "乙", "丙"):
        add(manager, draft, 1, "course", title)
    add(manager, draft, 2, "drill", "丁")
    first, _second, third, last = Step.objects.order_by("pk")
    move = lambda step, to: manager.post(reverse("move_step", args=[draft.pk, step.pk]), {"to": to})  # noqa: E731
    move(third, "earlier")
    assert titles(draft) == [(1, "甲"), (1, "丙"), (1, "乙"), (2, "丁")]
    move(first, "later")
    assert titles(draft) == [(1, "丙"), (1, "甲"), (1, "乙"), (2, "丁")]
    manager.post(reverse("remove_step", args=[draft.pk, first.pk]))
    add(manager, draft, 1, "course", "戊")
    assert titles(draft) == [(1, "丙"), (1, "乙"), (1, "戊"), (2, "丁")]
    before = audited()
    move(third, "earlier")
    move(last, "later")
    assert (titles(draft), audited()) == ([(1, "丙"), (1, "乙"), (1, "戊"), (2, "丁")], before)
    verbs = ["add_step"] * 4 + ["move_step"] * 2 + ["remove_step", "add_step"]
    assert before == [f"programmes.{verb}" for verb in verbs]


def test_a_step_of_every_kind_is_removed_with_what_was_chosen(draft):
    course, letter = make_course(), letters.template()
    steps = {kind: StepFactory(programme=draft, kind=kind) for kind in StepKind.values}
    CourseStep.objects.create(step=steps["course"], course=course)
    SessionStep.objects.create(step=steps["session"]).sessions.add(TrainingSessionFactory())
    for mode in ("drill", "exam", "survey"):
        PaperStep.objects.create(step=steps[mode], paper=papers.paper(mode))
    PledgeStep.objects.create(step=steps["pledge"], template=letter)
    PractiseStep.objects.create(step=steps["practise"], required_deeds=1)
    for step in steps.values():
        actions.remove_step(by=None, step=step)
    left = [model.objects.count() for model in (Step, CourseStep, SessionStep, PaperStep, PledgeStep, PractiseStep)]
    assert left == [0] * 6


def test_steps_of_an_open_programme_stay_as_they_are(manager):
    programme = ProgrammeFactory()
    one, two = StepFactory(programme=programme, title="甲"), StepFactory(programme=programme, title="乙")
    CourseStep.objects.create(step=one, course=make_course())
    other, before = make_course(), (titles(programme), audited())
    add(manager, programme, 1, "course")
    manager.post(reverse("remove_step", args=[programme.pk, one.pk]))
    manager.post(reverse("move_step", args=[programme.pk, two.pk]), {"to": "earlier"})
    assert choose(manager, one, course=other.pk).status_code == 200
    assert (titles(programme), audited()) == before
    assert CourseStep.objects.get().course_id != other.pk
    page = manager.get(look(programme)).content.decode()
    assert [word for word in ("remove/", "move/", "/admin/courses/steps/") if word in page] == []


def test_a_step_of_an_open_programme_gets_further_dates(manager):
    programme = ProgrammeFactory()
    step = StepFactory(programme=programme, kind=StepKind.SESSION)
    first, second = TrainingSessionFactory(), TrainingSessionFactory()
    SessionStep.objects.create(step=step).sessions.add(first)
    url = CONFIGURATORS["session"].configure_url(step.pk)
    assert f'href="{url}"' in manager.get(look(programme)).content.decode()
    choose(manager, step, sessions=[first.pk, second.pk])
    assert sorted(SessionStep.objects.get().sessions.values_list("pk", flat=True)) == [first.pk, second.pk]


def test_a_session_that_is_over_is_offered_only_where_it_is_chosen_already(draft):
    past = timezone.now() - dt.timedelta(days=3)
    over = TrainingSessionFactory(starts_at=past, ends_at=past + dt.timedelta(hours=1))
    coming = TrainingSessionFactory()
    TrainingSessionFactory(state=SessionState.CANCELLED)
    one, two = (StepFactory(programme=draft, kind=StepKind.SESSION) for _ in range(2))
    SessionStep.objects.create(step=one).sessions.add(over)
    assert [list(sessions_to_choose(step.pk)) for step in (one, two)] == [[over, coming], [coming]]


def test_what_does_not_fit_the_step_is_refused(manager, draft):
    drill = StepFactory(programme=draft, kind=StepKind.DRILL, stage=Stage.TRAIN)
    pledge = StepFactory(programme=draft, kind=StepKind.PLEDGE, stage=Stage.PLEDGE)
    practise = StepFactory(programme=draft, kind=StepKind.PRACTISE, stage=Stage.PRACTISE)
    assert choose(manager, drill, paper=papers.paper("exam").pk).status_code == 200
    assert choose(manager, pledge, template=letters.template(ready=False).pk).status_code == 200
    assert choose(manager, pledge, template=letters.template(subject="organisation").pk).status_code == 200
    assert choose(manager, practise, required_deeds=0).status_code == 200
    assert [row.asks_for for row in queries.settings_of(draft)] == ["", "", ""]
    assert manager.get(reverse("course-step", args=[drill.pk])).status_code == 404
    assert manager.get(reverse("exams_admin:step", args=[pledge.pk])).status_code == 404


def test_a_step_without_a_title_and_a_step_of_another_programme_are_refused(manager, draft):
    page = add(manager, draft, 1, "course", "").content.decode()
    foreign = StepFactory(programme=ProgrammeFactory(state=ProgrammeState.DRAFT))
    assert re.search("标题.{0,3}[:：]", page)
    assert manager.post(reverse("remove_step", args=[draft.pk, foreign.pk])).status_code == 404
    assert manager.post(reverse("move_step", args=[draft.pk, foreign.pk]), {"to": "earlier"}).status_code == 404
    assert Step.objects.count() == 1


def editor():
    return member(registry.EDITOR)


@pytest.mark.parametrize("person", [editor, UserFactory])
def test_nobody_else_sets_up_a_programme(person, draft):
    client = signed_in(person())
    steps = {kind: StepFactory(programme=draft, kind=kind) for kind in StepKind.values}
    course = make_course()
    answers = {"course": course.pk, "required_deeds": 1, "to": "later", "stage": 1, "kind": "course", "title": "添"}
    addresses = [configurator.configure_url(steps[kind].pk) for kind, configurator in CONFIGURATORS.items()]
    addresses += [reverse(verb, args=[draft.pk, steps["course"].pk]) for verb in ("remove_step", "move_step")]
    addresses += [reverse("add_step", args=[draft.pk]), reverse("open_programme", args=[draft.pk])]
    before = (titles(draft), audited())
    answered = {client.post(address, answers)["Location"] for address in addresses}
    assert answered <= {"/admin/", *(f"/admin/login/?next={address}" for address in addresses)}
    assert (titles(draft), audited()) == before
    assert [row.asks_for for row in queries.settings_of(draft)] == [""] * 7
    assert client.get(look(draft)).status_code == 302


def test_the_page_of_a_programme_costs_the_same_with_one_and_three_steps(
    manager, draft, django_assert_num_queries, django_assert_max_num_queries
):
    course = make_course()
    CourseStep.objects.create(step=StepFactory(programme=draft), course=course)
    manager.get(look(draft))
    with django_assert_max_num_queries(30) as one:
        manager.get(look(draft))
    for _ in range(2):
        CourseStep.objects.create(step=StepFactory(programme=draft), course=course)
    with django_assert_num_queries(len(one)):
        manager.get(look(draft))
