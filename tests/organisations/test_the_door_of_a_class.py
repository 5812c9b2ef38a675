"""Pupils come in by code, seat and secret: all of them at once, nobody by guessing, nobody locked out by another."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import Error, IntegrityError, connection, connections, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from foundation.audit.models import Entry
from organisations import actions, keys
from organisations.models import ClassEntry, ClassOpening, ClassTry, PupilSecret
from organisations.queries import doors
from tests.factories.accounts import UserFactory
from tests.factories.classes import SECRET, classroom, come_in, open_door, sit

pytestmark = pytest.mark.django_db
WRONG = "sun-fish-boat"


def is_in(client):
    return "_auth_user_id" in client.session


def type_code(client, code):
    return client.post("/class/", {"code": code})


def test_a_pupil_comes_in_by_code_seat_and_pictures_and_leaves_nothing_behind(client):
    room = classroom()
    code = room.opening.code
    answer = type_code(client, f"{code[:3]} {code[3:]}")
    assert (answer.status_code, answer.url) == (302, f"/class/{room.opening.token}/")
    assert client.get(answer.url).status_code == 200
    assert client.post(answer.url, {"seat": "2"}).status_code == 200
    answer = come_in(client, room.opening, 2)
    assert (answer.status_code, answer.url) == (302, "/my/")
    assert client.session["_auth_user_id"] == str(room.pupils[1].pk)
    assert client.session.get_expire_at_browser_close()
    page = client.get("/my/").content.decode()
    assert "/class/leave/" in page
    assert "/accounts/password/" not in page
    answer = client.post("/class/leave/")
    assert answer.url == f"/class/{room.opening.token}/?left=1"
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert list(client.session.keys()) == []
    assert ClassEntry.objects.get().out_at is not None
    assert list(Entry.objects.order_by("-pk").values_list("action", flat=True)[:2]) == [
        "organisations.let_out",
        "organisations.let_in",
    ]


def test_the_pages_of_the_door_name_nobody_and_show_every_seat_alike(client):
    room = classroom(3)
    sit(room.unit, room.teacher, 9, consent=False)
    seats = client.get(f"/class/{room.opening.token}/").content.decode()
    shown = re.findall(r'name="seat" value="(\d+)"', seats)
    assert shown == [str(n) for n in range(1, 49)]
    said = []
    for seat in (1, 9, 30):
        page = client.post(f"/class/{room.opening.token}/", {"seat": seat}).content.decode()
        refused = come_in(Client(), room.opening, seat, WRONG).content.decode()
        for text in (seats, page, refused):
            assert "小满" not in text
        said.append(re.search(r"和 \d+ 号对不上。(.*?)</div>", refused).group(1))
    assert len(set(said)) == 1


def test_a_code_opens_nothing_before_the_teacher_opens_the_class_nor_after_it_closed(client):
    room = classroom(is_open=False)
    assert type_code(client, "123456").status_code == 200
    opening = open_door(room.unit, room.teacher)
    assert type_code(client, opening.code).status_code == 302
    actions.close_class(by=room.teacher, school_class=room.unit)
    assert type_code(client, opening.code).status_code == 200
    assert client.get(f"/class/{opening.token}/").status_code == 404
    later = opening.closes_at + timedelta(seconds=1)
    again = open_door(room.unit, room.teacher)
    assert (again.code == opening.code, again.token == opening.token) == (False, False)
    assert doors.opening_with(later + timedelta(minutes=2), code=again.code) is None


@pytest.mark.parametrize("minutes", [-1, 0, 13 * 60])
def test_an_opening_has_an_end_within_the_day(minutes):
    room = classroom(0, is_open=False)
    with pytest.raises(ValidationError):
        open_door(room.unit, room.teacher, minutes=minutes)
    assert ClassOpening.objects.count() == 0


def test_opening_an_open_class_only_moves_its_end():
    room = classroom(0)
    later = open_door(room.unit, room.teacher, minutes=90)
    assert (later.pk, later.code) == (room.opening.pk, room.opening.code)
    assert later.closes_at > room.opening.closes_at


def test_only_a_class_can_be_opened(client):
    room = classroom(0, is_open=False)
    actions.close_organisation(by=room.teacher, organisation=room.unit)
    with pytest.raises(actions.NoClass):
        open_door(room.unit, room.teacher)


def test_a_child_without_consent_cannot_come_in_and_a_withdrawn_one_is_out_at_once(client):
    room = classroom(1)
    waiting = sit(room.unit, room.teacher, 5, consent=False)
    actions.give_secrets(by=room.teacher, school_class=room.unit, pupils=[waiting], secret=SECRET)
    assert PupilSecret.objects.filter(user=waiting).count() == 0
    come_in(client, room.opening, 5)
    assert not is_in(client)
    come_in(client, room.opening, 1)
    assert client.get("/my/").status_code == 200
    actions.withdraw_for_guardian(by=room.teacher, child=room.pupils[0])
    assert client.get("/my/").status_code == 302
    come_in(client, room.opening, 1)
    assert not is_in(client)


def test_a_student_number_does_as_well_as_a_seat(client):
    room = classroom(1)
    User.objects.filter(pk=room.pupils[0].pk).update(student_number="20260714")
    answer = client.post(f"/class/{room.opening.token}/", {"number": "20260714"})
    assert 'value="20260714"' in answer.content.decode()
    assert come_in(client, room.opening, "20260714").status_code == 302


def test_a_number_secret(client):
    room = classroom(1, secret="")
    actions.set_up_class(by=room.teacher, school_class=room.unit, seats=50, secret_kind="number")
    given = actions.give_secrets(by=room.teacher, school_class=room.unit, pupils=room.pupils)
    number = given[room.pupils[0].pk]
    assert re.fullmatch(r"\d{6}", number)
    assert come_in(client, room.opening, 1, "".join(chr(ord(sign) + 0xFEE0) for sign in number)).status_code == 302


def test_wrong_tries_slow_this_device_at_this_seat_and_nobody_else(client):
    room = classroom(2)
    naughty, own = client, Client()
    for _ in range(3):
        assert come_in(naughty, room.opening, 1, WRONG).status_code == 200
    assert come_in(naughty, room.opening, 1).status_code == 429
    assert not is_in(naughty)
    assert come_in(own, room.opening, 1).status_code == 302
    assert come_in(naughty, room.opening, 2).status_code == 302


def test_the_teacher_unlocks_on_the_spot_or_gives_a_new_secret(client):
    room = classroom(1)
    for _ in range(4):
        come_in(client, room.opening, 1, WRONG)
    assert come_in(client, room.opening, 1).status_code == 429
    actions.unlock_seat(by=room.teacher, school_class=room.unit, place="1")
    assert come_in(client, room.opening, 1).status_code == 302
    client.post("/class/leave/")
    for _ in range(4):
        come_in(client, room.opening, 1, WRONG)
    new = actions.give_secrets(by=room.teacher, school_class=room.unit, pupils=room.pupils)[room.pupils[0].pk]
    assert come_in(client, room.opening, 1, SECRET).status_code == (302 if new == SECRET else 200)
    client.logout()
    assert come_in(client, room.opening, 1, new).status_code == 302


def test_a_new_secret_sends_out_whoever_is_in_at_that_seat(client):
    room = classroom(1)
    come_in(client, room.opening, 1)
    actions.give_secrets(by=room.teacher, school_class=room.unit, pupils=room.pupils)
    assert client.get("/my/").url == f"/class/{room.opening.token}/?away=1"


def test_pauses_grow_and_end():
    room = classroom(1)
    device, now = keys.new_device(), timezone.now()

    def knock(seconds, secret=WRONG):
        at = now + timedelta(seconds=seconds)
        actions.let_in(opening=room.opening, place="1", secret=secret, device=device, address="10.0.0.1", at=at)

    for second in range(3):
        with pytest.raises(actions.WrongSecret):
            knock(second)
    with pytest.raises(actions.TooSoon) as soon:
        knock(3)
    assert soon.value.seconds == 4
    with pytest.raises(actions.WrongSecret):
        knock(8)
    with pytest.raises(actions.TooSoon):
        knock(17)
    knock(19, SECRET)


def test_guessing_codes_slows_the_device_and_never_the_address_of_a_class(client):
    room = classroom(1)
    guesser = client
    for number in range(5):
        assert type_code(guesser, f"{number:06}").status_code == 200
    assert type_code(guesser, room.opening.code).status_code == 429
    classmate = Client()
    assert type_code(classmate, room.opening.code).status_code == 302
    assert ClassTry.objects.filter(opening=None).count() == 5


def test_an_address_that_is_no_classes_own_is_slowed_when_devices_change_there():
    room = classroom(1, is_open=False)
    opening = open_door(room.unit, room.teacher, address="10.0.0.1")
    now = timezone.now()

    def guess(address, code="000000", device=None):
        return actions.find_class(code=code, device=device or keys.new_device(), address=address, at=now)

    for address in ("10.0.0.1", "192.0.2.7"):
        for _ in range(60):
            with pytest.raises(actions.WrongCode):
                guess(address)
    with pytest.raises(actions.TooSoon):
        guess("192.0.2.7", opening.code)
    assert guess("10.0.0.1", opening.code) == opening
    assert guess("192.0.2.7", opening.code, keys.Device("KNOWN", is_known=True)) == opening
    assert guess("192.0.2.8", opening.code) == opening


def test_the_right_link_lets_a_pupil_in_from_any_address_however_many_guess_there(client):
    room = classroom(1)
    for number in range(61):
        ClassTry.objects.create(device=f"D{number}", address=keys.address_digest("127.0.0.1"), at=timezone.now())
    assert client.get(f"/class/{room.opening.token}/").status_code == 200
    assert come_in(client, room.opening, 1).status_code == 302


def test_a_device_cookie_that_we_did_not_sign_is_a_new_device(client):
    room = classroom(1)
    client.cookies[keys.DEVICE_COOKIE] = "forged"
    client.get("/class/")
    assert keys.device_of(client.cookies[keys.DEVICE_COOKIE].value).is_known is False
    come_in(client, room.opening, 1)
    assert keys.device_of(client.cookies[keys.DEVICE_COOKIE].value).is_known is True


def test_a_pupil_is_in_on_one_device_and_a_device_holds_one_pupil(client):
    room = classroom(2)
    tablet, other = client, Client()
    come_in(tablet, room.opening, 1)
    come_in(other, room.opening, 1)
    assert tablet.get("/my/").url == f"/class/{room.opening.token}/?away=1"
    assert other.get("/my/").status_code == 200
    come_in(other, room.opening, 2)
    assert other.session["_auth_user_id"] == str(room.pupils[1].pk)
    assert ClassEntry.objects.filter(out_at=None).count() == 1


def inside_since(client, room, moment):
    """A browser in which a pupil came in at `moment` and was not seen since."""
    entry = actions.let_in(
        opening=room.opening, place="1", secret=SECRET, device=keys.new_device(), address="10.0.0.1", at=moment
    )
    client.force_login(room.pupils[0])
    session = client.session
    session[keys.SESSION_KEY] = {"entry": entry.pk, "token": room.opening.token}
    session.save()
    return entry


def test_a_session_ends_when_nobody_touches_the_device(client, settings):
    room, most = classroom(1), timedelta(seconds=2 * settings.CLASS_IDLE_SECONDS)
    entry = inside_since(client, room, timezone.now() - most + timedelta(seconds=30))
    assert client.post("/class/alive/").status_code == 204
    assert ClassEntry.objects.get(pk=entry.pk).seen_at > entry.seen_at
    inside_since(client, room, timezone.now() - most - timedelta(seconds=1))
    assert client.post("/class/alive/").status_code == 410
    assert not is_in(client)


def test_a_session_ends_with_the_class(client):
    room = classroom(1)
    come_in(client, room.opening, 1)
    actions.close_class(by=room.teacher, school_class=room.unit)
    assert client.get("/my/").status_code == 302
    assert not is_in(client)


def test_staff_never_come_in_through_the_door_of_a_class(client):
    room = classroom(1)
    User.objects.filter(pk=room.pupils[0].pk).update(is_staff=True)
    come_in(client, room.opening, 1)
    assert not is_in(client)


@pytest.mark.django_db(transaction=True)
def test_sixty_pupils_behind_one_address_come_in_at_once():
    actions.set_up_consent_text()
    room = classroom(60)
    opening = room.opening

    def walk(seat):
        browser = Client()
        try:
            code = type_code(browser, opening.code).status_code
            return code, come_in(browser, opening, seat).status_code, is_in(browser)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(walk, range(1, 61)))
    assert answers == [(302, 302, True)] * 60
    assert ClassEntry.objects.filter(out_at=None).count() == 60
    assert ClassTry.objects.filter(is_forgiven=False).count() == 0


def test_secrets_are_hashed_under_a_key_and_differ(settings):
    room = classroom(2)
    rows = list(PupilSecret.objects.values_list("digest", flat=True))
    assert all(row.startswith("$argon2id$") for row in rows)
    assert len(set(rows)) == 2
    assert keys.fits(SECRET, rows[0])
    settings.SECRET_KEY = "another key, as somebody with the database alone would have to guess it"
    assert not keys.fits(SECRET, rows[0])
    assert room.pupils[0].has_usable_password() is False


def test_raw_sql_cannot_keep_a_bare_secret_a_second_open_door_or_change_a_code():
    room = classroom(1)
    for sql, error in (
        ("UPDATE organisations_pupilsecret SET digest = 'plum-bamboo-moon'", IntegrityError),
        ("UPDATE organisations_classopening SET code = '111111'", Error),
        ("UPDATE organisations_classopening SET closes_at = opened_at", IntegrityError),
    ):
        with pytest.raises(error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    with pytest.raises(IntegrityError), transaction.atomic():
        ClassOpening.objects.create(
            organisation=room.unit,
            code="222222",
            opened_by=room.teacher,
            opened_at=timezone.now(),
            closes_at=timezone.now() + timedelta(hours=1),
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        ClassEntry.objects.bulk_create(
            [
                ClassEntry(
                    opening=room.opening,
                    user=room.pupils[0],
                    device=device,
                    in_at=timezone.now(),
                    seen_at=timezone.now(),
                )
                for device in ("A", "B")
            ]
        )


def test_old_openings_and_tries_are_forgotten():
    room = classroom(1)
    with pytest.raises(actions.WrongSecret):
        actions.let_in(opening=room.opening, place="1", secret=WRONG, device=keys.new_device(), address="10.0.0.1")
    assert actions.prune_doors(at=timezone.now() + timedelta(days=20)) == 0
    actions.prune_doors(at=timezone.now() + timedelta(days=40))
    assert (ClassOpening.objects.count(), ClassTry.objects.count()) == (0, 0)


def test_a_stranger_finds_no_class(client):
    room = classroom(1)
    client.force_login(UserFactory())
    for path in ("", "screen/", "cards/", "seat-plan/"):
        assert client.get(f"/organisations/QS5A/class/{path}").status_code == 404
    client.force_login(room.pupils[0])
    assert client.get("/organisations/QS5A/class/").status_code == 404
