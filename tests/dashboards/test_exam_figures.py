"""Exam figures by unit are kept by a job, agree with the attempts, and tell nobody's score."""

import pytest
from django.core.management import call_command
from django.utils import timezone

from dashboards import actions, queries
from dashboards.models import ExamTally
from organisations.models import Organisation
from programmes.actions import rebuild_tallies
from tests.exams.test_figures_of_units import Town, still_being_marked

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    town = Town()
    town.person(town.one, 2)
    town.person(town.section, 0, 2)
    town.person(town.section, 1)
    town.person(town.one)
    town.person(town.two, 2)
    return town


def board(town, unit=None):
    rebuild_tallies()
    actions.count_exams(today=timezone.localdate())
    return queries.board(town.leader(town.city), (unit or town.city).code, queries.Choice(), timezone.localdate())


def told(rates):
    return (rates.enrolled, rates.took_part, rates.participation, rates.pass_rate, rates.first_time_rate)


def test_they_agree_with_what_the_exams_count_person_by_person(town):
    found = board(town)
    by_hand = town.figures(town.city)
    for mine, theirs in [
        (found.total, by_hand.rates),
        *zip(found.rows, [row.rates for row in by_hand.below], strict=True),
    ]:
        assert told(mine.rates[0]) == told(theirs)
    section = board(town, town.section)
    assert told(section.total.rates[0]) == told(town.figures(town.section).rates)


def test_they_agree_while_a_first_attempt_is_being_marked(town):
    still_being_marked(town, town.section)
    assert told(board(town, town.section).total.rates[0]) == told(town.figures(town.section).rates)
    assert town.figures(town.section).rates.sat_first == 1


def test_units_that_do_not_take_part_are_in_no_denominator(town):
    Organisation.objects.filter(pk=town.two.pk).update(is_participating=False)
    found = board(town)
    assert (found.total.enrolled, found.total.rates[0].took_part, found.left_out) == (4, 3, 1)
    assert [(row.unit, row.is_apart, row.enrolled) for row in found.rows] == [
        (town.one, False, 4),
        (town.two, True, 0),
    ]


def test_an_excellence_rate_of_a_few_is_hidden_here_and_where_it_could_be_worked_out(town):
    for _ in range(5):
        town.person(town.one, 2)
    found = board(town)
    # Two has one participant; that leaves one unit, and the sum would give it away.
    assert [row.rates[0].excellence_rate for row in found.rows] == [None, None]
    for _ in range(5):
        town.person(town.two, 1)
    found = board(town)
    assert [row.rates[0].excellence_rate for row in found.rows] == [88, 17]
    assert found.total.rates[0].excellence_rate == 57


def test_counting_again_writes_nothing_and_the_command_finds_what_is_wrong(town, capsys):
    board(town)
    assert actions.count_exams(check=True) == 0
    ExamTally.objects.filter(measure="took_part").update(people=40)
    with pytest.raises(SystemExit):
        call_command("rebuild_dashboards", "--check")
    assert "differed: 3" in capsys.readouterr().out
    call_command("rebuild_dashboards")
    assert actions.count_exams(check=True) == 0


def test_who_leaves_a_unit_leaves_its_figures(town):
    board(town)
    ExamTally.objects.filter(organisation=town.two).update(people=3)
    board(town)
    person = town.person(town.two, 2)
    person.state, person.ended_at = "withdrawn", timezone.now()
    person.save()
    assert [row.rates[0].took_part for row in board(town).rows] == [3, 1]


def test_the_page_shows_rates_and_no_score(town, client):
    board(town)
    client.force_login(town.leader(town.city))
    page = client.get(f"/dashboards/{town.city.code}/").content.decode()
    assert ("80.0%" in page, "75.0%" in page, "一次通过率50.0%" in page) == (True, True, True)
    assert ("平均分" in page, "87.5" in page) == (False, False)
