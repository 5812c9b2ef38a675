"""The invigilator's pages: who sees them, what they show and do, what they cost."""

import datetime as dt

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from exams import actions, queries
from exams.models import Attempt, AttemptState, Presence, Response, Score, Session, SittingEvent
from foundation.audit.models import Entry
from organisations.actions import create_organisation
from organisations.models import Membership, Role
from tests.exams.conftest import right_answers, rules_given
from tests.exams.test_statement_counts import statements
from tests.factories import exams as make
from tests.factories.accounts import UserFactory
from tests.factories.programmes import EnrolmentFactory

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = (dt.timedelta(**{unit: 1}) for unit in ("minutes", "hours", "days"))


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def unit():
    return create_organisation(by=None, kind="department", name="甲局")


@pytest.fixture
def entry(unit):
    return make.seat("exam", enrolment=EnrolmentFactory(organisation=unit))


@pytest.fixture
def paper(entry):
    return queries.rules_of(step_id=entry.step.pk, enrolment_id=entry.enrolment.pk).paper


@pytest.fixture
def session(paper, unit, now):
    made = Session.objects.create(paper=paper, name="第一场", place="三楼", opens_at=now - HOUR, closes_at=now + HOUR)
    made.units.add(unit)
    made.invigilators.add(UserFactory(username="jiankao"))
    return made


@pytest.fixture
def guard(session):
    return session.invigilators.get()


@pytest.fixture
def attempt(entry, session):
    return actions.start_attempt(entry=entry)


@pytest.fixture
def watching(client, guard):
    client.force_login(guard)
    return client


def another(entry, paper, unit):
    """One more person of `unit` at the same step."""
    enrolment = EnrolmentFactory(programme=entry.enrolment.programme, organisation=unit)
    return type(entry)(enrolment, entry.step, None)


def live(session):
    return reverse("exams:invigilator", args=[session.public_id])


def one(attempt):
    return reverse("exams:candidate", args=[attempt.session.public_id, attempt.public_id])


def body(response):
    return response.content.decode()


def events(attempt):
    return list(SittingEvent.objects.filter(attempt=attempt).order_by("pk").values_list("kind", "seconds", "note"))


# --- who sees it ---------------------------------------------------------------------------------------------------


def test_only_its_invigilators_and_exam_managers_see_a_session(client, session, attempt, unit, now):
    manager, coordinator, other = UserFactory(), UserFactory(), UserFactory()
    manager.user_permissions.add(Permission.objects.get(codename="change_session", content_type__app_label="exams"))
    Membership.objects.create(
        user=coordinator, organisation=unit, role=Role.COORDINATOR, from_on=timezone.localdate(), is_home=True
    )
    elsewhere = Session.objects.create(paper=session.paper, name="第二场", opens_at=now, closes_at=now + HOUR)
    elsewhere.invigilators.add(other)
    pages = [live(session), one(attempt), reverse("exams:code", args=[session.public_id])]
    assert [client.get(url).status_code for url in pages] == [302, 302, 302]
    for user, status in (
        (attempt.enrolment.user, 404),
        (UserFactory(), 404),
        (coordinator, 404),
        (other, 404),
        (session.invigilators.get(), 200),
        (manager, 200),
    ):
        client.force_login(user)
        assert [client.get(url).status_code for url in pages] == [status] * 3
        posted = [client.post(pages[0], {"do": "code"}), client.post(pages[1], {"do": "lock", "reason": "吵闹"})]
        assert [page.status_code for page in posted] == [404 if status == 404 else 302] * 2
        Attempt.objects.update(locked_at=None, locked_for="")


def test_an_attempt_of_another_session_is_not_found_through_mine(watching, attempt, session, now):
    other = Session.objects.create(paper=session.paper, name="第二场", opens_at=now, closes_at=now + HOUR)
    other.invigilators.set(session.invigilators.all())
    assert watching.get(reverse("exams:candidate", args=[other.public_id, attempt.public_id])).status_code == 404


def test_the_list_of_sessions_is_only_for_who_supervises_one(client, session, guard):
    url = reverse("exams:sessions")
    client.force_login(UserFactory())
    assert client.get(url).status_code == 404
    assert url not in body(client.get(reverse("exams:index")))
    client.force_login(guard)
    assert live(session) in body(client.get(url))
    assert url in body(client.get(reverse("exams:index")))


def test_an_invigilator_looks_but_no_longer_acts_a_day_after_the_end(watching, attempt, session, now):
    Session.objects.update(opens_at=now - 3 * DAY, closes_at=now - 2 * DAY)
    assert watching.get(live(session)).status_code == 200
    watching.post(one(attempt), {"do": "void", "reason": "太迟"})
    assert Attempt.objects.get().state == AttemptState.OPEN


# --- what it shows -------------------------------------------------------------------------------------------------


def test_everybody_of_the_units_is_there_in_the_right_state(watching, entry, paper, session, unit, attempt, now):
    below = create_organisation(by=None, kind="section", name="甲一科", parent=unit)
    handed_in, gone, absent = (another(entry, paper, where) for where in (unit, unit, below))
    another(entry, paper, create_organisation(by=None, kind="department", name="乙局"))
    done = actions.start_attempt(entry=handed_in)
    actions.submit_attempt(by=handed_in.enrolment.user, attempt_id=done.public_id)
    lost = actions.start_attempt(entry=gone)
    actions.pulse(by=gone.enrolment.user, attempt_id=lost.public_id, epoch=1, waiting=2, at=now - 10 * MINUTE)
    user = entry.enrolment.user
    actions.save_responses(by=user, attempt_id=attempt.public_id, epoch=1, answers=right_answers(attempt)[:2])
    actions.save_responses(
        by=user,
        attempt_id=attempt.public_id,
        epoch=1,
        answers=[actions.Answer(9, 1, None), actions.Answer(10, 3, [""])],
    )
    noticed = [actions.Noticed(1, "left"), actions.Noticed(2, "back", 7), actions.Noticed(3, "copy")]
    actions.pulse(by=user, attempt_id=attempt.public_id, epoch=1, events=noticed)
    page = watching.get(live(session))
    rows = {row.enrolment.user: row for row in page.context["rows"]}
    assert len(rows) == 4
    mine = rows[user]
    assert (mine.state, mine.answered, mine.total, mine.left_count, mine.left_seconds) == ("in", 1, 3, 1, 7)
    assert mine.events == {"left": 1, "back": 1, "copy": 1}
    assert (rows[absent.enrolment.user].state, rows[handed_in.enrolment.user].state) == ("not-begun", "done")
    assert (rows[gone.enrolment.user].is_lost, rows[gone.enrolment.user].waiting) == (True, 2)
    expected = {"all": 4, "not-begun": 1, "in": 2, "locked": 0, "lost": 1, "done": 1, "void": 0}
    assert page.context["counts"] == expected


def test_filters_search_and_order(watching, entry, paper, session, unit, attempt):
    entry.enrolment.user.name = "欧阳询"
    entry.enrolment.user.save()
    for _ in range(3):
        another(entry, paper, unit)
    names = lambda query: [row.enrolment.user.name for row in watching.get(live(session) + query).context["rows"]]  # noqa: E731
    assert names("?q=欧阳") == ["欧阳询"]
    assert names("?state=in") == ["欧阳询"]
    assert len(names("?state=not-begun")) == 3
    assert names("?q=没有这个人") == []
    assert names("?state=void") == []
    assert [len(names(f"?sort={sort}")) for sort in (*queries.SORTS, "nonsense")] == [4] * 5


def test_a_unit_with_a_session_of_its_own_is_left_out(watching, entry, paper, session, unit, now):
    below = create_organisation(by=None, kind="section", name="甲一科", parent=unit)
    another(entry, paper, below)
    own = Session.objects.create(paper=paper, name="小场", opens_at=now, closes_at=now + HOUR)
    own.units.add(below)
    assert [row.enrolment for row in watching.get(live(session)).context["rows"]] == [entry.enrolment]


def test_the_live_part_is_a_fragment_without_a_form_and_without_an_answer(watching, attempt, session):
    text = body(watching.get(live(session) + "?part=live"))
    assert ("<html" in text, "<form" in text, "data-locked" in text) == (False, False, True)
    whole = watching.get(live(session))
    assert "no-store" in whole["Cache-Control"]
    for question in queries.questions_of(attempt):
        assert question.stem not in body(whole) + body(watching.get(one(attempt)))
    assert session.code not in body(whole)


def test_the_page_of_one_candidate_is_a_look_and_the_live_view_of_all_is_none(watching, attempt, session):
    watching.get(live(session))
    watching.get(one(attempt))
    found = Entry.objects.filter(action__endswith=".look").values_list("action", "target", "details")
    whose = f"accounts.User:{attempt.enrolment.user_id}"
    assert list(found) == [("exams.candidate.look", whose, {"attempt": attempt.pk})]


def test_the_code_is_shown_large_and_can_be_changed(watching, session):
    url = reverse("exams:code", args=[session.public_id])
    assert session.code in body(watching.get(url))
    watching.post(live(session), {"do": "code"})
    assert Session.objects.get().code != session.code
    assert Session.objects.get().code in body(watching.get(url))
    assert Entry.objects.filter(action="exams.rotate_code").count() == 1


def test_the_view_costs_the_same_for_one_and_for_three(watching, entry, paper, session, unit, attempt):
    def cost():
        return [len(statements(lambda url=url: watching.get(url))) for url in (live(session), one(attempt))]

    actions.pulse(by=entry.enrolment.user, attempt_id=attempt.public_id, epoch=1, events=[actions.Noticed(1, "left")])
    cost()
    first = cost()
    for _ in range(2):
        more = another(entry, paper, unit)
        made = actions.start_attempt(entry=more)
        actions.pulse(by=more.enrolment.user, attempt_id=made.public_id, epoch=1, events=[actions.Noticed(1, "left")])
    actions.pulse(
        by=entry.enrolment.user, attempt_id=attempt.public_id, epoch=1, events=[actions.Noticed(2, "back", 3)]
    )
    assert cost() == first
    assert max(first) <= 18


# --- what it does --------------------------------------------------------------------------------------------------


def test_minutes_for_one_move_the_deadline_and_the_page_learns_it(watching, attempt):
    watching.post(one(attempt), {"do": "minutes", "minutes": "7", "reason": "电脑重启"})
    moved = Attempt.objects.get()
    assert moved.deadline - attempt.deadline == 7 * MINUTE
    assert events(attempt) == [("extended", 420, "电脑重启")]
    beat = actions.pulse(by=attempt.enrolment.user, attempt_id=attempt.public_id, epoch=1)
    assert beat.deadline == moved.deadline


@pytest.mark.parametrize(
    "fields", [{"minutes": "7"}, {"minutes": "0", "reason": "x"}, {"minutes": "999", "reason": "x"}]
)
def test_minutes_want_a_reason_and_a_sane_number(watching, attempt, fields):
    assert watching.post(one(attempt), {"do": "minutes", **fields}).status_code == 400
    assert watching.post(live(attempt.session), {"do": "minutes", **fields}).status_code == 400
    assert Attempt.objects.get().deadline == attempt.deadline


def test_minutes_are_bounded_in_all_and_by_the_programme(guard, attempt):
    actions.give_minutes(by=guard, attempt=attempt, minutes=200, reason="一")
    with pytest.raises(actions.TooManyMinutes):
        actions.give_minutes(by=guard, attempt=attempt, minutes=41, reason="二")
    actions.give_minutes(by=guard, attempt=attempt, minutes=40, reason="三")
    end = queries.end_of(attempt.enrolment.programme)
    Attempt.objects.update(deadline=end)
    with pytest.raises(actions.TooManyMinutes):
        actions.give_minutes(by=guard, attempt=attempt, minutes=1, reason="四")


def test_minutes_for_all_reach_those_who_are_in_and_nobody_else(watching, entry, paper, session, unit, attempt):
    done = actions.start_attempt(entry=another(entry, paper, unit))
    actions.submit_attempt(by=done.enrolment.user, attempt_id=done.public_id)
    second = actions.start_attempt(entry=another(entry, paper, unit))
    watching.post(live(session), {"do": "minutes", "minutes": "10", "reason": "停电"})
    for each, gained in ((attempt, 10), (second, 10), (done, 0)):
        before = each.deadline
        each.refresh_from_db()
        assert each.deadline - before == gained * MINUTE
    assert SittingEvent.objects.filter(kind="extended").count() == 2
    entry_of = Entry.objects.get(action="exams.give_minutes_to_all")
    assert entry_of.details == {"minutes": 10, "reason": "停电", "attempts": 2}


def test_lock_and_unlock(watching, attempt):
    learner = type(watching)()
    learner.force_login(attempt.enrolment.user)
    page = reverse("exams:attempt", args=[attempt.public_id])
    watching.post(one(attempt), {"do": "lock", "reason": "交头接耳"})
    assert learner.get(page).status_code == 403
    assert actions.pulse(by=attempt.enrolment.user, attempt_id=attempt.public_id, epoch=1).state == "locked"
    watching.post(one(attempt), {"do": "unlock"})
    assert learner.get(page).status_code == 200
    assert [kind for kind, _s, _n in events(attempt)] == ["locked", "unlocked"]
    assert list(
        Entry.objects.filter(target=f"exams.Attempt:{attempt.pk}").order_by("pk").values_list("action", flat=True)
    ) == [
        "exams.start_attempt",
        "exams.lock_attempt",
        "exams.unlock_attempt",
    ]


def test_after_unlocking_only_the_next_time_away_locks_again(guard, attempt):
    rules_given(attempt.paper, leave_count=0, leave_seconds=5, leave_action="lock")
    user = attempt.enrolment.user
    beat = lambda *noticed: actions.pulse(by=user, attempt_id=attempt.public_id, epoch=1, events=noticed).state  # noqa: E731
    assert beat(actions.Noticed(1, "left")) == "locked"
    actions.unlock_attempt(by=guard, attempt=attempt)
    assert Presence.objects.get().away_since is None
    assert beat() == "open"
    assert beat(actions.Noticed(2, "left")) == "locked"


def test_handing_in_for_somebody_wants_a_reason_and_gives_one_score(watching, attempt):
    user = attempt.enrolment.user
    actions.save_responses(by=user, attempt_id=attempt.public_id, epoch=1, answers=right_answers(attempt))
    assert watching.post(one(attempt), {"do": "hand_in", "reason": " "}).status_code == 400
    assert not Score.objects.exists()
    for _ in range(2):
        watching.post(one(attempt), {"do": "hand_in", "reason": "考试结束"})
    actions.submit_attempt(by=user, attempt_id=attempt.public_id)
    assert (Score.objects.count(), Score.objects.get().points) == (1, 5)
    assert events(attempt) == [("forced", 0, "考试结束")]
    assert Entry.objects.get(action="exams.force_submit").details == {"reason": "考试结束"}


def test_handing_in_for_somebody_does_not_wait_for_the_earliest_moment(guard, attempt):
    rules_given(attempt.paper, early_hand_in_minutes=30)
    assert actions.force_submit(by=guard, attempt=attempt, reason="离场").state == AttemptState.SUBMITTED


def test_declaring_void(watching, attempt):
    watching.post(one(attempt), {"do": "void", "reason": "代考"})
    assert Attempt.objects.get().state == AttemptState.VOID
    watching.post(one(attempt), {"do": "lock", "reason": "x"})
    assert events(attempt) == []
    assert watching.get(live(attempt.session)).context["counts"]["void"] == 1


def test_what_no_button_says_is_not_found(watching, attempt):
    assert watching.post(one(attempt), {"do": "praise"}).status_code == 404
    assert watching.post(live(attempt.session), {"do": "praise"}).status_code == 404


def test_answers_that_were_on_their_way_count_when_minutes_are_given(guard, attempt, settings):
    late = attempt.deadline + dt.timedelta(seconds=settings.EXAM_GRACE_SECONDS + 20)
    actions.give_minutes(by=guard, attempt=attempt, minutes=1, reason="断网", at=attempt.deadline)
    saved = actions.save_responses(
        by=attempt.enrolment.user, attempt_id=attempt.public_id, epoch=1, answers=[actions.Answer(1, 1, "x")], at=late
    )
    assert (saved.problem, Response.objects.get().late) == ("", False)


def test_a_candidate_who_only_left_is_not_said_to_have_copied(watching, entry, session, attempt):
    actions.pulse(by=entry.enrolment.user, attempt_id=attempt.public_id, epoch=1, events=[actions.Noticed(1, "left")])
    row = next(li for li in watching.get(live(session)).content.decode().split("<tr")[1:] if "离开" in li)
    assert ("复制" in row, "{'" in row) == (False, False)
