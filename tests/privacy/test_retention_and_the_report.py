"""What is old is forgotten, what must stay stays, and once a year somebody counts."""

import datetime as dt

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.utils import timezone

from foundation.audit.actions import record
from foundation.audit.models import Entry
from notifications.actions import notify
from notifications.models import Message
from privacy import actions, queries, registry
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor():
    user = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name="auditor"))
    return user


def test_old_messages_go_and_new_ones_stay(settings):
    user = UserFactory()
    old = timezone.now() - dt.timedelta(days=settings.MESSAGE_KEEP_DAYS + 1)
    notify(user=user, kind="x", subject="旧", at=old)
    notify(user=user, kind="x", subject="新")
    assert actions.prune()["notifications.messages"] == 1
    assert list(Message.objects.values_list("subject", flat=True)) == ["新"]


def test_zero_days_keep_for_ever(settings):
    settings.MESSAGE_KEEP_DAYS = 0
    notify(user=UserFactory(), kind="x", subject="旧", at=timezone.now() - dt.timedelta(days=9999))
    assert "notifications.messages" not in actions.prune()


def test_the_audit_log_is_never_shortened_and_knows_what_was_forgotten(settings):
    record(action="x.y", actor=None, target="z")
    notify(user=UserFactory(), kind="x", subject="旧", at=timezone.now() - dt.timedelta(days=9999))
    before = Entry.objects.count()
    actions.prune()
    assert Entry.objects.count() == before + 1
    assert Entry.objects.order_by("-pk").first().details == {"notifications.messages": 1}


def test_a_rule_goes_on_in_slices(monkeypatch):
    monkeypatch.setattr(actions, "RETENTION_SLICE", 2)
    user = UserFactory()
    for n in range(5):
        notify(user=user, kind="x", subject=str(n), at=timezone.now() - dt.timedelta(days=9999))
    assert actions.prune()["notifications.messages"] == 5


def test_the_command_shows_and_with_a_flag_applies(capsys):
    notify(user=UserFactory(), kind="x", subject="旧", at=timezone.now() - dt.timedelta(days=9999))
    call_command("retention")
    assert (Message.objects.count(), "notifications.messages" in capsys.readouterr().out) == (1, True)
    call_command("retention", "--apply")
    assert Message.objects.count() == 0


def test_every_rule_has_a_setting_of_days(settings):
    assert [rule.key for rule in registry.ordered_rules() if not isinstance(getattr(settings, rule.setting), int)] == []


def test_the_yearly_report_counts_minors_and_nobody_else(auditor, client):
    child = UserFactory(child=True)
    UserFactory(age_class="minor")
    grown = UserFactory()
    for user in (child, grown):
        record(action="organisations.look", actor=auditor, target=f"accounts.User:{user.pk}")
    actions.request_export(user=child)
    year = timezone.localdate().year
    sections = queries.minors_report(year)
    numbers = [[number for _label, number in rows] for _title, rows in sections]
    assert (numbers[0], numbers[2], numbers[3]) == ([1, 1, 2], [1, 0], [1, 0])
    client.force_login(auditor)
    page = client.get("/admin/data/minors/")
    assert (page.status_code, child.name in page.content.decode()) == (200, False)
    table = client.get(f"/admin/data/minors/?year={year}&format=csv")
    assert (table["Content-Type"], table.content[:3]) == ("text/csv; charset=utf-8", b"\xef\xbb\xbf")
    assert client.get("/admin/data/retention/").status_code == 200
    assert client.get("/admin/data/erasures/").status_code == 302
