"""A roster is compared, shown, put in as a whole or in part, and taken back."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.keys import id_digest
from accounts.models import User
from foundation.audit.models import Entry
from foundation.jobs.models import Job
from foundation.jobs.worker import run_pending
from notifications.models import Message
from organisations import actions, files, registry
from organisations.models import Kind, Membership, Organisation, Role, RosterImport, RosterState
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory
from tests.factories.rosters import bring, school
from tests.organisations.workbooks import id_number, workbook

pytestmark = pytest.mark.django_db
STAFF = ["姓名", "工号", "身份证号", "手机", "邮箱", "职务"]


def statuses(roster):
    return [(row.name, row.status, row.reasons) for row in roster.rows.order_by("order")]


def staff(*rows):
    return {"名单": [STAFF, *[[*row, *[None] * (len(STAFF) - len(row))] for row in rows]]}


def world():
    """Everything that an import may change."""
    people = User.objects.order_by("pk").values_list(
        "pk", "name", "employee_number", "student_number", "phone", "email", "id_digest", "is_active"
    )
    memberships = Membership.objects.order_by("pk").values_list(
        "pk", "user", "organisation", "role", "is_home", "seat", "position", "until_on"
    )
    return list(people), list(memberships), list(Organisation.objects.order_by("pk").values_list("pk", "closed_on"))


def test_nothing_is_stored_of_a_preview_but_what_it_says():
    office = OrganisationFactory()
    before = world()
    roster = bring(office, sheets=staff(["林知远", "001"]), apply=False)
    assert (roster.state, statuses(roster), world()) == (RosterState.PREVIEW, [("林知远", "new", [])], before)


def test_new_people_get_an_account_a_home_and_a_post_and_the_id_number_is_only_a_digest():
    office, number = OrganisationFactory(), id_number()
    bring(office, sheets=staff(["林知远", "0012", number, "13900000001", "Lin@Example.org", "科员"]))
    user = User.objects.get()
    home = Membership.objects.get()
    assert (user.username, user.name, user.employee_number, user.phone, user.email) == (
        "0012",
        "林知远",
        "0012",
        "13900000001",
        "lin@example.org",
    )
    assert (user.id_digest, user.id_mask) == (id_digest(number), f"320{'*' * 13}{number[-2:]}")
    assert (user.has_usable_password(), user.is_active, user.is_staff) == (False, True, False)
    assert (home.organisation, home.is_home, home.role, home.position) == (office, True, Role.MEMBER, "科员")
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            assert number not in str(cursor.fetchall())


def with_profession(*rows):
    return {"名单": [["姓名", "工号", "重点人群", "科室"], *rows]}


def test_a_key_profession_is_named_by_name_or_code_and_another_word_is_an_error_in_its_cell():
    office = OrganisationFactory()
    rows = (
        ["林知远", "0012", "律师"],
        ["周静", "0013", " Lawyer "],
        ["赵明", "0014", "占星师"],
        ["孙悦", "0015", None],
    )
    roster = bring(office, sheets=with_profession(*rows), valid_only=True)
    assert statuses(roster) == [
        ("林知远", "new", []),
        ("周静", "new", []),
        ("赵明", "error", ["no-profession: 占星师"]),
        ("孙悦", "new", []),
    ]
    assert roster.rows.get(name="赵明").cell == "C4"
    found = Membership.objects.order_by("pk").values_list("user__name", "profession__code")
    assert list(found) == [("林知远", "lawyer"), ("周静", "lawyer"), ("孙悦", None)]


def test_a_key_profession_is_changed_goes_along_with_a_move_and_is_taken_back():
    office = OrganisationFactory()
    OrganisationFactory(kind=Kind.SECTION, name="一科", parent=office)
    bring(office, sheets=with_profession(["林知远", "0012", "律师", None]))
    again = bring(office, sheets=with_profession(["林知远", "0012", "律师", None]), apply=False)
    assert statuses(again) == [("林知远", "unchanged", [])]
    moved = bring(office, sheets=with_profession(["林知远", "0012", None, "一科"]))
    home = Membership.objects.current().get(is_home=True)
    assert (home.organisation.name, home.profession.code) == ("一科", "lawyer")
    before = list(Membership.objects.order_by("pk").values())
    changed = bring(office, sheets=with_profession(["林知远", "0012", "医师", "一科"]))
    assert changed.rows.get().changes == {"profession": ["律师", "医师"]}
    assert Membership.objects.current().get(is_home=True).profession.code == "physician"
    actions.undo_roster(by=None, roster=changed)
    assert list(Membership.objects.order_by("pk").values()) == before
    actions.undo_roster(by=None, roster=moved)
    assert Membership.objects.current().get().profession.code == "lawyer"


def with_last_day(*rows):
    return {"名单": [["姓名", "工号", "科室", "借调至"], *rows]}


def test_a_last_day_makes_a_secondment_of_a_row_about_somebody_at_home_elsewhere():
    office, day = OrganisationFactory(), timezone.localdate() + timedelta(days=90)
    first, second = (OrganisationFactory(kind=Kind.SECTION, name=name, parent=office) for name in ("一科", "二科"))
    bring(office, sheets=with_last_day(["林知远", "0012", "一科", None], ["周静", "0013", "一科", None]))
    before = list(Membership.objects.order_by("pk").values())
    rows = (["林知远", "0012", "二科", day], ["周静", "0013", "一科", f"{day:%Y年%m月%d日}"])
    roster = bring(office, sheets=with_last_day(*rows))
    assert [row.changes for row in roster.rows.order_by("order")] == [
        {"guest": [None, second.pk], "until": [None, day.isoformat()]},
        {"until": [None, day.isoformat()]},
    ]
    held = Membership.objects.current().order_by("user", "pk").values_list("organisation", "is_home", "ends_on")
    assert list(held) == [(first.pk, True, None), (second.pk, False, day), (first.pk, True, day)]
    again = bring(office, sheets=with_last_day(*rows), apply=False)
    assert {status for _name, status, _reasons in statuses(again)} == {"unchanged"}
    later = [[*row[:3], day + timedelta(days=30)] for row in rows]
    longer = bring(office, sheets=with_last_day(*later))
    held = Membership.objects.current().filter(ends_on=day + timedelta(days=30))
    assert sorted(held.values_list("organisation", flat=True)) == sorted([first.pk, second.pk])
    for done in (longer, roster):
        actions.undo_roster(by=None, roster=done)
    assert list(Membership.objects.order_by("pk").values()) == before


def test_whoever_was_seconded_and_then_moves_there_has_no_last_day_any_more():
    office, day = OrganisationFactory(), timezone.localdate() + timedelta(days=90)
    first, second = (OrganisationFactory(kind=Kind.SECTION, name=name, parent=office) for name in ("一科", "二科"))
    for section, until in (("一科", None), ("二科", day), ("二科", None)):
        last = bring(office, sheets=with_last_day(["林知远", "0012", section, until]))
    home = Membership.objects.current().get()
    assert (home.organisation, home.is_home, home.ends_on) == (second, True, None)
    actions.undo_roster(by=None, roster=last)
    held = Membership.objects.current().order_by("pk").values_list("organisation", "is_home", "ends_on")
    assert list(held) == [(first.pk, True, None), (second.pk, False, day)]


def test_a_last_day_that_is_over_or_none_is_an_error_in_its_cell():
    yesterday = timezone.localdate() - timedelta(days=1)
    rows = (["林知远", "0012", None, yesterday], ["周静", "0013", None, "明年"], ["赵明", "0014", None, None])
    roster = bring(OrganisationFactory(), sheets=with_last_day(*rows), apply=False)
    assert [(row.status, row.reasons, row.cell) for row in roster.rows.order_by("order")] == [
        ("error", ["until-over: until"], "D2"),
        ("error", ["until-wrong: until"], "D3"),
        ("new", [], ""),
    ]


def test_the_kept_file_is_unreadable_and_gone_when_the_roster_is_in(settings, django_capture_on_commit_callbacks):
    number = id_number()
    roster = bring(OrganisationFactory(), f"姓名,身份证号\n林知远,{number}\n".encode(), apply=False)
    with roster.file.open("rb") as kept:
        assert number.encode() not in kept.read()
    name = roster.file.name
    assert number.encode() in files.read(roster)
    with django_capture_on_commit_callbacks(execute=True):
        actions.apply_roster(by=None, roster=roster)
    roster.refresh_from_db()
    assert (roster.file.name, roster.file.storage.exists(name)) == ("", False)


def test_the_second_time_everybody_is_unchanged_and_what_differs_is_a_change():
    office = OrganisationFactory()
    number = id_number()
    bring(office, sheets=staff(["林知远", "001", number], ["周静", "002"]))
    same = bring(office, sheets=staff(["林知远", "001", number], ["周静", "002"]), apply=False)
    assert [row[1] for row in statuses(same)] == ["unchanged", "unchanged"]
    bring(office, sheets=staff(["林知源", None, number], ["周静", "002", None, "13900000002"]))
    assert list(User.objects.order_by("pk").values_list("name", "phone")) == [("林知源", None), ("周静", "13900000002")]
    assert User.objects.count() == 2


def test_an_empty_cell_changes_nothing():
    office = OrganisationFactory()
    bring(office, sheets=staff(["林知远", "001", None, "13900000001", None, "科员"]))
    roster = bring(office, sheets=staff(["林知远", "001"]), apply=False)
    assert statuses(roster) == [("林知远", "unchanged", [])]


def test_pupils_sit_in_their_class_stay_closed_without_consent_and_teachers_lead_theirs():
    here = school()
    bring(
        here,
        sheets={
            "三年级": [["姓名", "班级", "座号", "身份证号"], ["陈小满", "1班", 7, id_number("20170302")]],
            "教师": [["姓名", "工号", "班主任"], ["何清", "T01", "三年级1班"]],
        },
    )
    pupil = User.objects.get(name="陈小满")
    assert (pupil.username, pupil.age_class, pupil.is_active) == ("QS3A#07", "child", False)
    roles = Membership.objects.filter(user__name="何清").values_list("organisation__code", "role", "is_home")
    assert sorted(roles) == [("QS3A", "teacher", False), ("qs", "member", True)]


@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        ([["林知远", "001"], ["周静", "001"]], ["twice: employee_number 2", "twice: employee_number 1"]),
        ([["林知远"], ["林知远"]], ["twice: name 2", "twice: name 1"]),
        ([["林知远", "001"], ["林知远"]], ["twice: name 2", "twice: name 1"]),
        ([["林知远", "001", id_number()], ["周静", "002", id_number()]], ["twice: id 2", "twice: id 1"]),
        (
            [["林知远", "1", None, "13900000001"], ["周静", "2", None, "13900000001"]],
            ["twice: phone 2", "twice: phone 1"],
        ),
        ([["林知远", "001"], ["林知远", "002"]], []),
    ],
)
def test_two_rows_that_claim_the_same_are_both_wrong(rows, codes):
    roster = bring(OrganisationFactory(), sheets=staff(*rows), apply=False)
    assert [reason for _name, _status, reasons in statuses(roster) for reason in reasons] == codes


def person(unit, **fields):
    user = UserFactory(**fields)
    MembershipFactory(user=user, organisation=unit, is_home=True)
    return user


def test_nobody_is_guessed():
    city = OrganisationFactory(kind="city")
    office, other = OrganisationFactory(parent=city, name="甲局"), OrganisationFactory(parent=city, name="乙局")
    desk = OrganisationFactory(parent=office, kind="section", name="一科")
    for _ in range(2):
        person(office, name="张伟")
    person(desk, name="李娜")
    person(office, name="王芳", employee_number="007")
    person(office, name="吴敏", employee_number="008")
    person(other, name="赵强", employee_number="900")
    person(office, name="钱多", id_digest=id_digest(id_number()), id_mask="320")
    roster = bring(
        office,
        sheets=staff(
            ["张伟"], ["李娜"], ["王方", "007"], ["赵强", "900"], ["钱多", "008", id_number()], ["孙新", "1000"]
        ),
        apply=False,
    )
    assert [(status, reasons) for _name, status, reasons in statuses(roster)] == [
        ("error", ["two-people: name"]),
        ("error", ["same-name: 一科"]),
        ("error", ["name-differs"]),
        ("error", ["elsewhere"]),
        ("error", ["numbers-disagree"]),
        ("new", []),
    ]


def test_a_number_tells_namesakes_apart_and_a_name_finds_whoever_had_no_number():
    office = OrganisationFactory()
    known = person(office, name="张伟", employee_number="001")
    unnumbered = person(office, name="李娜")
    roster = bring(office, sheets=staff(["张伟", "002"], ["李娜", "003"]))
    assert [row.person for row in roster.rows.order_by("order")][1] == unnumbered
    assert User.objects.filter(name="张伟").count() == 2
    assert (User.objects.get(pk=known.pk).employee_number, User.objects.get(pk=unnumbered.pk).employee_number) == (
        "001",
        "003",
    )


def test_whoever_has_duties_or_is_not_at_home_here_keeps_phone_and_address():
    office = OrganisationFactory()
    boss = person(office, name="林主任", employee_number="1", email="boss@example.org")
    MembershipFactory(user=boss, organisation=office, role=Role.COORDINATOR)
    person(office, name="管理员", employee_number="2", email="root@example.org", is_superuser=True)
    UserFactory(name="旧同事", employee_number="3", email="old@example.org")
    person(office, name="科员", employee_number="4", email="four@example.org")
    new = "thief@example.org"
    rows = [[n, str(i), None, None, f"{i}{new}"] for i, n in enumerate(["林主任", "管理员", "旧同事", "科员"], 1)]
    roster = bring(office, sheets=staff(*rows), apply=False)
    assert [reasons for _n, _s, reasons in statuses(roster)] == [["protected"], ["protected"], ["protected"], []]


def test_missing_units_are_told_or_made_and_taken_back():
    here = school()
    sheets = {
        "名单": [
            ["姓名", "年级", "班级", "学号"],
            ["陈小满", "四年级", "1班", "41"],
            ["周小安", "三年级", "一班", "31"],
        ]
    }
    roster = bring(here, sheets=sheets, apply=False)
    assert statuses(roster)[0] == ("陈小满", "error", ["no-unit: 四年级"])
    units = Organisation.objects.count()
    roster = bring(here, sheets=sheets, makes_units=True)
    made = Organisation.objects.order_by("pk").values_list("name", "kind", "parent__name")[units:]
    assert list(made) == [("四年级", "grade", "青山小学"), ("1班", "class", "四年级")]
    assert Membership.objects.filter(user__name="陈小满").get().organisation.name == "1班"
    actions.undo_roster(by=None, roster=roster)
    assert (Organisation.objects.count(), User.objects.count()) == (units, 0)


def test_wrong_rows_stop_everything_unless_only_the_right_ones_are_wanted():
    office = OrganisationFactory()
    roster = bring(office, sheets=staff(["林知远", "001"], ["周静", 12.5]), apply=False)
    with pytest.raises(actions.HasErrors):
        actions.apply_roster(by=None, roster=roster)
    assert User.objects.count() == 0
    actions.apply_roster(by=None, roster=roster, valid_only=True)
    roster.refresh_from_db()
    assert (roster.state, [user.name for user in User.objects.all()]) == (RosterState.APPLIED, ["林知远"])
    with pytest.raises(actions.NotNow):
        actions.apply_roster(by=None, roster=roster, valid_only=True)


def test_leavers_are_proposed_only_in_the_units_of_the_file_and_end_only_when_ticked():
    here = school()
    first, second = (Organisation.objects.get(code=code) for code in ("QS3A", "QS3B"))
    gone, stays = person(first, name="走了"), person(first, name="还在")
    person(second, name="别班")
    teacher = person(here, name="带班")
    MembershipFactory(user=teacher, organisation=first, role=Role.COORDINATOR)
    sheets = {"三年级1班": [["姓名", "座号"], ["还在", 1]]}
    roster = bring(here, sheets=sheets, apply=False)
    assert [leaver.membership.user for leaver in roster.leavers.all()] == [gone]
    complete = bring(here, sheets=sheets, apply=False, is_complete=True)
    assert sorted(leaver.membership.user.name for leaver in complete.leavers.all()) == ["别班", "走了"]
    actions.apply_roster(by=None, roster=roster)
    assert Membership.objects.current().filter(user=gone).exists()
    again = bring(here, sheets=sheets, apply=False)
    actions.apply_roster(by=None, roster=again, leavers=[again.leavers.get().pk])
    assert not Membership.objects.current().filter(user=gone).exists()
    assert User.objects.filter(pk__in=[gone.pk, stays.pk], is_active=True).count() == 2
    again.refresh_from_db()
    actions.undo_roster(by=None, roster=again)
    assert Membership.objects.current().filter(user=gone).count() == 1


def test_a_wrong_row_makes_nobody_a_leaver():
    office = OrganisationFactory()
    person(office, name="林知远")
    roster = bring(office, sheets=staff(["林知远", 12.5], ["周静", "2"]), apply=False)
    assert roster.leavers.count() == 0


def test_undoing_leaves_everything_as_it_was_and_is_refused_when_somebody_was_changed_since():
    here = school()
    first, second = (Organisation.objects.get(code=code) for code in ("QS3A", "QS3B"))
    moved = person(first, name="搬班", student_number="5")
    person(second, name="改座", student_number="6")
    before = world()
    sheets = {
        "三年级": [
            ["姓名", "学号", "班级", "座号"],
            ["搬班", "5", "2班", 3],
            ["改座", "6", "2班", 4],
            ["新来", "7", "1班", 1],
        ]
    }
    roster = bring(here, sheets=sheets)
    assert Membership.objects.current().get(user=moved).organisation == second
    assert world() != before
    User.objects.filter(name="新来").update(student_number="8")
    with pytest.raises(actions.CannotUndo) as caught:
        actions.undo_roster(by=None, roster=roster)
    assert caught.value.names == ["新来"]
    User.objects.filter(name="新来").update(student_number="7")
    actions.undo_roster(by=None, roster=roster)
    roster.refresh_from_db()
    assert (roster.state, world()) == (RosterState.UNDONE, before)
    with pytest.raises(actions.NotNow):
        actions.undo_roster(by=None, roster=roster)


def test_an_account_that_was_used_since_is_closed_and_not_removed():
    office = OrganisationFactory()
    roster = bring(office, sheets=staff(["林知远", "001"]))
    user = User.objects.get()
    other = Membership.objects.create(user=user, organisation=OrganisationFactory(), from_on="2026-01-01")
    actions.undo_roster(by=None, roster=roster)
    user.refresh_from_db()
    assert (user.is_active, user.employee_number, list(Membership.objects.all())) == (False, None, [other])


@pytest.mark.parametrize("change", ["unit", "person", "number", "closed"])
def test_what_changed_between_preview_and_apply_is_told_and_nothing_is_half_applied(change):
    city = OrganisationFactory(kind="city")
    office = OrganisationFactory(parent=city)
    desk = OrganisationFactory(parent=office, kind="section", name="一科")
    known = person(desk, name="李娜", employee_number="001")
    sheets = {"名单": [["姓名", "工号", "科室", "职务"], ["新人", "002", "一科", ""], ["李娜", "001", "一科", "科长"]]}
    roster = bring(office, sheets=sheets, apply=False)
    if change == "unit":
        actions.close_organisation(by=None, organisation=desk)
    elif change == "person":
        Membership.objects.filter(user=known).update(position="副科长")
    elif change == "number":
        UserFactory(employee_number="002", name="别人")
    else:
        actions.close_organisation(by=None, organisation=office)
        with pytest.raises(actions.UnitGone):
            actions.apply_roster(by=None, roster=roster)
        return
    before = world()
    actions.apply_roster(by=None, roster=roster)
    roster.refresh_from_db()
    assert (roster.state, roster.error, world()) == (RosterState.PREVIEW, "changed-meanwhile", before)


def many(count):
    hanzi = [chr(0x4E00 + n) for n in range(count)]
    return "姓名,工号\n" + "\n".join(f"张{sign},N{n:05}" for n, sign in enumerate(hanzi))


@pytest.fixture
def small_portions(monkeypatch):
    monkeypatch.setattr("organisations.actions.roster_reading.AT_ONCE_BYTES", 100)
    monkeypatch.setattr("organisations.actions.roster_applying.PORTION", 10)
    monkeypatch.setattr("organisations.actions.roster_undoing.AT_ONCE", 10)


def test_a_large_file_is_read_put_in_and_taken_back_by_jobs_with_effect_once(small_portions):
    office = OrganisationFactory()
    roster = bring(office, many(35).encode(), apply=False)
    assert roster.state == RosterState.READING
    actions.read_in_background(payload={"roster": roster.pk})  # a worker that is stopped before it tells
    run_pending()
    roster.refresh_from_db()
    assert (roster.state, roster.total, roster.rows.count()) == (RosterState.PREVIEW, 35, 35)
    actions.apply_roster(by=None, roster=roster)
    run_pending(limit=2)
    roster.refresh_from_db()
    assert (roster.state, roster.done, User.objects.count()) == (RosterState.APPLYING, 20, 20)
    actions.continue_roster(payload={"roster": roster.pk}, result=[])  # the same job twice
    run_pending()
    roster.refresh_from_db()
    assert (roster.state, User.objects.count(), Membership.objects.count()) == (RosterState.APPLIED, 35, 35)
    actions.undo_roster(by=None, roster=roster)
    run_pending()
    roster.refresh_from_db()
    assert (roster.state, User.objects.count(), Membership.objects.count()) == (RosterState.UNDONE, 0, 0)
    assert not Job.objects.exclude(state="done").filter(kind__startswith="organisations.roster").exists()


def test_whoever_brought_a_large_roster_in_is_told_when_it_is_read_in_taken_back_or_cannot_be_read(small_portions):
    person, office = UserFactory(), OrganisationFactory()
    roster = bring(office, f"{many(35)}\n,N99\n".encode(), by=person, apply=False)
    run_pending()
    actions.apply_roster(by=person, roster=roster, valid_only=True)
    run_pending()
    roster.refresh_from_db()
    actions.undo_roster(by=person, roster=roster)
    run_pending()
    broken = f"部门,工号\n{'一科,001' * 30}\n".encode()
    bring(office, broken, by=person, apply=False)
    run_pending()
    told = Message.objects.filter(user=person).order_by("pk")
    assert [message.subject for message in told] == [
        "名册“名册.xlsx”已读完，请查看将要做的改动",
        "名册“名册.xlsx”已导入",
        "名册“名册.xlsx”已撤回",
        "名册“名册.xlsx”无法读取",
    ]
    assert [message.body for message in told] == [
        f"{office.name}\n1行有误，不会导入。",
        f"{office.name}\n1行有误，不会导入。",
        office.name,
        office.name,
    ]
    assert told[0].url == f"/rosters/{roster.public_id}/"


def test_who_sees_the_result_at_once_gets_no_message():
    person = UserFactory()
    bring(OrganisationFactory(), many(3).encode(), by=person)
    assert Message.objects.count() == 0


def test_who_put_in_what_had_changed_meanwhile_is_told_that_nothing_went_in(small_portions):
    person, office = UserFactory(), OrganisationFactory()
    roster = bring(office, many(35).encode(), by=UserFactory(), apply=False)
    run_pending()
    actions.apply_roster(by=person, roster=roster)
    UserFactory(employee_number="N00003", name="另一人")
    run_pending()
    roster.refresh_from_db()
    assert (roster.state, User.objects.filter(employee_number="N00007").count()) == (RosterState.PREVIEW, 0)
    told = Message.objects.get(user=person)
    assert told.subject == "名册“名册.xlsx”没有导入：预览之后人员或单位有变化"


def test_a_change_in_the_middle_of_a_large_one_takes_back_what_was_put_in(small_portions):
    office = OrganisationFactory()
    roster = bring(office, many(35).encode(), apply=False)
    run_pending()
    roster.refresh_from_db()
    actions.apply_roster(by=None, roster=roster)
    run_pending(limit=2)
    other = UserFactory(employee_number="N00030", name="抢先")
    run_pending()
    roster.refresh_from_db()
    assert (roster.state, roster.error) == (RosterState.PREVIEW, "changed-meanwhile")
    assert list(User.objects.all()) == [other]
    assert roster.rows.get(status="error").reasons[0] == "changed-meanwhile"


def test_only_one_import_of_an_organisation_is_at_work(small_portions):
    office = OrganisationFactory()
    rosters = [bring(office, many(35).encode(), apply=False) for _ in range(2)]
    run_pending()
    actions.apply_roster(by=None, roster=rosters[0])
    with pytest.raises(actions.NotNow):
        actions.apply_roster(by=None, roster=rosters[1])
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE organisations_rosterimport SET state = 'undoing', applied_at = created_at WHERE id = %s",
            [rosters[1].pk],
        )


def test_a_portion_costs_a_fixed_number_of_statements():
    counts = []
    for size in (3, 30):
        office = OrganisationFactory()
        data = many(size).replace("N", f"X{size}").encode()
        with CaptureQueriesContext(connection) as captured:
            bring(office, data)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_upper_apps_are_told_who_joined_moved_and_left(monkeypatch):
    told = []
    monkeypatch.setitem(registry.on_members_changed, "test", lambda users: told.append(sorted(users)))
    office = OrganisationFactory()
    roster = bring(office, sheets=staff(["林知远", "001"]))
    user = User.objects.get()
    again = bring(office, sheets=staff(["周静", "002"]), apply=False)
    actions.apply_roster(by=None, roster=again, leavers=[again.leavers.get().pk])
    assert told[0] == [user.pk]
    assert [user.pk] in told[1:]
    assert roster.state == RosterState.APPLIED


def test_each_act_leaves_one_entry_in_the_log():
    roster = bring(OrganisationFactory(), sheets=staff(["林知远", "001"]))
    actions.undo_roster(by=None, roster=roster)
    other = bring(OrganisationFactory(), sheets=staff(["林知远", "001"]), apply=False)
    actions.discard_roster(by=None, roster=other)
    found = Entry.objects.filter(target__startswith="organisations.RosterImport").order_by("pk")
    assert [entry.action.partition(".")[2] for entry in found] == [
        "start_roster",
        "apply_roster",
        "undo_roster",
        "start_roster",
        "discard_roster",
    ]
    assert "林知远" not in str([entry.details for entry in found])


def test_what_headers_mean_is_remembered_for_the_organisation():
    boss, office = UserFactory(), OrganisationFactory()
    data = workbook(名单=[["姓名", "内部号"], ["林知远", "77"]])
    roster = bring(office, data, apply=False)
    assert roster.rows.get().values == {}
    actions.set_columns(by=boss, roster=roster, words={"内部号": "employee_number", "姓名": "name"})
    roster.refresh_from_db()
    assert (roster.state, roster.rows.get().values) == (RosterState.PREVIEW, {"employee_number": "77"})
    assert bring(office, data, apply=False).rows.get().values == {"employee_number": "77"}
    assert bring(OrganisationFactory(), data, apply=False).rows.get().values == {}


def test_files_go_after_a_day_and_rows_after_half_a_year(time_machine):
    time_machine.move_to("2026-03-01T10:00Z", tick=False)
    waiting = bring(OrganisationFactory(), sheets=staff(["林知远", "001"]), apply=False)
    done = bring(OrganisationFactory(), sheets=staff(["周静", "002"]))
    time_machine.move_to("2026-03-02T11:00Z", tick=False)
    assert actions.prune_rosters() == 1
    waiting.refresh_from_db()
    assert (waiting.file.name, waiting.rows.count()) == ("", 1)
    with pytest.raises(actions.FileGone):
        actions.set_columns(by=UserFactory(), roster=waiting, words={})
    time_machine.move_to("2026-10-01T10:00Z", tick=False)
    actions.prune_rosters()
    assert (waiting.rows.count(), done.rows.count()) == (0, 0)
    with pytest.raises(actions.NotNow):
        actions.undo_roster(by=None, roster=done)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE organisations_rosterimport SET state = 'lost'",
        "UPDATE organisations_rosterimport SET state = 'applied'",
        "UPDATE organisations_rosterimport SET error = 'x', state = 'discarded'",
        "UPDATE organisations_rosterrow SET status = 'maybe'",
        "UPDATE organisations_rosterrow SET status = 'error', is_applied = NOT is_applied",
        "INSERT INTO accounts_user SELECT * FROM accounts_user",
        "UPDATE accounts_user SET id_mask = '320'",
        "UPDATE accounts_user SET student_number = ''",
    ],
)
def test_the_database_refuses_what_makes_no_sense(statement):
    UserFactory()
    bring(OrganisationFactory(), sheets=staff(["林知远", "001"]), apply=False)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert RosterImport.objects.get().state == RosterState.PREVIEW
