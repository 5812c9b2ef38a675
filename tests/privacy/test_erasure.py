"""A person who is erased is nobody afterwards; what others rely on stays."""

import datetime as dt

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import Error, connection, transaction
from django.db.models import CharField, JSONField, TextField
from django.utils import timezone

from accounts.models import User
from foundation.writeonce import opened
from notifications.actions import notify
from organisations.actions import create_pupil, record_consent
from organisations.models import GuardianConsent, Kind, Membership, Role
from practice import actions as deeds
from practice.models import Deed
from privacy import actions, queries, registry
from privacy.models import DataRequest
from programmes.models import Enrolment
from tests.factories import pledges as letters
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory
from tests.factories.practice import Workplace

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
CANARY = "卡那利"


@pytest.fixture
def place():
    return Workplace(required_deeds=1)


@pytest.fixture
def enrolment(place):
    learner = place.learner()
    User.objects.filter(pk=learner.user_id).update(
        name=CANARY, email="kanali@example.org", employee_number="KNL-1", phone="070-1"
    )
    learner.user.refresh_from_db()
    deed = place.deed(learner, f"{CANARY}说到做到", promise_key="", evidence=SimpleUploadedFile("a.png", PNG))
    deeds.confirm_deeds(by=place.coordinator, public_ids=[deed.public_id])
    notify(user=learner.user, kind="programmes.due", subject=f"{CANARY}，快到期了")
    return learner


@pytest.fixture
def officer():
    user = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name="credit office"))
    return user


def traces(word):
    """Every text of every row of every table of ours that holds `word`, the audit log apart."""
    found = []
    for model in apps.get_models():
        if model._meta.label in {"audit.Entry"} or not model._meta.managed:
            continue
        for field in model._meta.local_concrete_fields:
            if isinstance(field, CharField | TextField | JSONField):
                with connection.cursor() as cursor:
                    cursor.execute(
                        f'SELECT count(*) FROM "{model._meta.db_table}" WHERE CAST("{field.column}" AS text) LIKE %s',
                        [f"%{word}%"],
                    )
                    if cursor.fetchone()[0]:
                        found.append(str(field))
    return found


def test_nothing_names_the_person_afterwards_and_the_figures_stay(
    enrolment, officer, django_capture_on_commit_callbacks
):
    file = Deed.objects.get().evidence.name
    assert traces(CANARY) != []
    asked = actions.request_erasure(user=enrolment.user, reason="离开本市")
    with django_capture_on_commit_callbacks(execute=True):
        outcome = actions.grant_erasure(by=officer, asked=asked)
    assert [traces(word) for word in (CANARY, "kanali", "KNL-1", "070-1")] == [[], [], [], []]
    assert not storages["private"].exists(file)
    assert (Enrolment.objects.get().state, Deed.objects.get().state) == ("withdrawn", "confirmed")
    kinds = ("practice.deeds", "notifications.messages", "organisations.memberships")
    assert [outcome[kind] for kind in kinds] == [1, 2, 1]  # the confirmation of the deed was told, too
    user = User.objects.get(pk=enrolment.user_id)
    assert (user.is_active, user.has_usable_password(), str(user)) == (False, False, user.username)
    assert DataRequest.objects.get().outcome == outcome


def test_a_letter_that_was_signed_names_nobody_afterwards(officer):
    letter = letters.published(letters.enrolment(user=UserFactory(name=CANARY)))
    assert traces(CANARY) != []
    asked = actions.request_erasure(user=letter.signer, reason="离开本市")
    actions.grant_erasure(by=officer, asked=asked)
    assert traces(CANARY) == []
    assert type(letter).objects.get(pk=letter.pk).evidence.level == letter.evidence.level


def test_the_person_cannot_sign_in_any_more(enrolment, client):
    client.force_login(enrolment.user)
    assert client.get("/my/").status_code == 200
    actions.erase_person(by=None, user=enrolment.user)
    assert client.get("/my/").status_code == 302


def test_a_written_once_row_is_opened_for_erasure_only_and_closed_again(enrolment):
    actions.erase_person(by=None, user=enrolment.user)
    with pytest.raises(Error, match="write-once"), transaction.atomic():
        Deed.objects.update(sentence="anders")
    with pytest.raises(Error, match="write-once"), transaction.atomic():
        connection.cursor().execute("DELETE FROM practice_deed")


def test_an_erasure_that_fails_half_way_changes_nothing(enrolment, monkeypatch):
    before = Deed.objects.values().get()

    class Broken:
        def sections(self, user):
            return []

        def holds(self, user):
            return []

        def erase(self, user, *, at):
            raise RuntimeError("disk full")

    monkeypatch.setitem(registry.providers, "zz", Broken())
    with pytest.raises(RuntimeError):
        actions.erase_person(by=None, user=enrolment.user)
    assert Deed.objects.values().get() == before
    with pytest.raises(Error, match="write-once"), transaction.atomic():
        Deed.objects.update(sentence="anders")


def test_opening_needs_a_transaction_of_the_caller(settings):
    assert connection.in_atomic_block
    with opened("practice.Deed"):
        pass


def test_who_holds_a_duty_hands_it_over_first(place, client):
    with pytest.raises(actions.Held, match=r"须先交接|handed over"):
        actions.request_erasure(user=place.coordinator, reason="")
    client.force_login(place.coordinator)
    page = client.get("/my/data/").content.decode()
    assert ('name="sure"' in page, str(place.department) in page) == (False, True)


def test_who_works_for_the_office_keeps_the_account(officer):
    assert len(queries.holds_of(officer)) == 1


def test_the_office_refuses_with_a_reason_that_the_person_reads(enrolment, officer, client):
    asked = actions.request_erasure(user=enrolment.user, reason="")
    client.force_login(officer)
    address = f"/admin/data/erasures/{asked.public_id}/"
    client.post(address, {"do": "refuse", "reason": ""})
    assert DataRequest.objects.get().state == "waiting"
    client.post(address, {"do": "refuse", "reason": "学习尚未结束"})
    assert (DataRequest.objects.get().state, DataRequest.objects.get().reason) == ("refused", "学习尚未结束")
    client.force_login(enrolment.user)
    assert "学习尚未结束" in client.get("/my/data/").content.decode()
    with pytest.raises(actions.NotWaiting):
        actions.grant_erasure(by=officer, asked=asked)


@pytest.mark.parametrize("who", ["learner", "coordinator", "stranger"])
def test_only_the_office_decides(who, enrolment, place, client):
    asked = actions.request_erasure(user=enrolment.user, reason="")
    users = {"learner": enrolment.user, "coordinator": place.coordinator, "stranger": UserFactory()}
    client.force_login(users[who])
    client.post(f"/admin/data/erasures/{asked.public_id}/", {"do": "erase"})
    for page in ("erasures", "retention", "minors"):
        assert client.get(f"/admin/data/{page}/").status_code == 302
    assert DataRequest.objects.get().state == "waiting"


def test_pupils_who_left_long_ago_are_erased_by_themselves_and_those_who_stay_are_not():
    teacher, school_class = UserFactory(), OrganisationFactory(kind=Kind.CLASS, code="QS5A")
    MembershipFactory(user=teacher, organisation=school_class, role=Role.TEACHER)
    gone = create_pupil(by=teacher, school_class=school_class, seat=7, name="小满", password="correct horse")
    stays = create_pupil(by=teacher, school_class=school_class, seat=8, name="谷雨", password="correct horse")
    record_consent(by=teacher, child=gone, guardian="陈家长", method="paper", text_version="2026-09")
    day = timezone.localdate() - dt.timedelta(days=200)
    Membership.objects.filter(user=gone).update(from_on=day, until_on=day)
    done = actions.prune()
    assert done["organisations.leavers"] == 1
    assert list(User.objects.filter(name="").values_list("pk", flat=True)) == [gone.pk]
    assert User.objects.get(pk=stays.pk).name == "谷雨"
    assert GuardianConsent.objects.count() == 0
    assert "organisations.leavers" not in actions.prune()
