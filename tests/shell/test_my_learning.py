"""The learner's page: the track, the next step, every step, and what it says without any."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from programmes.actions import complete_steps
from programmes.contracts import HANDLERS, Evidence
from programmes.models import Enrolment, Step
from programmes.queries import LearningView, StepView
from programmes.templatetags.learning import deadline, greeting, percent_done, stages
from tests.factories.accounts import UserFactory
from tests.factories.programmes import EnrolmentFactory, StepFactory

pytestmark = pytest.mark.django_db


def view_of(*states: tuple[int, str], due_in: int = 10) -> LearningView:
    """A view of unsaved steps: (stage, state) each."""
    enrolment = Enrolment(due_on=timezone.localdate() + timedelta(days=due_in))
    steps = [
        StepView(
            Step(stage=stage, kind="course", title=f"{n}"), state, None, None if state == "todo" else f"/{n}/", None
        )
        for n, (stage, state) in enumerate(states)
    ]
    return LearningView(enrolment, steps)


def test_a_stage_is_done_when_all_its_steps_are() -> None:
    view = view_of((1, "done"), (1, "done"), (2, "now"), (3, "todo"))
    assert [(slip["state"], slip["url"]) for slip in stages(view)] == [("done", "/0/"), ("now", "/2/"), ("todo", "")]


def test_a_stage_of_several_steps_counts_them() -> None:
    [slip] = stages(view_of((1, "done"), (1, "now"), (1, "now")))
    assert (slip["state"], slip["text"], slip["url"]) == ("now", "1/3", "/1/")


def test_the_stage_of_a_self_assessment_is_never_called_a_test() -> None:
    enrolment = Enrolment(due_on=timezone.localdate())
    rows = [StepView(Step(stage=3, kind=kind, title=kind), "todo", None, None, None) for kind in ("survey", "exam")]
    slips = [stages(LearningView(enrolment, [row]))[0] for row in rows]
    assert [slip["word"] for slip in slips] == ["测评", "考试"]


def test_a_programme_without_a_stage_numbers_those_it_has() -> None:
    assert [slip["number"] for slip in stages(view_of((1, "done"), (3, "now"), (5, "todo")))] == ["一", "二", "三"]


def test_percent_is_of_steps_and_an_empty_programme_has_none_done() -> None:
    assert percent_done(view_of((1, "done"), (1, "done"), (2, "now"))) == 66
    assert percent_done(view_of()) == 0


@pytest.mark.parametrize(
    ("due_in", "words"), [(0, "今天是最后一天"), (5, "还有5天截止"), (90, "还有90天截止"), (-2, "已截止")]
)
def test_the_deadline_is_told_in_words(due_in: int, words: str) -> None:
    assert words in deadline(view_of(due_in=due_in))


@pytest.mark.parametrize(
    ("states", "due_in", "words"),
    [
        ([(1, "now"), (2, "todo")], 10, "从第一步开始"),
        ([(1, "done"), (2, "now")], 10, "接着上次学"),
        ([(1, "done"), (2, "now")], -2, "学过的可以回看"),
        ([(1, "done"), (2, "done")], 10, "五步都走完了"),
        ([], 10, "步骤还没有排好"),
    ],
)
def test_the_greeting_says_where_one_stands(states: list[tuple[int, str]], due_in: int, words: str) -> None:
    assert greeting(view_of(*states, due_in=due_in)) == words


def test_name_greeting_and_deadline_make_two_sentences(client: Client) -> None:
    enrolment = EnrolmentFactory(due_on=timezone.localdate() + timedelta(days=5))
    StepFactory(programme=enrolment.programme, stage=1, kind="practise")
    client.force_login(enrolment.user)
    due = enrolment.due_on
    sentence = f"{enrolment.user.get_short_name()}，从第一步开始。还有5天截止（{due.month}月{due.day}日）。"
    assert sentence in client.get("/my/").content.decode()


def test_without_an_enrolment_the_page_says_what_will_stand_here(client: Client) -> None:
    client.force_login(UserFactory())
    html = client.get("/my/").content.decode()
    assert "还没有安排给你的学习" in html
    assert html.count("<h1") == 1


def test_the_page_has_one_filled_button_and_it_leads_to_the_next_step(client: Client) -> None:
    enrolment = EnrolmentFactory()
    first = StepFactory(programme=enrolment.programme, stage=1, kind="practise")
    second = StepFactory(programme=enrolment.programme, stage=2, kind="practise")
    StepFactory(programme=enrolment.programme, stage=3, kind="practise")
    complete_steps(evidence=[Evidence(enrolment.pk, first.pk, timezone.now(), "tests.Fact:1")])
    client.force_login(enrolment.user)
    html = client.get("/my/").content.decode()
    entry = HANDLERS["practise"].entry_url(second.public_id)
    assert re.findall(r'<a class="btn btn--go[^"]*" href="([^"]+)"', html) == [entry]
    assert re.findall(r'aria-current="step"><a href="([^"]+)"', html) == [entry]
    assert html.count("<h1") == 1
    assert [word in html for word in ("已完成", "进行中", "前面的步骤完成后开放")] == [True, True, True]
