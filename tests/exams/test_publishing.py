"""A paper is a draft until it is published; then what it draws and its rules stay as they are."""

import pytest
from django.db import DatabaseError, connection, transaction

from exams import actions, queries
from exams.models import (
    BlueprintSection,
    ItemVersion,
    Paper,
    PaperExclusion,
    PaperItem,
    PaperState,
    PreparedPaper,
    SittingRules,
)
from exams.steps import PaperConfigurator
from foundation.audit.models import Entry
from programmes.actions import StepsNotSet, open_programme
from programmes.models import ProgrammeState
from tests.factories import exams as make
from tests.factories.accounts import UserFactory
from tests.factories.programmes import ProgrammeFactory, StepFactory

pytestmark = pytest.mark.django_db


def exam(count=2, **fields):
    make.filled_bank(4)
    return make.paper(sections=[{"bank": make.bank(), "type": "single", "count": count}], **fields)


def test_only_a_published_paper_can_be_sat():
    paper = exam(published=False)
    entry = make.seat(the_paper=paper)
    with pytest.raises(actions.PaperNotReady):
        actions.start_attempt(entry=entry)
    actions.publish_paper(by=None, paper=paper)
    assert len(actions.start_attempt(entry=entry).drawn) == 2


def test_a_programme_does_not_open_with_a_draft():
    paper = exam(published=False)
    programme = ProgrammeFactory(state=ProgrammeState.DRAFT)
    step = StepFactory(programme=programme, stage=3, kind="exam")
    actions.set_paper_step(by=None, step=step, paper=paper)
    with pytest.raises(StepsNotSet):
        open_programme(by=None, programme=programme)
    actions.publish_paper(by=None, paper=paper)
    assert PaperConfigurator("exam").summaries([step.pk]) == {step.pk: paper.title}
    open_programme(by=None, programme=programme)


def test_publishing_needs_a_bank_that_can_fill_it_and_says_what_it_cannot():
    paper = exam(count=9, published=False)
    PaperItem.objects.create(paper=paper, item=make.item("blank", ready=False).item)
    PaperItem.objects.create(paper=paper, item=make.item("survey").item)
    with pytest.raises(actions.NotFeasible) as refused:
        actions.publish_paper(by=None, paper=paper)
    check = refused.value.check
    assert [(s.sections, s.wanted, s.available) for s in check.shortages] == [((1,), 9, 4)]
    assert [len(check.unready), len(check.rated)] == [1, 1]
    empty = actions.create_paper(by=None, mode="survey", slug="leer", title="空")
    with pytest.raises(actions.NotFeasible):
        actions.publish_paper(by=None, paper=empty)
    assert set(Paper.objects.values_list("state", flat=True)) == {PaperState.DRAFT}


def test_what_is_excluded_or_fixed_is_not_drawn():
    point = make.point("甲")
    below = actions.create_point(by=None, name="乙", parent=point)
    kept = [make.item("single").item_id for _ in range(3)]
    excluded, fixed = make.item("single").item, make.item("single").item
    make.item("single", point=below)
    paper = make.paper(sections=[{"bank": make.bank(), "type": "single", "count": 3}], fixed=[fixed], published=False)
    PaperExclusion.objects.create(paper=paper, item=excluded)
    PaperExclusion.objects.create(paper=paper, point=point)
    paper = actions.publish_paper(by=None, paper=paper)
    actions.prepare_papers(paper=paper, count=5)
    papers = [p.drawn for p in PreparedPaper.objects.all()] + [queries.draw_one(paper, "ab" * 16)]
    items = dict(ItemVersion.objects.values_list("pk", "item_id"))
    for drawn in papers:
        asked = [items[version] for version, _points in drawn]
        assert (asked[0], sorted(asked[1:])) == (fixed.pk, sorted(kept))


def test_changing_the_blueprint_afterwards_changes_no_published_paper():
    paper = exam()
    BlueprintSection.objects.update(count=1)
    PaperItem.objects.create(paper=paper, item=make.item("blank").item)
    assert len(actions.start_attempt(entry=make.seat(the_paper=paper)).drawn) == 2


@pytest.mark.parametrize(
    "change", ["minutes = 5", "pass_mark = 1", "plan = '{}'", "attempts_allowed = 9", "shuffle = NOT shuffle"]
)
def test_published_rules_stay_whatever_sql_one_uses(change):
    exam()
    with pytest.raises(DatabaseError, match="write-once"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE exams_paper SET {change}")


def test_no_paper_is_published_without_a_plan():
    exam(published=False)
    with pytest.raises(DatabaseError, match=r"(?i)check"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE exams_paper SET state = 'published'")


def test_an_exclusion_is_an_item_or_a_point():
    paper = exam(published=False)
    for fields in ({}, {"item": make.item("single").item, "point": make.point("甲")}):
        with pytest.raises(DatabaseError, match=r"(?i)check"), transaction.atomic():
            PaperExclusion.objects.create(paper=paper, **fields)


def test_it_is_withdrawn_while_nobody_uses_it_and_its_prepared_papers_go():
    paper = exam()
    actions.prepare_papers(paper=paper, count=3)
    actions.withdraw_paper(by=None, paper=paper)
    assert not PreparedPaper.objects.exists()
    Paper.objects.update(minutes=5)
    actions.publish_paper(by=None, paper=paper)
    with pytest.raises(actions.NotDraft):
        actions.publish_paper(by=None, paper=paper)
    actions.start_attempt(entry=make.seat(the_paper=paper))
    with pytest.raises(actions.PaperInUse):
        actions.withdraw_paper(by=None, paper=paper)


def test_an_open_programme_keeps_its_paper_published():
    paper = exam()
    step = StepFactory(programme=ProgrammeFactory(), stage=3, kind="exam")
    actions.set_paper_step(by=None, step=step, paper=paper)
    with pytest.raises(actions.PaperInUse):
        actions.withdraw_paper(by=None, paper=paper)


def test_a_copy_is_a_draft_with_a_blueprint_of_its_own():
    paper = exam()
    PaperExclusion.objects.create(paper=paper, point=make.point("甲"))
    SittingRules.objects.create(paper=paper, wait_hours=24)
    user = UserFactory()
    copy = actions.copy_paper(by=user, paper=paper, slug="zweite", title="第二卷")
    assert (copy.state, copy.minutes, copy.blueprint.name) == (PaperState.DRAFT, 60, "第二卷")
    assert [rules.wait_hours for rules in SittingRules.objects.order_by("pk")] == [24, 24]
    assert copy.sitting_rules.pk != paper.sitting_rules.pk
    assert queries.draft_plan(copy) == {**queries.draft_plan(paper)}
    BlueprintSection.objects.filter(blueprint=copy.blueprint).update(count=1)
    assert queries.draft_plan(paper)["sections"][0]["count"] == 2
    assert Entry.objects.filter(action="exams.copy_paper", actor_id=user.pk).count() == 1


def test_a_drill_needs_one_item_whatever_its_sections_count():
    make.item("single")
    sections = [{"bank": make.bank(), "type": "single", "count": 50}]
    assert make.paper("drill", sections=sections).state == PaperState.PUBLISHED
