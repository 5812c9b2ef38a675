"""Rules, sessions, grants and extra time under /admin/."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from django.utils import timezone

from cms import registry
from exams import queries
from exams.models import ExtraAttempt, ExtraTime, Session, SittingRules
from foundation.audit.models import Entry
from tests.exams.test_statement_counts import statements
from tests.factories import exams as make
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
NAMES = ("exams_sittingrules", "exams_session", "exams_extraattempt", "exams_extratime")
KEY = "ab" * 32


@pytest.fixture
def manager(client):
    user = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name=registry.EXAM_MANAGER))
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(user)
    return client


@pytest.fixture
def paper(entry):
    return queries.rules_of(step_id=entry.step.pk, enrolment_id=entry.enrolment.pk).paper


def errors(page):
    return set(page.context["form"].errors)


def test_only_exam_managers_come_in(client, entry, manager):
    for name in NAMES:
        assert manager.get(reverse(f"{name}:index")).status_code == 200
        assert manager.get(reverse(f"{name}:add")).status_code == 200
    for user in (entry.enrolment.user, UserFactory()):
        client.force_login(user)
        assert {client.get(reverse(f"{name}:add")).status_code for name in NAMES} == {302}


def test_rules_are_set_once_per_paper_and_recorded(manager, paper):
    data = {"paper": paper.pk, "late_entry_minutes": 15, "leave_action": "lock", "leave_count": 3}
    data |= {"show_marks": "at_once", "seb_config_keys": f" {KEY.upper()} "}
    assert errors(manager.post(reverse("exams_sittingrules:add"), data | {"seb_config_keys": "x"})) == {
        "seb_config_keys"
    }
    manager.post(reverse("exams_sittingrules:add"), data)
    rules = SittingRules.objects.get()
    assert (rules.paper, rules.late_entry_minutes, rules.seb_config_keys) == (paper, 15, KEY)
    assert errors(manager.post(reverse("exams_sittingrules:add"), data)) == {"paper"}
    manager.post(reverse("exams_sittingrules:edit", args=[rules.pk]), data | {"late_entry_minutes": 30})
    assert SittingRules.objects.get().late_entry_minutes == 30
    assert Entry.objects.filter(action="exams.save_edited").count() == 2


def test_a_session_finds_its_units_and_invigilators(manager, paper, entry):
    guard, unit = UserFactory(), entry.enrolment.organisation
    data = {
        "paper": paper.pk,
        "name": "一场",
        "place": "301",
        "opens_at": "2026-12-01 09:00",
        "closes_at": "2026-12-01 10:30",
    }
    data |= {"unit_lines": f"{unit.code}\n{unit.code}", "invigilator_lines": guard.username}
    wrong = manager.post(reverse("exams_session:add"), data | {"unit_lines": "没有", "invigilator_lines": "没有"})
    assert errors(wrong) == {"unit_lines", "invigilator_lines"}
    manager.post(reverse("exams_session:add"), data)
    session = Session.objects.get()
    assert (list(session.units.all()), list(session.invigilators.all())) == ([unit], [guard])
    page = manager.get(reverse("exams_session:edit", args=[session.pk]))
    assert page.context["form"].initial["invigilator_lines"] == guard.username
    manager.post(reverse("exams_session:edit", args=[session.pk]), data | {"invigilator_lines": "", "name": "二场"})
    assert (Session.objects.get().name, session.invigilators.count()) == ("二场", 0)


def test_grants_for_a_person_and_for_a_unit(manager, paper, entry):
    data = {"kind": "makeup", "paper": paper.pk, "reason": "住院"}
    url, unit = reverse("exams_extraattempt:add"), entry.enrolment.organisation
    assert errors(manager.post(url, data)) == {"person"}
    assert errors(manager.post(url, data | {"person": "没有"})) == {"person"}
    assert errors(manager.post(url, data | {"unit": "没有"})) == {"unit"}
    assert errors(manager.post(url, data | {"unit": unit.code, "opens_at": "2026-12-01 09:00"})) == {"closes_at"}
    assert errors(manager.post(url, data | {"unit": unit.code, "kind": "deferred"})) == {"opens_at"}
    manager.post(url, data | {"person": entry.enrolment.user.username})
    window = {"opens_at": "2026-12-01 09:00", "closes_at": "2026-12-01 10:00"}
    manager.post(url, data | window | {"unit": unit.code, "kind": "deferred"})
    rows = ExtraAttempt.objects.order_by("pk").values_list("kind", "enrolment", "organisation")
    assert list(rows) == [("makeup", entry.enrolment.pk, None), ("deferred", None, unit.pk)]


def test_extra_time_is_granted_and_ended(manager, entry):
    data = {
        "person": entry.enrolment.user.username,
        "percent": 25,
        "minutes": 0,
        "reason": "视力",
        "from_on": "2026-11-01",
    }
    url = reverse("exams_extratime:add")
    assert errors(manager.post(url, data | {"percent": 0})) == {"minutes"}
    assert errors(manager.post(url, data | {"until_on": "2026-10-01"})) == {"until_on"}
    manager.post(url, data)
    extra = ExtraTime.objects.get()
    edit = reverse("exams_extratime:edit", args=[extra.pk])
    assert errors(manager.post(edit, {"until_on": "2026-10-01"})) == {"until_on"}
    manager.post(edit, {"until_on": "2026-12-31", "percent": "90"})
    assert ExtraTime.objects.values_list("percent", "until_on").get() == (25, timezone.datetime(2026, 12, 31).date())


def test_reasons_for_more_time_and_other_attempts_are_not_read_unnoticed(manager, entry):
    user, now = entry.enrolment.user, timezone.now()
    extra = ExtraTime.objects.create(
        user=user, minutes=5, reason="手伤", from_on=now.date(), granted_by=user, granted_at=now
    )
    pages = ["exams_extratime:index", "exams_extratime:edit", "exams_extraattempt:index"]
    for name in pages:
        assert manager.get(reverse(name, args=[extra.pk] if name.endswith("edit") else [])).status_code == 200
    found = Entry.objects.filter(action__endswith=".look").order_by("pk").values_list("action", "target")
    assert list(found) == [
        ("exams.extra_times.look", "accounts.User:?"),
        ("exams.extra_time.look", f"accounts.User:{user.pk}"),
        ("exams.grants.look", "accounts.User:?"),
    ]


def test_lists_cost_the_same_for_one_and_for_three(manager, paper, entry):
    unit, now = entry.enrolment.organisation, timezone.now()

    def more():
        people = UserFactory()
        ExtraAttempt.objects.create(paper=paper, organisation=unit, reason="一", granted_by=people, granted_at=now)
        ExtraTime.objects.create(
            user=people, minutes=5, reason="一", from_on=now.date(), granted_by=people, granted_at=now
        )
        other = make.paper(fixed=[make.item().item])
        SittingRules.objects.create(paper=other)
        Session.objects.create(paper=other, name="场", opens_at=now, closes_at=now + timezone.timedelta(hours=1))

    def cost():
        return [len(statements(lambda name=name: manager.get(reverse(f"{name}:index")))) for name in NAMES]

    more()
    cost()
    first = cost()
    more()
    more()
    assert cost() == first
