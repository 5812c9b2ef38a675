"""Every look at what single people would not show is in the audit log."""

import re

import pytest

from foundation.audit.models import Entry
from notifications.actions import log_delivery, notify
from organisations.models import GuardianConsent
from pledges.actions import file_objection
from pledges.queries import accepting_unit_of
from privacy.actions import request_erasure
from programmes.actions import grant_exemption
from tests.architecture.sources import ROOT, python_sources
from tests.factories import pledges as letters
from tests.factories.accounts import UserFactory
from tests.factories.classes import classroom
from tests.factories.groups import member
from tests.factories.practice import Workplace
from tests.factories.rosters import bring

pytestmark = pytest.mark.django_db


def looks():
    return list(Entry.objects.filter(action__endswith=".look").values_list("action", "actor", "target").order_by("pk"))


def test_the_document_about_personal_data_lists_every_look_that_the_code_writes_down():
    sources = [text for _name, text, _tree in python_sources(tests=False)]
    written = {f"{page}.look" for text in sources for page in re.findall(r'\b(?:look_)?page ?= ?"([a-z_.]+)"', text)}
    section = (ROOT / "docs/privacy.md").read_text(encoding="utf-8").split("## Who looked")[1].split("\n## ")[0]
    assert sorted(re.findall(r"`([a-z_.]+\.look)`", section)) == sorted(written)


def test_a_coordinator_who_opens_a_persons_page_is_written_down_and_a_stranger_sees_nothing(client):
    place = Workplace()
    learner = place.learner()
    address = f"/dashboards/people/{learner.public_id}/"
    client.force_login(UserFactory())
    assert client.get(address).status_code == 404
    assert looks() == []
    client.force_login(place.coordinator)
    message = notify(user=learner.user, kind="programmes.due", subject="快到期了")
    log_delivery(message_id=message.pk, channel="sms", address="13800000000")
    page = client.get(address).content.decode()
    assert ("短信　已发送" in page, "13800000000" in page) == (True, False)
    assert looks() == [("dashboards.person.look", place.coordinator.username, f"accounts.User:{learner.user_id}")]


def test_the_preview_of_a_roster_counts_as_one_look_at_its_people(client):
    place = Workplace()
    roster = bring(place.department, "姓名,工号\n林知远,R-001\n".encode(), by=place.coordinator, apply=False)
    client.force_login(place.coordinator)
    assert client.get(f"/rosters/{roster.public_id}/").status_code == 200
    entry = Entry.objects.get(action="organisations.roster.look")
    assert (entry.target, entry.details) == (f"organisations.RosterImport:{roster.pk}", {"people": 1})


def test_administrators_who_look_people_up_are_written_down(client):
    admin, person = UserFactory(is_superuser=True, is_staff=True), UserFactory()
    client.force_login(admin)
    assert client.get("/admin/users/").status_code == 200
    assert client.get(f"/admin/users/edit/{person.pk}/").status_code == 200
    assert client.get("/admin/identities/").status_code == 200
    assert looks() == [
        ("accounts.people.look", admin.username, "accounts.User:?"),
        ("accounts.person.look", admin.username, f"accounts.User:{person.pk}"),
        ("organisations.identities.look", admin.username, "accounts.User:?"),
    ]


def test_whoever_reads_deeds_to_confirm_them_is_written_down_once_a_page_and_no_page_without_deeds_counts(client):
    place = Workplace()
    learner = place.learner()
    client.force_login(place.coordinator)
    assert client.get("/practice/confirm/").status_code == 200
    assert looks() == []
    deed, _other = place.deed(learner, promise_key=""), place.deed(place.learner(), "另一件", promise_key="")
    assert client.get("/practice/confirm/").status_code == 200
    assert client.get(f"/practice/confirm/{deed.public_id}/").status_code == 200
    whole, one = Entry.objects.filter(action__endswith=".look").order_by("pk")
    assert (whole.action, whole.target) == ("practice.deeds.look", "accounts.User:?")
    assert whole.details == {"deeds": 2, "unit": "", "state": "submitted"}
    assert (one.action, one.target) == ("practice.deed.look", f"accounts.User:{learner.user_id}")
    assert one.details == {"deed": deed.pk}
    client.force_login(UserFactory())
    assert client.get("/practice/confirm/").status_code == 404
    assert len(looks()) == 2


def test_guardians_names_are_not_read_unnoticed(client):
    room = classroom(1)
    consent = GuardianConsent.objects.get(user=room.pupils[0])
    admin = UserFactory(is_superuser=True, is_staff=True)
    client.force_login(room.teacher)
    assert client.get(f"/organisations/{room.unit.code}/consents/").status_code == 200
    client.force_login(admin)
    assert client.get("/admin/consents/").status_code == 200
    assert client.get("/admin/consents/results/?q=x").status_code == 200
    assert client.get(f"/admin/consents/inspect/{consent.pk}/").status_code == 200
    assert looks() == [
        ("organisations.answers.look", room.teacher.username, f"organisations.Organisation:{room.unit.pk}"),
        ("organisations.consents.look", admin.username, "accounts.User:?"),
        ("organisations.consents.look", admin.username, "accounts.User:?"),
        ("organisations.consent.look", admin.username, f"accounts.User:{consent.user_id}"),
    ]


def test_addresses_in_the_log_of_deliveries_are_not_read_unnoticed(client):
    admin, person = UserFactory(is_superuser=True, is_staff=True), UserFactory()
    message = notify(user=person, kind="programmes.due", subject="快到期了")
    log_delivery(message_id=message.pk, channel="sms", address="13800000000")
    client.force_login(admin)
    page = client.get("/admin/deliveries/")
    assert "13800000000" in page.content.decode()
    pk = page.context["object_list"][0].pk
    assert client.get(f"/admin/deliveries/inspect/{pk}/").status_code == 200
    assert looks() == [
        ("notifications.deliveries.look", admin.username, "accounts.User:?"),
        ("notifications.delivery.look", admin.username, f"accounts.User:{person.pk}"),
    ]


def test_letters_of_a_unit_and_objections_to_them_are_not_read_unnoticed(client):
    letter = letters.published()
    objection = file_objection(letter=letter, contact="张某 13800138000", text="不是本人。")
    office = letters.coordinator_of(accepting_unit_of(letter))
    client.force_login(office)
    for page in ("", f"letters/{letter.public_id}/", f"objections/{objection.code}/"):
        assert client.get(f"/pledges/office/{page}").status_code == 200
    assert looks() == [
        ("pledges.letters.look", office.username, "accounts.User:?"),
        ("pledges.letter.look", office.username, f"accounts.User:{letter.signer_id}"),
        ("pledges.objection.look", office.username, f"pledges.Objection:{objection.pk}"),
    ]


def test_reasons_for_exceptions_and_erasures_are_not_read_unnoticed(client):
    place, officer = Workplace(), member("credit office")
    learner = place.learner()
    pages = {place.coordinator: "/assignments/exceptions/", officer: "/admin/data/erasures/"}

    def opened():
        for user, page in pages.items():
            client.force_login(user)
            assert client.get(page).status_code == 200
        return looks()

    assert opened() == []
    grant_exemption(by=place.coordinator, programme=place.programme, user=learner.user, reason="产假")
    request_erasure(user=learner.user, reason="离职")
    assert opened() == [
        ("programmes.allowances.look", place.coordinator.username, "accounts.User:?"),
        ("privacy.erasures.look", officer.username, "accounts.User:?"),
    ]
