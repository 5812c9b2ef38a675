"""Units are merged, remember what happened, never loop; duties change hands; identities are confirmed."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import Error, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms import registry as groups
from foundation.audit.models import Entry
from notifications.models import Message
from organisations import actions, registry, tasks
from organisations.actions import tree
from organisations.models import (
    IdentityConfirmation,
    Kind,
    Membership,
    Organisation,
    OrganisationEvent,
    Profession,
    Role,
    RosterImport,
)
from tests.factories.accounts import UserFactory
from tests.factories.groups import member
from tests.factories.organisations import MembershipFactory, OrganisationFactory
from tests.factories.rosters import bring
from tests.organisations.workbooks import id_number, workbook

pytestmark = pytest.mark.django_db


def events(unit):
    found = OrganisationEvent.objects.filter(organisation=unit).order_by("pk")
    return [(event.kind, event.before, event.after) for event in found]


def test_a_unit_remembers_what_happened_to_it_in_the_words_of_then():
    boss = UserFactory(name="主任")
    city = actions.create_organisation(by=boss, kind=Kind.CITY, name="某市")
    unit = actions.create_organisation(by=boss, kind=Kind.DEPARTMENT, name="旧局")
    actions.change_organisation(by=boss, organisation=unit, name="新局")
    actions.change_organisation(by=boss, organisation=unit, name="新局")
    actions.move_organisation(by=boss, organisation=unit, parent=city)
    actions.close_organisation(by=boss, organisation=city, on=None)
    assert events(unit)[:3] == [
        ("created", {}, {"name": "旧局", "above": ""}),
        ("changed", {"name": "旧局"}, {"name": "新局"}),
        ("moved", {"above": ""}, {"above": "某市"}),
    ]
    assert [kind for kind, *_rest in events(unit)] == ["created", "changed", "moved", "closed"]
    assert OrganisationEvent.objects.filter(organisation=unit).first().actor == "主任"


def test_merging_moves_people_units_and_duties_and_leaves_history():
    city = OrganisationFactory(kind=Kind.CITY)
    gone, stays = OrganisationFactory(parent=city), OrganisationFactory(parent=city)
    desk = OrganisationFactory(parent=gone, kind=Kind.SECTION)
    plain, both, leader = (UserFactory() for _ in range(3))
    MembershipFactory(user=plain, organisation=gone, is_home=True, position="科员", seat=3)
    MembershipFactory(user=both, organisation=gone, is_home=True)
    MembershipFactory(user=both, organisation=stays)
    MembershipFactory(user=leader, organisation=gone, role=Role.COORDINATOR)
    assert actions.merge_organisations(by=None, organisation=gone, into=stays) == 3
    gone.refresh_from_db()
    desk.refresh_from_db()
    assert (gone.merged_into, gone.closed_on is None, desk.parent) == (stays, False, stays)
    now = Membership.objects.current().values_list("user", "organisation", "role", "is_home", "position", "seat")
    assert sorted(now) == sorted(
        [
            (plain.pk, stays.pk, "member", True, "科员", 3),
            (both.pk, stays.pk, "member", True, "", None),
            (leader.pk, stays.pk, "coordinator", False, "", None),
        ]
    )
    assert Membership.objects.filter(organisation=gone).count() == 3
    assert [events(gone)[-1][0], events(stays)[-1][0]] == ["merged", "absorbed"]
    assert Entry.objects.filter(action="organisations.merge_organisations").count() == 1


def test_what_cannot_be_merged_is_refused():
    city = OrganisationFactory(kind=Kind.CITY)
    one, other = OrganisationFactory(parent=city), OrganisationFactory(parent=city)
    below = OrganisationFactory(parent=one, kind=Kind.SECTION)
    closed = OrganisationFactory(parent=city)
    actions.close_organisation(by=None, organisation=closed)
    for gone, stays in ((one, one), (one, below), (one, closed), (closed, one)):
        with pytest.raises(actions.CannotMerge):
            actions.merge_organisations(by=None, organisation=gone, into=stays)
    assert actions.merge_organisations(by=None, organisation=below, into=one) == 0
    assert other.closed_on is None


def raw(statement, *values):
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_the_database_refuses_loops_half_codes_and_open_merged_units():
    one = OrganisationFactory()
    two = OrganisationFactory(parent=one)
    three = OrganisationFactory(parent=two)
    table = "organisations_organisation"
    for below in (one, two, three):
        raw(f"UPDATE {table} SET parent_id = %s WHERE id = %s", below.pk, one.pk)
    raw(f"UPDATE {table} SET uscc = '1234' WHERE id = %s", one.pk)
    raw(f"UPDATE {table} SET district_code = '3205' WHERE id = %s", one.pk)
    raw(f"UPDATE {table} SET stage = 'kindergarten' WHERE id = %s", one.pk)
    raw(f"UPDATE {table} SET merged_into_id = %s WHERE id = %s", two.pk, one.pk)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET parent_id = %s WHERE id = %s", [one.pk, three.pk])


def test_history_is_never_rewritten():
    OrganisationFactory()
    raw("UPDATE organisations_organisationevent SET actor = 'somebody else'")


def test_codes_are_checked_and_the_key_groups_are_there():
    with pytest.raises(ValidationError):
        OrganisationFactory(district_code="32058")
    with pytest.raises(ValidationError):
        OrganisationFactory(uscc="91350100M000100Y4Z")
    assert Organisation.objects.count() == 0
    assert Profession.objects.count() == 14
    assert actions.set_up_professions() == 0


def test_the_stage_of_the_school_decides_who_is_a_child():
    ages = []
    for stage in ("primary", "university"):
        school = OrganisationFactory(kind=Kind.SCHOOL, stage=stage)
        group = OrganisationFactory(kind=Kind.CLASS, parent=school, name="1班")
        rows = [["姓名", "学号"], ["陈小满", "1"]]
        bring(group, workbook(名单=rows))
        ages.append(Membership.objects.get(organisation=group).user.age_class)
    assert ages == ["child", "adult"]


# ── Planned ends ──
def test_memberships_end_by_themselves_after_their_last_day_and_upper_apps_are_told(monkeypatch):
    today = timezone.localdate()
    told = []
    monkeypatch.setitem(registry.on_members_changed, "test", lambda people: told.append(list(people)))
    monkeypatch.setattr(tree, "ENDING", 2)
    days = {"over": -1, "last": 0, "coming": 30, "later": None}
    found = {
        name: MembershipFactory(
            user=UserFactory(),
            organisation=OrganisationFactory(),
            from_on=today - dt.timedelta(days=90),
            ends_on=today + dt.timedelta(days=day) if day is not None else None,
        )
        for name, day in days.items()
    }
    tasks.end_planned({})
    assert set(Membership.objects.current()) == {found["last"], found["coming"], found["later"]}
    assert actions.end_planned(today=today + dt.timedelta(days=31)) == 2
    assert actions.end_planned(today=today + dt.timedelta(days=31)) == 0
    ended = Membership.objects.exclude(until_on=None).order_by("pk")
    assert [member.until_on for member in ended] == [today + dt.timedelta(days=day) for day in (-1, 0, 30)]
    assert told == [[found["over"].user_id], [found["last"].user_id, found["coming"].user_id]]
    assert Entry.objects.filter(action="organisations.end_planned").count() == 2


def test_the_database_refuses_a_last_day_before_the_first():
    member = MembershipFactory(user=UserFactory(), organisation=OrganisationFactory())
    with pytest.raises(Error), transaction.atomic():
        Membership.objects.filter(pk=member.pk).update(ends_on=member.from_on - dt.timedelta(days=1))


def test_a_merger_keeps_the_last_day():
    gone, stays = OrganisationFactory(), OrganisationFactory()
    day = timezone.localdate() + dt.timedelta(days=9)
    MembershipFactory(user=UserFactory(), organisation=gone, ends_on=day)
    actions.merge_organisations(by=None, organisation=gone, into=stays)
    assert Membership.objects.current().get(organisation=stays).ends_on == day


# ── Hand-over ──
@pytest.fixture
def office():
    return OrganisationFactory(name="住建局", code="zjj")


@pytest.fixture
def duty(office):
    return MembershipFactory(user=UserFactory(name="周静"), organisation=office, role=Role.COORDINATOR, is_home=True)


@pytest.fixture
def successor(office):
    user = UserFactory(name="林知远", username="lin", employee_number="0012")
    MembershipFactory(user=user, organisation=office)
    return user


def test_a_duty_is_handed_over_in_two_steps_and_both_are_told(client, office, duty, successor):
    for name in ("新生.xlsx", "教师.xlsx"):
        fields = {"organisation": office, "size": 1, "sha256": "x", "created_at": timezone.now()}
        RosterImport.objects.create(filename=name, state="preview", **fields)
    client.force_login(duty.user)
    address = "/organisations/zjj/hand-over/"
    assert client.get(address).status_code == 200
    fields = {"duty": duty.pk, "successor": "0012", "message": "请接手"}
    look = client.post(address, fields)
    assert "<li>2份名册待核对</li>" in look.content.decode()
    assert Membership.objects.current().filter(role=Role.COORDINATOR).get() == duty
    assert client.post(address, {**fields, "confirmed": "1"}).status_code == 302
    now = Membership.objects.current().filter(organisation=office).values_list("user__name", "role", "is_home")
    assert sorted(now) == sorted(
        [("周静", "member", True), ("林知远", "member", False), ("林知远", "coordinator", False)]
    )
    assert Message.objects.get(user=successor).body == "请接手\n2份名册待核对"
    assert Message.objects.filter(user=duty.user).count() == 1
    assert events(office)[-1] == ("handed", {"who": "周静", "role": "coordinator"}, {"who": "林知远"})
    assert client.get(address).status_code == 404
    with pytest.raises(actions.NotHolding):
        actions.hand_over(by=successor, membership=duty, successor=duty.user)


def test_a_duty_goes_only_to_an_adult_of_ones_own_units(client, office, duty, successor):
    stranger = UserFactory(username="stranger")
    MembershipFactory(user=stranger, organisation=OrganisationFactory())
    child = UserFactory(username="kid", child=True)
    MembershipFactory(user=child, organisation=office)
    client.force_login(duty.user)
    for name in ("stranger", "nobody", "kid", duty.user.username):
        answer = client.post("/organisations/zjj/hand-over/", {"duty": duty.pk, "successor": name, "confirmed": "1"})
        assert (answer.status_code, "successor" in answer.context["form"].errors) == (200, True)
    assert Membership.objects.current().filter(role=Role.COORDINATOR).get() == duty


@pytest.mark.parametrize("page", ["hand-over", "history"])
def test_only_whoever_leads_the_unit_hands_over_or_reads_its_history(client, office, duty, successor, page):
    other = MembershipFactory(user=UserFactory(), organisation=OrganisationFactory(), role=Role.COORDINATOR).user
    teacher = MembershipFactory(user=UserFactory(), organisation=office, role=Role.TEACHER).user
    for user in (other, teacher, successor, UserFactory()):
        client.force_login(user)
        assert client.get(f"/organisations/zjj/{page}/").status_code == 404
    client.logout()
    assert client.get(f"/organisations/zjj/{page}/").status_code == 302
    client.force_login(duty.user)
    assert client.get(f"/organisations/zjj/{page}/").status_code == 200


# ── Identities ──
def test_identities_are_confirmed_once_and_taken_back(client, office):
    boss = member(groups.CREDIT_OFFICE)
    person = UserFactory(name="林知远", employee_number="7")
    MembershipFactory(user=person, organisation=office, is_home=True)
    client.force_login(boss)
    assert "林知远" in client.get("/admin/identities/?unit=zjj").content.decode()
    client.post("/admin/identities/", {"person": [str(person.pk), "x"], "do": "confirm"})
    client.post("/admin/identities/", {"person": [str(person.pk)], "do": "confirm"})
    found = IdentityConfirmation.objects.get()
    assert (found.user, found.confirmed_by, found.withdrawn_at) == (person, boss, None)
    assert "林知远" not in client.get("/admin/identities/").content.decode()
    assert "林知远" in client.get("/admin/identities/?state=done").content.decode()
    client.post("/admin/identities/", {"person": [str(person.pk)], "do": "withdraw"})
    found.refresh_from_db()
    assert found.withdrawn_by == boss
    raw("UPDATE organisations_identityconfirmation SET confirmed_by_id = user_id")


@pytest.mark.parametrize("group", [None, groups.EDITOR])
def test_nobody_else_confirms_identities(client, office, duty, group):
    client.force_login(member(group) if group else duty.user)
    assert client.get("/admin/identities/").status_code in (302, 403)
    client.post("/admin/identities/", {"person": [str(duty.user.pk)], "do": "confirm"})
    assert IdentityConfirmation.objects.count() == 0


# ── In the admin ──
def test_the_office_merges_units_and_reads_their_history(client, office):
    client.force_login(member(groups.CREDIT_OFFICE))
    into = OrganisationFactory(code="into")
    MembershipFactory(user=UserFactory(), organisation=office)
    client.post(f"/admin/organisations/{office.pk}/merge/", {"into": "into"})
    assert Organisation.objects.get(pk=office.pk).merged_into is None
    client.post(f"/admin/organisations/{office.pk}/merge/", {"into": "zjj", "sure": "on"})
    assert Organisation.objects.get(pk=office.pk).merged_into is None
    client.post(f"/admin/organisations/{office.pk}/merge/", {"into": "into", "sure": "on"})
    assert Organisation.objects.get(pk=office.pk).merged_into == into
    page = client.get(f"/admin/organisations/inspect/{office.pk}/").content.decode()
    assert into.name in page


def test_key_groups_are_kept_in_the_admin(client):
    client.force_login(member(groups.CREDIT_OFFICE))
    assert client.post("/admin/professions/new/", {"code": "judge", "name": "法官", "order": "15"}).status_code == 302
    row = Profession.objects.get(code="judge")
    client.post(f"/admin/professions/edit/{row.pk}/", {"code": "judge", "name": "司法人员", "order": "15"})
    row.refresh_from_db()
    assert (row.name, Entry.objects.filter(action="organisations.save_profession").count()) == ("司法人员", 2)


@pytest.mark.parametrize("state", ["open", "done"])
def test_the_list_of_identities_costs_the_same_for_one_row_and_for_three(client, office, state):
    boss = UserFactory(is_superuser=True)
    client.force_login(boss)
    client.get("/admin/identities/")
    counts = []
    for _ in range(3):
        person = UserFactory(id_digest=id_number(serial=_), id_mask="320")
        MembershipFactory(user=person, organisation=office, is_home=True)
        if state == "done":
            actions.confirm_identities(by=boss, users=[person])
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/admin/identities/?state={state}")
        counts.append(len(captured))
    assert counts[0] == counts[2]
