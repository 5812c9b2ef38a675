"""Windows, sessions, grants and extra time, tried at the moments where they change."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from exams import actions, queries
from exams.models import Attempt, AttemptState, ExtraTime, Session, SittingEvent
from foundation.audit.models import Entry
from organisations.actions import create_organisation
from programmes.models import Enrolment
from tests.exams.conftest import right_answers, rules_given, session_held
from tests.exams.test_statement_counts import statements
from tests.factories import exams as make
from tests.factories.accounts import UserFactory
from tests.factories.programmes import EnrolmentFactory

pytestmark = pytest.mark.django_db
SECOND, MINUTE, HOUR, DAY = (dt.timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days"))


@pytest.fixture(autouse=True)
def _nobody_tried_a_code_yet():
    cache.clear()


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def paper(entry):
    return queries.rules_of(step_id=entry.step.pk, enrolment_id=entry.enrolment.pk).paper


def rules(paper, **fields):
    rules_given(paper, **fields)


def session(paper, *units, opens_at, closes_at, **fields):
    made = Session.objects.create(
        paper=paper, opens_at=opens_at, closes_at=closes_at, name=fields.pop("name", "第一场"), **fields
    )
    made.units.set(units)
    return made


def start(entry, at=None, **arrival):
    return actions.start_attempt(entry=entry, arrival=actions.Arrival(**arrival), at=at)


def refusal(entry, at=None, **arrival):
    """The word and the moment of a refusal; ("", None) if one may begin."""
    found = queries.rules_of(step_id=entry.step.pk, enrolment_id=entry.enrolment.pk, at=at)
    try:
        queries.admit(found, **arrival)
    except queries.NotAdmitted as refused:
        return refused.word, refused.at
    return "", None


def submit(attempt, at=None):
    return actions.submit_attempt(by=attempt.enrolment.user, attempt_id=attempt.public_id, at=at)


def url(name, thing):
    return reverse(f"exams:{name}", args=[thing.public_id])


def body(response):
    return response.content.decode()


# --- the paper's window --------------------------------------------------------------------------------------------


def test_the_window_opens_and_closes_to_the_second(entry, paper, now):
    rules(paper, opens_at=now, closes_at=now + HOUR)
    assert refusal(entry, now - SECOND) == ("not-open-yet", now)
    assert refusal(entry, now) == ("", None)
    assert refusal(entry, now + HOUR - SECOND) == ("", None)
    assert refusal(entry, now + HOUR) == ("over", now + HOUR)


def test_the_page_says_when_it_opens_and_starting_is_refused_with_the_same_words(client, entry, paper, now):
    opens = now + 3 * HOUR + 30 * SECOND
    rules(paper, opens_at=opens)
    client.force_login(entry.enrolment.user)
    page = client.get(url("step", entry.step))
    moment = timezone.localtime(opens).strftime("%H:%M")
    assert (page.status_code, page.context["refused"][0]) == (200, "考试还没有开始")
    assert moment in page.context["refused"][1]
    assert "3 小时" in page.context["refused"][1].replace("\xa0", " ")
    assert "开始考试" not in body(page).split("<main")[1]
    refused = client.post(url("start", entry.step))
    assert (refused.status_code, moment in body(refused)) == (403, True)
    assert not Attempt.objects.exists()


def test_the_window_s_end_cuts_the_time(entry, paper, now):
    rules(paper, closes_at=now + HOUR)
    assert start(entry, now + 50 * MINUTE).deadline == now + HOUR


def test_an_open_attempt_is_gone_on_with_after_the_window_has_closed_for_beginners(client, entry, paper, now):
    rules(paper, opens_at=now - HOUR, late_entry_minutes=90)
    attempt = start(entry, now)
    rules(paper, late_entry_minutes=15)
    client.force_login(entry.enrolment.user)
    assert client.post(url("start", entry.step))["Location"] == url("attempt", attempt)


def test_late_entry_ends_to_the_second(entry, paper, now):
    rules(paper, opens_at=now, late_entry_minutes=15)
    assert refusal(entry, now + 15 * MINUTE) == ("", None)
    assert refusal(entry, now + 15 * MINUTE + SECOND) == ("late", now + 15 * MINUTE)


def test_handing_in_waits_for_the_earliest_moment(client, entry, paper, now):
    rules(paper, early_hand_in_minutes=30)
    attempt = start(entry, now)
    with pytest.raises(actions.TooEarly) as refused:
        submit(attempt, now + 30 * MINUTE - SECOND)
    assert refused.value.at == now + 30 * MINUTE
    client.force_login(entry.enrolment.user)
    assert client.get(url("submit", attempt)).context["too_early"] == now + 30 * MINUTE
    assert client.post(url("submit", attempt)).status_code == 403
    assert Attempt.objects.get().state == AttemptState.OPEN
    assert submit(attempt, now + 30 * MINUTE).state == AttemptState.SUBMITTED


def test_the_deadline_comes_before_the_earliest_hand_in(entry, paper, now):
    rules(paper, early_hand_in_minutes=90)
    attempt = start(entry, now)
    assert submit(attempt, now + HOUR).state == AttemptState.SUBMITTED


def test_between_attempts_one_waits(entry, paper, now):
    rules(paper, wait_hours=24)
    submit(start(entry, now), now + HOUR)
    assert refusal(entry, now + 25 * HOUR - SECOND) == ("wait", now + 25 * HOUR)
    assert refusal(entry, now + 25 * HOUR) == ("", None)


def test_rules_of_an_exam_do_not_touch_drills(now):
    drill = make.seat("drill")
    rules(queries.rules_of(step_id=drill.step.pk, enrolment_id=drill.enrolment.pk).paper, opens_at=now + DAY)
    assert actions.start_attempt(entry=drill).state == AttemptState.OPEN


# --- sessions ------------------------------------------------------------------------------------------------------


def test_a_session_s_window_takes_the_place_of_the_paper_s(entry, paper, now):
    rules(paper, opens_at=now - DAY, closes_at=now + DAY)
    session(paper, entry.enrolment.organisation, opens_at=now + HOUR, closes_at=now + 2 * HOUR)
    assert refusal(entry, now) == ("not-open-yet", now + HOUR)
    attempt = start(entry, now + HOUR)
    assert (attempt.session.name, attempt.deadline) == ("第一场", now + 2 * HOUR)


def test_the_nearest_unit_s_session_counts_and_of_several_the_one_that_is_open_or_next(entry, paper, now):
    unit = entry.enrolment.organisation
    section = create_organisation(by=None, kind="section", name="科室", parent=unit)
    Enrolment.objects.filter(pk=entry.enrolment.pk).update(organisation=section)
    session(paper, unit, opens_at=now, closes_at=now + DAY, name="全局")
    session(paper, section, opens_at=now - 3 * HOUR, closes_at=now - HOUR, name="早场")
    session(paper, section, opens_at=now + HOUR, closes_at=now + 3 * HOUR, name="晚场")
    session(paper, section, opens_at=now + 5 * HOUR, closes_at=now + 6 * HOUR, name="夜场")
    names = [
        queries.rules_of(step_id=entry.step.pk, enrolment_id=entry.enrolment.pk, at=at).session.name
        for at in (now - 2 * HOUR, now, now + 2 * HOUR, now + 3 * HOUR, now + 9 * HOUR)
    ]
    assert names == ["早场", "晚场", "晚场", "夜场", "夜场"]


def test_another_unit_s_session_is_not_mine(entry, paper, now):
    other = create_organisation(by=None, kind="department", name="别的单位")
    session(paper, other, opens_at=now + HOUR, closes_at=now + 2 * HOUR)
    assert start(entry, now).session is None


def test_the_code_opens_the_door_and_nothing_else_does(entry, paper, now):
    rules(paper, code_needed=True)
    assert refusal(entry, now) == ("no-session", None)
    code = session(paper, entry.enrolment.organisation, opens_at=now, closes_at=now + HOUR).code
    assert refusal(entry, now) == ("code", None)
    assert refusal(entry, now, code="AAAAAA") == ("code-wrong", None)
    assert refusal(entry, now, code=f" {code[:3].lower()} {code[3:]} ") == ("", None)


def test_the_page_asks_for_the_code_and_ten_wrong_ones_are_enough_for_ten_minutes(client, entry, paper, now):
    rules(paper, code_needed=True)
    made = session(paper, entry.enrolment.organisation, opens_at=now - HOUR, closes_at=now + HOUR)
    client.force_login(entry.enrolment.user)
    page = client.get(url("step", entry.step))
    assert 'name="code"' in body(page)
    assert made.code not in body(page)
    assert client.post(url("start", entry.step)).status_code == 403
    wrong = client.post(url("start", entry.step), {"code": "AAAAAA"})
    assert (wrong.status_code, 'id="code_error"' in body(wrong), made.code in body(wrong)) == (403, True, False)
    for _ in range(9):
        client.post(url("start", entry.step), {"code": "AAAAAA"})
    assert client.post(url("start", entry.step), {"code": made.code}).status_code == 429
    assert not Attempt.objects.exists()
    other = make.seat("exam", the_paper=paper, enrolment=EnrolmentFactory(organisation=entry.enrolment.organisation))
    client.force_login(other.enrolment.user)
    assert client.post(url("start", other.step), {"code": made.code}).status_code == 302


# --- extra time ----------------------------------------------------------------------------------------------------


def test_extra_time_applies_to_every_exam_and_runs_past_the_window_s_end(client, entry, paper, now):
    user = entry.enrolment.user
    rules(paper, closes_at=now + HOUR)
    actions.grant_time(by=None, user=user, percent=25, minutes=5, reason="视力障碍", at=now)
    assert start(entry, now).deadline == now + 80 * MINUTE
    second = make.seat("exam", the_paper=make.paper(fixed=[make.item().item], minutes=33))
    Enrolment.objects.filter(pk=second.enrolment.pk).update(user=user)
    assert start(second, now).deadline == now + (33 + 9 + 5) * MINUTE
    client.force_login(user)
    assert "80 分钟" not in body(client.get(url("step", entry.step))).split("<main")[1]
    assert client.get(url("step", entry.step)).context["rules"].extra_minutes == 20


def test_extra_time_holds_from_its_first_to_its_last_day(entry, now):
    today = timezone.localdate(now)
    granted = actions.grant_time(
        by=None, user=entry.enrolment.user, minutes=10, reason="骨折", from_on=today, until_on=today + DAY, at=now
    )
    noon = timezone.make_aware(dt.datetime.combine(today, dt.time(12)))
    step, enrolment = entry.step.pk, entry.enrolment.pk
    found = [queries.rules_of(step_id=step, enrolment_id=enrolment, at=noon + n * DAY).extra for n in (-1, 0, 1, 2)]
    assert found == [0 * MINUTE, 10 * MINUTE, 10 * MINUTE, 0 * MINUTE]
    actions.end_time(by=UserFactory(), extra=granted, on=today)
    assert queries.rules_of(step_id=step, enrolment_id=enrolment, at=noon + DAY).extra == 0 * MINUTE


def test_the_newest_extra_time_holds_and_others_have_none(entry, paper, now):
    user = entry.enrolment.user
    actions.grant_time(by=None, user=user, minutes=10, reason="一", at=now - DAY)
    actions.grant_time(by=None, user=user, minutes=20, reason="二", at=now)
    assert start(entry, now).deadline == now + 80 * MINUTE
    other = make.seat("exam", the_paper=paper)
    assert start(other, now).deadline == now + HOUR
    assert ExtraTime.objects.count() == 2


def test_extra_time_never_passes_the_end_of_the_programme(entry, now):
    actions.grant_time(by=None, user=entry.enrolment.user, minutes=240, reason="一", at=now)
    end = queries.end_of(entry.enrolment.programme)
    assert start(entry, end - 5 * MINUTE).deadline == end


# --- make-up and deferral ------------------------------------------------------------------------------------------


def grant(paper, **fields):
    return actions.grant_attempt(by=None, paper=paper, reason="住院", **fields)


def test_a_make_up_has_its_own_window_and_is_marked_as_one(entry, paper, now):
    rules(paper, opens_at=now - DAY, closes_at=now - HOUR)
    assert refusal(entry, now) == ("over", now - HOUR)
    granted = grant(paper, enrolment=entry.enrolment, opens_at=now + HOUR, closes_at=now + 3 * HOUR)
    assert refusal(entry, now) == ("not-open-yet", now + HOUR)
    attempt = start(entry, now + 2 * HOUR + 30 * MINUTE)
    assert (attempt.kind, attempt.grant, attempt.deadline) == ("makeup", granted, now + 3 * HOUR)
    submit(attempt, now + 2 * HOUR + 40 * MINUTE)
    assert refusal(entry, now + 2 * HOUR + 50 * MINUTE)[0] == "over"
    assert Attempt.objects.filter(kind="regular").count() == 0


def test_regular_attempts_come_first_and_the_make_up_after_them(entry, paper, now):
    grant(paper, enrolment=entry.enrolment)
    kinds = []
    for n in range(3):
        attempt = start(entry, now + n * MINUTE)
        kinds.append(attempt.kind)
        submit(attempt, now + n * MINUTE)
    assert kinds == ["regular", "regular", "makeup"]
    assert refusal(entry, now + HOUR)[0] == "no-attempts-left"


def test_a_void_make_up_can_be_sat_again(entry, paper, now):
    rules(paper, closes_at=now)
    grant(paper, enrolment=entry.enrolment, opens_at=now, closes_at=now + HOUR)
    first = start(entry, now)
    actions.void_attempt(by=UserFactory(), attempt=first, reason="断电")
    assert (start(entry, now + MINUTE).kind, Attempt.objects.count()) == ("makeup", 2)


def test_a_deferral_takes_the_place_of_the_regular_sitting(entry, paper, now):
    grant(paper, enrolment=entry.enrolment, kind="deferred", opens_at=now + DAY, closes_at=now + DAY + HOUR)
    assert refusal(entry, now) == ("deferred", now + DAY)
    attempt = start(entry, now + DAY)
    assert (attempt.kind, attempt.deadline) == ("deferred", now + DAY + HOUR)
    left = queries.rules_of(step_id=entry.step.pk, enrolment_id=entry.enrolment.pk, at=now + DAY).left
    assert left == 1


def test_a_deferral_that_was_missed_no_longer_stands_in_the_way(entry, paper, now):
    grant(paper, enrolment=entry.enrolment, kind="deferred", opens_at=now, closes_at=now + HOUR)
    assert refusal(entry, now + HOUR) == ("", None)


def test_a_unit_s_make_up_is_for_everybody_below_it_who_has_not_passed(entry, paper, now):
    unit = entry.enrolment.organisation
    section = create_organisation(by=None, kind="section", name="科室", parent=unit)
    below = make.seat("exam", the_paper=paper, enrolment=EnrolmentFactory(organisation=section))
    passed = make.seat("exam", the_paper=paper, enrolment=EnrolmentFactory(organisation=unit))
    other = make.seat("exam", the_paper=paper)
    attempt = start(passed, now)
    actions.save_responses(
        by=passed.enrolment.user, attempt_id=attempt.public_id, epoch=1, answers=right_answers(attempt), at=now
    )
    submit(attempt, now)
    rules(paper, closes_at=now)
    grant(paper, organisation=unit, opens_at=now, closes_at=now + HOUR)
    assert [refusal(each, now + MINUTE)[0] for each in (entry, below, passed, other)] == ["", "", "over", "over"]
    assert {start(entry, now + MINUTE).kind, start(below, now + MINUTE).kind} == {"makeup"}
    submit(Attempt.objects.get(enrolment=entry.enrolment), now + 2 * MINUTE)
    assert refusal(entry, now + 3 * MINUTE)[0] == "over"


def test_the_first_result_stays_beside_the_make_up(entry, paper, now):
    first = submit(start(entry, now), now)
    submit(start(entry, now), now)
    grant(paper, enrolment=entry.enrolment)
    second = start(entry, now)
    actions.save_responses(
        by=entry.enrolment.user, attempt_id=second.public_id, epoch=1, answers=right_answers(second), at=now
    )
    submit(second, now)
    rows = Attempt.objects.order_by("number").values_list("kind", "passed", "scores__points")
    assert list(rows) == [("regular", False, 0), ("regular", False, 0), ("makeup", True, 5)]
    assert first.scores.count() == 1


# --- one device at a time ------------------------------------------------------------------------------------------


def test_another_device_is_asked_first_and_the_change_is_noted(client, entry):
    client.force_login(entry.enrolment.user)
    client.post(url("start", entry.step))
    attempt = Attempt.objects.get()
    assert client.get(url("attempt", attempt)).status_code == 200
    mark = client.cookies["exam_device"]
    assert (attempt.device, mark["httponly"], mark["samesite"]) == (mark.value, True, "Lax")
    phone = type(client)()
    phone.force_login(entry.enrolment.user)
    asked = phone.get(url("attempt", attempt))
    assert (asked.status_code, url("continue", attempt) in body(asked)) == (409, True)
    assert phone.post(url("pen", attempt), "{}", content_type="application/json").status_code == 409
    assert phone.post(url("continue", attempt))["Location"] == url("attempt", attempt)
    assert phone.get(url("attempt", attempt)).status_code == 200
    assert client.get(url("attempt", attempt)).status_code == 409
    assert list(SittingEvent.objects.values_list("kind", "epoch")) == [("taken_over", 2)]
    assert Entry.objects.filter(action="exams.take_over").count() == 1


def test_a_change_of_device_can_need_the_invigilator(client, entry, paper):
    rules(paper, lock_on_take_over=True)
    session_held(entry)
    client.force_login(entry.enrolment.user)
    client.post(url("start", entry.step))
    attempt = Attempt.objects.get()
    phone = type(client)()
    phone.force_login(entry.enrolment.user)
    phone.post(url("continue", attempt))
    locked = phone.get(url("attempt", attempt))
    assert (locked.status_code, "data-question" in body(locked)) == (403, False)
    attempt.refresh_from_db()
    assert attempt.locked_for == "device"
    assert list(SittingEvent.objects.order_by("pk").values_list("kind", flat=True)) == ["taken_over", "locked"]


def test_what_arrives_while_locked_counts(client, attempt, now):
    Attempt.objects.filter(pk=attempt.pk).update(locked_at=now, locked_for="person")
    saved = actions.save_responses(
        by=attempt.enrolment.user, attempt_id=attempt.public_id, epoch=1, answers=[actions.Answer(1, 1, "x")]
    )
    assert (saved.problem, queries.answers_of(attempt)) == ("", {1: "x"})
    client.force_login(attempt.enrolment.user)
    assert client.get(url("attempt", attempt)).status_code == 403


# --- cost ----------------------------------------------------------------------------------------------------------


def test_rules_with_everything_are_one_statement_and_starting_stays_within_twelve(client, entry, paper, now):
    rules(paper, opens_at=now - HOUR, closes_at=now + HOUR, late_entry_minutes=90, code_needed=True)
    made = session(paper, entry.enrolment.organisation, opens_at=now - HOUR, closes_at=now + HOUR)
    actions.grant_time(by=None, user=entry.enrolment.user, minutes=10, reason="一")
    grant(paper, enrolment=entry.enrolment)
    grant(paper, organisation=entry.enrolment.organisation)
    ask = lambda: queries.rules_of(step_id=entry.step.pk, enrolment_id=entry.enrolment.pk)  # noqa: E731
    assert len(statements(ask)) == 1
    assert ask().left == 4
    client.force_login(entry.enrolment.user)
    done = statements(lambda: client.post(url("start", entry.step), {"code": made.code}))
    assert len(done) <= 12
    assert Attempt.objects.get().session == made
