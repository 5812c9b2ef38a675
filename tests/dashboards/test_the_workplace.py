"""Who leads units sees how they stand, from stored figures, inside their own units, and never a score."""

import datetime as dt
from io import BytesIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from notifications.models import Message
from organisations.models import Kind, Organisation, Role
from programmes import actions
from programmes.contracts import Evidence
from programmes.models import CalendarFeed, Enrolment, UnitStepTally, WeekTally
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory
from tests.factories.practice import Workplace
from tests.factories.programmes import EnrolmentFactory, ProgrammeFactory, StepFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def workplace():
    return Workplace()


@pytest.fixture
def people(workplace):
    done, open_ = workplace.learner(), workplace.learner(workplace.department)
    actions.complete_steps(evidence=[Evidence(done.pk, workplace.step.pk, timezone.now(), "tests.Fact:1")])
    actions.count_completions()
    actions.rebuild_tallies()
    return done, open_


def address(workplace, unit=None):
    return f"/dashboards/{(unit or workplace.department).code}/"


def test_figures_the_heat_table_and_whom_to_look_after(workplace, people, client):
    done, open_ = people
    client.force_login(workplace.coordinator)
    assert client.get("/dashboards/")["Location"] == address(workplace)
    page = client.get(address(workplace)).content.decode()
    assert "2人参加" in page
    assert f"{workplace.section.name}，{workplace.step.title}，1人完成，共1人" in page
    assert (open_.user.name in page, done.user.name in page) == (True, False)
    section = client.get(address(workplace, workplace.section)).content.decode()
    assert (open_.user.name in section, done.user.name in section) == (False, False)


def test_the_address_keeps_the_filters(workplace, people, client):
    _done, open_ = people
    Enrolment.objects.filter(pk=open_.pk).update(outlook=3)
    client.force_login(workplace.coordinator)
    for query, is_there in (
        ("outlook=3", True),
        ("outlook=1", False),
        (f"step={workplace.step.public_id}", True),
        ("outlook=nonsense&step=&page=nonsense&programme=nonsense", True),
        ("page=99", False),
    ):
        page = client.get(f"{address(workplace)}?{query}").content.decode()
        assert (open_.user.name in page) == is_there


def test_strangers_find_nothing_anywhere(workplace, people, client):
    _done, open_ = people
    for user in (open_.user, Workplace().coordinator, workplace.person(OrganisationFactory(), Role.REPORTER)):
        client.force_login(user)
        for path in (address(workplace), f"{address(workplace)}export/", f"/dashboards/people/{open_.public_id}/"):
            assert client.get(path).status_code == 404
        assert client.post(f"{address(workplace)}remind/", {"enrolment": open_.public_id}).status_code == 404
    client.logout()
    assert client.get(address(workplace)).status_code == 302
    assert Message.objects.count() == 0


def test_a_coordinator_cannot_remind_or_see_people_of_another_unit_through_their_own(workplace, people, client):
    foreign = Workplace().learner()
    client.force_login(workplace.coordinator)
    client.post(f"{address(workplace)}remind/", {"enrolment": foreign.public_id})
    assert Message.objects.count() == 0


def test_ticked_people_are_reminded_and_the_page_keeps_its_filters(workplace, people, client):
    _done, open_ = people
    client.force_login(workplace.coordinator)
    fields = {"enrolment": open_.public_id, "note": "月底前做完", "query": "outlook=0"}
    answer = client.post(f"{address(workplace)}remind/", fields)
    assert answer["Location"] == f"{address(workplace)}?outlook=0"
    assert Message.objects.get().user == open_.user
    page = client.post(f"{address(workplace)}remind/", fields, follow=True).content.decode()
    assert ("三天内已提醒过" in page, Message.objects.count()) == (True, 1)
    person = client.get(f"/dashboards/people/{open_.public_id}/").content.decode()
    assert (open_.user.name in person, "人工提醒" in person) == (True, True)


def test_the_workbook_has_no_formula_and_keeps_long_numbers(workplace, people, client):
    done, open_ = people
    open_.user.name, open_.user.employee_number = "=1+1", "320583199001011234"
    open_.user.save()
    client.force_login(workplace.coordinator)
    book = load_workbook(BytesIO(client.get(f"{address(workplace)}export/").content))
    units, names = book.worksheets
    rows = list(names.iter_rows(values_only=True))
    assert {row[:2] for row in rows[1:]} == {("'=1+1", "320583199001011234"), (done.user.name, None)}
    assert [row[1] for row in units.iter_rows(values_only=True)][1:] == [1, 1, 2]
    assert {cell.data_type for row in names.iter_rows() for cell in row} <= {"s", "inlineStr", "n"}


def test_the_trend_has_a_table_behind_it(workplace, people, client):
    today = timezone.localdate()
    for _twice in range(2):
        actions.keep_week(today=today)
    assert sum(WeekTally.objects.values_list("enrolled", flat=True)) == 2
    ago = dt.timedelta(weeks=1)
    Enrolment.objects.update(enrolled_at=timezone.now() - 2 * ago)
    Enrolment.objects.exclude(finished_at=None).update(finished_at=timezone.now() - ago)
    assert [actions.fill_weeks(since=today - 2 * ago, today=today) for _twice in range(2)] == [4, 0]
    totals = WeekTally.objects.order_by("week_on").values_list("week_on").annotate(n=Sum("enrolled"), t=Sum("finished"))
    assert [row[1:] for row in totals] == [(2, 0), (2, 1), (2, 1)]
    client.force_login(workplace.coordinator)
    page = client.get(address(workplace)).content.decode()
    assert ("<polyline" in page, "看表格" in page) == (True, True)


def test_five_hundred_units_and_five_steps_take_ten_statements(client):
    city = OrganisationFactory(kind=Kind.CITY)
    leader = UserFactory()
    MembershipFactory(user=leader, organisation=city, role=Role.COORDINATOR)
    Organisation.objects.bulk_create(
        [Organisation(kind="department", name=f"单位{n}", parent=city) for n in range(500)]
    )
    units = list(Organisation.objects.filter(parent=city))
    for unit in units:
        unit.path = f"{city.path}{unit.pk}/"
    Organisation.objects.bulk_update(units, ["path"], batch_size=200)
    programme = ProgrammeFactory()
    steps = [StepFactory(programme=programme, stage=n) for n in range(1, 6)]
    UnitStepTally.objects.bulk_create(
        [
            UnitStepTally(programme=programme, organisation=unit, measure=measure, step=step, people=7)
            for unit in units
            for measure, step in [("enrolled", None), *[("step", step) for step in steps]]
        ]
    )
    for n in range(3):
        EnrolmentFactory(programme=programme, organisation=units[n])
    client.force_login(leader)
    client.get(f"/dashboards/{city.code}/")
    with CaptureQueriesContext(connection) as captured:
        page = client.get(f"/dashboards/{city.code}/").content.decode()
    assert (page.count("<tr>"), "3500人参加" in page.replace(",", "")) == (51, True)
    assert len(captured) <= 10


def test_the_command_compares_and_mends_the_figures(workplace, people, capsys):
    UnitStepTally.objects.filter(measure="enrolled").update(people=40)
    with pytest.raises(SystemExit):
        call_command("rebuild_programmes", "--check")
    assert "differed: 2" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        call_command("rebuild_programmes")
    assert actions.rebuild_tallies(check=True) == 0


# ── The learner's side ───────────────────────────────────────────────────────────────────────────────
def test_the_calendar_is_open_to_whoever_knows_its_address_and_a_new_one_ends_the_old(workplace, client):
    enrolment = workplace.learner()
    Enrolment.objects.filter(pk=enrolment.pk).update(due_on=dt.date(2026, 12, 1))
    client.force_login(enrolment.user)
    assert CalendarFeed.objects.count() == 0
    client.post("/my/calendar/")
    first = CalendarFeed.objects.get().token
    assert f"/calendar/{first}.ics" in client.get("/my/history/").content.decode()
    client.logout()
    answer = client.get(f"/calendar/{first}.ics")
    lines = answer.content.decode().split("\r\n")
    assert (answer["Content-Type"], lines[0], lines[-2]) == (
        "text/calendar; charset=utf-8",
        "BEGIN:VCALENDAR",
        "END:VCALENDAR",
    )
    assert ("DTSTART;VALUE=DATE:20261201" in lines, "DTEND;VALUE=DATE:20261202" in lines) == (True, True)
    assert max(len(line.encode()) for line in lines) <= 75
    client.force_login(enrolment.user)
    client.post("/my/calendar/")
    assert client.get(f"/calendar/{first}.ics").status_code == 404
    enrolment.user.is_active = False
    enrolment.user.save()
    assert client.get(f"/calendar/{CalendarFeed.objects.get().token}.ics").status_code == 404


def test_history_shows_every_year_and_round_of_oneself_only(workplace, client):
    enrolment = workplace.learner()
    old = EnrolmentFactory(user=enrolment.user, organisation=workplace.section, state="past", end_reason="renewed")
    Enrolment.objects.filter(pk=old.pk).update(enrolled_at=timezone.now() - dt.timedelta(days=400))
    other = EnrolmentFactory()
    client.force_login(enrolment.user)
    page = client.get("/my/history/").content.decode()
    assert [row.programme.title in page for row in (enrolment, old, other)] == [True, True, False]
    assert "新一轮开始" in page
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            client.get("/my/history/")
        counts.append(len(captured))
        EnrolmentFactory(user=enrolment.user)
    assert counts[0] == counts[1]
