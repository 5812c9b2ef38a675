"""Every look at what single people would not show is in the audit log."""

import pytest

from foundation.audit.models import Entry
from tests.factories.accounts import UserFactory
from tests.factories.practice import Workplace
from tests.factories.rosters import bring

pytestmark = pytest.mark.django_db


def looks():
    return list(Entry.objects.filter(action__endswith=".look").values_list("action", "actor", "target").order_by("pk"))


def test_a_coordinator_who_opens_a_persons_page_is_written_down_and_a_stranger_sees_nothing(client):
    place = Workplace()
    learner = place.learner()
    address = f"/dashboards/people/{learner.public_id}/"
    client.force_login(UserFactory())
    assert client.get(address).status_code == 404
    assert looks() == []
    client.force_login(place.coordinator)
    assert client.get(address).status_code == 200
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
